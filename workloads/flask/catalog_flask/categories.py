"""The routes of categories. An id may hold slashes, as %2F."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response

from . import answers, categorystore
from .auth import needs_token
from .problems import Violation, invalid, not_found
from .product import text, typed
from .reading import document, is_text, parameters, refuse_unknown

blueprint = Blueprint("categories", __name__, url_prefix="/api/v1/categories")

_MEMBERS = frozenset({"name", "parent_id"})


@blueprint.get("")
def list_categories() -> Response:
    parameters()
    return answers.read(answers.json_line({"items": categorystore.tree(), "next_cursor": None}))


@blueprint.get("/<path:category>")
def get_category(category: str) -> Response:
    parameters()
    if not is_text(category):
        raise not_found()
    return answers.read(answers.json_line(categorystore.get(category)))


@blueprint.put("/<path:category>")
@needs_token
def put_category(category: str) -> Response:
    parameters()
    name, parent = _read(category, document())
    created = categorystore.put(category, name, parent)
    headers = {}
    if created:
        headers["Location"] = f"{blueprint.url_prefix}/{quote(category, safe='$&+,:;=@~')}"
    body = answers.json_line(categorystore.get(category))
    return Response(body, 201 if created else 200, headers, content_type="application/json")


@blueprint.delete("/<path:category>")
@needs_token
def delete_category(category: str) -> Response:
    parameters()
    if not is_text(category):
        raise not_found()
    categorystore.delete(category)
    return answers.nothing()


def _read(category: str, members: dict[str, Any]) -> tuple[str, str | None]:
    refuse_unknown(members, _MEMBERS)
    name = typed(members, "name", str, "").strip()
    parent = typed(members, "parent_id", str, None)
    violations = [*text("/id", category, 1, 500), *text("/name", name, 1, 200)]
    if parent is not None:
        violations += text("/parent_id", parent, 1, 500)
        if parent == category:
            violations.append(Violation("/parent_id", "must be another category"))
    if violations:
        raise invalid(violations)
    return name, parent
