"""The routes of products."""

import hashlib
import re
from uuid import UUID

from flask import Blueprint, Response, current_app, request

from . import answers, listing, product, productstore
from .auth import needs_token
from .conditions import expected, idempotency_key
from .cursors import Cursors, describe
from .problems import not_found
from .reading import bad_parameter, document, parameters

blueprint = Blueprint("products", __name__, url_prefix="/api/v1/products")

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@blueprint.get("")
def list_products() -> Response:
    values = parameters("limit", "cursor", "q", "sku", "category")
    text = values.get("q", "").strip()
    if len(text) > 200:
        raise bad_parameter("q", "q must be at most 200 characters")
    sku, category = values.get("sku", ""), values.get("category", "")
    cursors: Cursors = current_app.extensions["catalog.cursors"]
    filters = describe("relevance" if text else "", text, sku, category)
    after = cursors.decode(values["cursor"], filters) if values.get("cursor") else None
    page = listing.page(listing.Query(_limit(values), text, sku, category, after))
    # The documents go out as they are kept, whoever has written them.
    body = b'{"items":[' + b",".join(page.documents) + b'],"next_cursor":'
    body += answers.json_text(cursors.encode(*page.next, filters) if page.next else None)
    if page.corrected:
        body += b',"corrected":' + answers.json_text(page.corrected)
    return answers.read(body + b"}\n")


def _limit(values: dict[str, str]) -> int:
    text = values.get("limit", "20")
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= 100:
        raise bad_parameter("limit", "limit must be a whole number from 1 to 100")
    return int(text)


@blueprint.post("")
@needs_token
def create_product() -> Response:
    parameters()
    members = document()
    key = idempotency_key()
    asked = hashlib.sha256(request.get_data()).digest()
    stored = productstore.create(product.read(members), key, asked)
    headers = {"Location": f"{blueprint.url_prefix}/{stored.id}"}
    if stored.repeated:
        headers["Idempotency-Replayed"] = "true"
    return answers.written(stored.document, stored.version, 201, headers)


@blueprint.get("/<text>")
def get_product(text: str) -> Response:
    parameters()
    stored = productstore.get(_product_id(text))
    return answers.read(stored.document + b"\n", answers.version_tag(stored.version))


@blueprint.put("/<text>")
@needs_token
def replace_product(text: str) -> Response:
    parameters()
    wanted, check = _product_id(text), expected()
    members = document()
    stored = productstore.replace(wanted, lambda: product.read(members), check)
    return answers.written(stored.document, stored.version, 200, {})


@blueprint.delete("/<text>")
@needs_token
def delete_product(text: str) -> Response:
    parameters()
    productstore.delete(_product_id(text), expected())
    return answers.nothing()


def _product_id(text: str) -> UUID:
    """An id in its usual form: what is no id names no product."""
    if not _UUID.fullmatch(text):
        raise not_found()
    return UUID(text)
