"""What a product is, and what is wrong with one."""

import re
import secrets
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from .currencies import DECIMALS
from .problems import Violation, invalid
from .reading import kind, pointer_token, refuse_unknown

_MEMBERS = frozenset(
    {"sku", "gtin", "name", "description", "brand", "category"} | {"attributes", "images", "price", "stock", "status"}
)
_MONEY = frozenset({"amount", "currency"})
_GTIN = re.compile(r"[0-9]{8}|[0-9]{12,14}")
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?")
_MAX_ATTRIBUTES, _MAX_IMAGES, _MAX_STOCK = 100, 50, 1_000_000_000


@dataclass(frozen=True)
class Content:
    """What a writer says of a product, checked."""

    sku: str
    gtin: str | None
    name: str
    description: str
    brand: str | None
    category: str | None
    attributes: dict[str, str]
    images: list[str]
    price: dict[str, str] | None
    stock: int
    status: str

    def document(self, product: UUID, version: int, created: datetime, updated: datetime) -> dict[str, Any]:
        """The product as it is answered, its members in the contract's order."""
        return {
            "id": str(product),
            **vars(self),
            "version": version,
            "created_at": instant(created),
            "updated_at": instant(updated),
        }


def read(members: dict[str, Any]) -> Content:
    """Check a document: wrong types one by one, what they say all at once."""
    refuse_unknown(members, _MEMBERS)
    content = Content(
        sku=typed(members, "sku", str, ""),
        gtin=typed(members, "gtin", str, None) or None,
        name=typed(members, "name", str, "").strip(),
        description=typed(members, "description", str, ""),
        brand=typed(members, "brand", str, None) or None,
        category=typed(members, "category", str, None) or None,
        attributes=_texts(typed(members, "attributes", dict, {})),
        images=_list_of_texts(typed(members, "images", list, [])),
        price=_money(members.get("price")),
        stock=typed(members, "stock", int, 0),
        status=typed(members, "status", str, "") or "active",
    )
    violations = list(_violations(content))
    if violations:
        raise invalid(violations)
    return content


def typed(members: dict[str, Any], name: str, wanted: type, default: Any, at: str = "") -> Any:
    """One member of a document; null gives it its default."""
    value = members.get(name)
    if value is None:
        return default
    if not isinstance(value, wanted) or isinstance(value, bool):
        words = {str: "a string", int: "a whole number", list: "an array", dict: "an object"}
        raise invalid([Violation(f"{at}/{name}", f"must be {words[wanted]}, not {kind(value)}")])
    return value


def _texts(attributes: dict[str, Any]) -> dict[str, str]:
    return {name: typed(attributes, name, str, "", "/attributes") for name in attributes}


def _list_of_texts(images: list[Any]) -> list[str]:
    return [typed({"images": image}, "images", str, "") for image in images]


def _money(price: Any) -> dict[str, str] | None:
    if price is None:
        return None
    money = typed({"price": price}, "price", dict, {})
    refuse_unknown(money, _MONEY, "/price")
    return {name: typed(money, name, str, "", "/price") for name in ("amount", "currency")}


def _violations(c: Content) -> Iterator[Violation]:
    yield from text("/sku", c.sku, 1, 64)
    yield from text("/name", c.name, 1, 500)
    yield from text("/description", c.description, 0, 20_000)
    if c.brand is not None:
        yield from text("/brand", c.brand, 1, 200)
    if c.category is not None:
        yield from text("/category", c.category, 1, 500)
    if c.gtin is not None and not _GTIN.fullmatch(c.gtin):
        yield Violation("/gtin", "must be 8, 12, 13 or 14 digits")
    if len(c.attributes) > _MAX_ATTRIBUTES:
        yield Violation("/attributes", "must have at most 100 entries")
    for name in sorted(c.attributes):
        pointer = "/attributes/" + pointer_token(name)
        yield from text(pointer, name, 1, 500)
        yield from text(pointer, c.attributes[name], 0, 500)
    if len(c.images) > _MAX_IMAGES:
        yield Violation("/images", "must have at most 50 entries")
    for i, image in enumerate(c.images):
        yield from text(f"/images/{i}", image, 1, 2000)
    if c.price is not None and (detail := _normalize(c.price)):
        yield Violation("/price", detail)
    if not 0 <= c.stock <= _MAX_STOCK:
        yield Violation("/stock", "must be 0 to 1000000000")
    if c.status not in ("active", "draft", "archived"):
        yield Violation("/status", "must be active, draft or archived")


def text(pointer: str, value: str, least: int, most: int) -> Iterator[Violation]:
    """Check a text's length, and that it can be stored and shown."""
    if len(value) < least:
        yield Violation(pointer, "must not be empty")
    elif len(value) > most:
        yield Violation(pointer, f"must be at most {most} characters, has {len(value)}")
    elif any(unicodedata.category(c) == "Cc" and c not in "\n\t\r" for c in value):
        yield Violation(pointer, "must be UTF-8 text without control characters")
    elif least > 0 and value.strip() != value:
        yield Violation(pointer, "must not begin or end with white space")


def _normalize(money: dict[str, str]) -> str:
    """Pad the amount to the currency's own decimals, or say what is wrong."""
    decimals = DECIMALS.get(money["currency"])
    if decimals is None:
        return "currency must be an ISO 4217 code in capitals, like AUD"
    if not _AMOUNT.fullmatch(money["amount"]):
        return 'amount must be a decimal string like "19.90", not negative, below 1000000000000'
    whole, _, fraction = money["amount"].partition(".")
    if len(fraction.rstrip("0")) > decimals:
        return f"amount has more decimals than {money['currency']} has"
    money["amount"] = whole + ("." + (fraction + "0000")[:decimals] if decimals else "")
    return ""


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): it sorts by time of creation, to the 4096th of a
    millisecond."""
    millisecond, rest = divmod(time.time_ns(), 1_000_000)
    value = millisecond << 80 | 7 << 76 | (rest * 4096 // 1_000_000) << 64 | 2 << 62 | secrets.randbits(62)
    return UUID(int=value)


def now() -> datetime:
    """The time as PostgreSQL keeps it, in microseconds."""
    return datetime.now(UTC)


def instant(t: datetime) -> str:
    """A time as it is answered, RFC 3339 in UTC."""
    return t.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
