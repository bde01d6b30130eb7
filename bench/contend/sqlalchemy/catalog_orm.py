"""The Flask workload with SQLAlchemy's ORM in the place of its own SQL, as most
Flask services have it: entities are loaded and written, and answers are made
from them. Everything else is the workload's."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import catalog_flask
from catalog_flask import listing, product, productstore
from catalog_flask.answers import json_text
from catalog_flask.problems import not_found
from catalog_flask.settings import Settings
from flask import Flask
from sqlalchemy import URL, Text, create_engine, func, literal, select, true
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

_sessions: sessionmaker


class Base(DeclarativeBase):
    pass


class Product(Base):
    __tablename__ = "product"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sku: Mapped[str]
    gtin: Mapped[str | None]
    name: Mapped[str]
    description: Mapped[str]
    brand: Mapped[str | None]
    category_id: Mapped[str | None]
    attributes: Mapped[dict[str, str]] = mapped_column(JSONB)
    images: Mapped[list[str]] = mapped_column(JSONB)
    price_amount: Mapped[Decimal | None]
    price_currency: Mapped[str | None]
    stock: Mapped[int]
    status: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    # The Go API and the Flask workload answer this; an entity's answer is made.
    document: Mapped[bytes] = mapped_column(deferred=True)

    def answer(self) -> dict[str, Any]:
        priced = self.price_amount is not None
        price = {"amount": f"{self.price_amount:f}", "currency": self.price_currency} if priced else None
        content = product.Content(
            self.sku, self.gtin, self.name, self.description, self.brand, self.category_id,
            self.attributes, self.images, price, self.stock, self.status,
        )  # fmt: skip
        return content.document(self.id, self.version, self.created_at, self.updated_at)


def create_app() -> Flask:
    global _sessions
    settings = Settings.from_environment()
    app = catalog_flask.create_app(settings)
    url = URL.create(
        "postgresql+psycopg", settings.db_username, settings.db_password, settings.db_host, settings.db_port, settings.db_name
    )
    engine = create_engine(
        url,
        pool_size=settings.connections,
        max_overflow=0,
        connect_args={"sslmode": "verify-full", "sslrootcert": settings.db_authorities, "options": "-c max_parallel_workers_per_gather=0"},
    )
    _sessions = sessionmaker(engine, expire_on_commit=False)
    productstore.get, productstore.create, listing.page = get, create, page
    return app


def get(wanted: UUID) -> productstore.Stored:
    with _sessions() as session:
        found = session.get(Product, wanted)
        if found is None:
            raise not_found()
        return productstore.Stored(found.id, found.version, json_text(found.answer()))


def page(query: listing.Query) -> listing.Page:
    ids = select(Product.id).order_by(Product.id).limit(query.limit + 1)
    if query.after:
        ids = ids.where(Product.id > query.after[0])
    if query.category:
        part = func.unnest(func.catalog_subtree(select(literal(query.category, Text)).scalar_subquery())).table_valued("category", name="part").render_derived()
        found = ids.where(Product.category_id == part.c.category).correlate(part).lateral("found")
        ids = select(found.c.id).select_from(part).join(found, true()).order_by(found.c.id).limit(query.limit + 1)
    statement = select(Product).where(Product.id.in_(ids)).order_by(Product.id)
    with _sessions() as session:
        rows = session.scalars(statement).all()
        kept = rows[: query.limit]
        following = (kept[-1].id, "") if len(rows) > len(kept) else None
        return listing.Page([json_text(row.answer()) for row in kept], following, None)


def create(content: product.Content, key: str | None, asked: bytes) -> productstore.Stored:
    """Without idempotency keys, which this comparison does not send."""
    now, made = product.now(), product.new_id()
    document = json_text(content.document(made, 1, now, now))
    values = {**vars(content), "category_id": content.category}
    del values["category"], values["price"]
    if content.price:
        values |= {"price_amount": Decimal(content.price["amount"]), "price_currency": content.price["currency"]}
    with _sessions.begin() as session:
        session.add(Product(id=made, version=1, created_at=now, updated_at=now, document=document, **values))
        session.flush()
        words = [content.name, content.brand, content.description]
        session.execute(sql(productstore._ADD_WORDS.replace("%s, %s, %s", ":name, :brand, :description")),
                        dict(zip(("name", "brand", "description"), words, strict=True)))
    return productstore.Stored(made, 1, document)
