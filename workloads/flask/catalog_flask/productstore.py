"""Products in PostgreSQL, in the form that the Go API keeps them: either one
reads what the other has written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from . import product
from .answers import json_text
from .database import Session, database
from .problems import Problem, not_found
from .product import Content

_INSERT = """INSERT INTO product (sku, gtin, name, description, brand, category_id, attributes, images,
        price_amount, price_currency, stock, status, version, created_at, updated_at, document, id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::text::numeric, %s, %s, %s, %s, %s, %s, %s, %s)"""
_UPDATE = """UPDATE product SET sku = %s, gtin = %s, name = %s, description = %s, brand = %s, category_id = %s,
        attributes = %s, images = %s, price_amount = %s::text::numeric, price_currency = %s, stock = %s,
        status = %s, version = %s, created_at = %s, updated_at = %s, document = %s
    WHERE id = %s"""
# The words of a search, in one order whoever adds them: two transactions with
# the same new words wait for each other and never in a circle.
_ADD_WORDS = """INSERT INTO search_word SELECT lexeme, 1
    FROM unnest(catalog_words(%s, %s, %s)) WHERE length(lexeme) BETWEEN 3 AND 60 ORDER BY lexeme
    ON CONFLICT DO NOTHING"""
_LOCK = "SELECT version, created_at FROM product WHERE id = %s FOR UPDATE"
_FIND_KEY = """SELECT request, product_id, version, document FROM idempotency_key
    WHERE key = %s AND created_at > now() - interval '1 day'"""
_KEEP_KEY = """INSERT INTO idempotency_key (key, request, product_id, version, document) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET request = excluded.request, product_id = excluded.product_id,
        version = excluded.version, document = excluded.document, created_at = now()"""


@dataclass(frozen=True)
class Stored:
    """A product's JSON, written once per version."""

    id: UUID
    version: int
    document: bytes
    repeated: bool = False


def get(wanted: UUID) -> Stored:
    with database().session() as session:
        row = session.one("SELECT version, document FROM product WHERE id = %s", wanted)
    if row is None:
        raise not_found()
    return Stored(wanted, *row)


def create(content: Content, key: str | None, asked: bytes) -> Stored:
    """Store a new product and, with a key, what its repeat is answered."""
    now = product.now()
    with database().transaction() as session:
        if key is not None and (first := _answered(session, key, asked)):
            return first
        stored = _write(session, _INSERT, content, product.new_id(), 1, now, now)
        if key is not None:
            session.run(_KEEP_KEY, key, asked, stored.id, stored.version, stored.document)
        return stored


def replace(wanted: UUID, read: Callable[[], Content], check: Callable[[int], None]) -> Stored:
    """Make a product's next version, which nobody else changes meanwhile."""
    with database().transaction() as session:
        row = session.one(_LOCK, wanted)
        if row is None:
            raise not_found()
        version, created = row
        check(version)
        return _write(session, _UPDATE, read(), wanted, version + 1, created, product.now())


def delete(wanted: UUID, check: Callable[[int], None]) -> None:
    with database().transaction() as session:
        row = session.one(_LOCK, wanted)
        if row is None:
            raise not_found()
        check(row[0])
        session.run("DELETE FROM product WHERE id = %s", wanted)


def _write(
    session: Session, statement: str, c: Content, product_id: UUID, version: int, created: datetime, now: datetime
) -> Stored:
    document = json_text(c.document(product_id, version, created, now))
    amount, currency = (c.price["amount"], c.price["currency"]) if c.price else (None, None)
    session.run(
        statement,
        *(c.sku, c.gtin, c.name, c.description, c.brand, c.category, Jsonb(c.attributes), Jsonb(c.images)),
        *(amount, currency, c.stock, c.status, version, created, now, document, product_id),
    )
    session.run(_ADD_WORDS, c.name, c.brand, c.description)
    return Stored(product_id, version, document)


def _answered(session: Session, key: str, asked: bytes) -> Stored | None:
    """What was answered to the first request with this key, if there was one."""
    lock = session.one("SELECT pg_try_advisory_xact_lock(%s)", _fnv64(key.encode()))
    if lock is None or not lock[0]:
        detail = "the first request with this Idempotency-Key is still being answered: ask again in a moment"
        raise Problem(409, "idempotency_key_in_flight", detail, headers={"Retry-After": "1"})
    row = session.one(_FIND_KEY, key)
    if row is None:
        return None
    if bytes(row[0]) != asked:
        detail = "this Idempotency-Key belongs to another request: use a new key for a new request"
        raise Problem(422, "idempotency_key_reused", detail)
    _, product_id, version, document = row
    return Stored(product_id, version, document, repeated=True)


def _fnv64(data: bytes) -> int:
    """FNV-1a, the lock's number in the Go API, as PostgreSQL's signed one."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    return value - (1 << 64) if value >> 63 else value
