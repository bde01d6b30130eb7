"""The tree of categories in PostgreSQL."""

from typing import Any

import psycopg

from .database import Session, database
from .problems import Problem, Violation, invalid, not_found

_MAX_DEPTH = 32
_TREE = """SELECT c.id, c.name, c.parent_id, coalesce(p.count, 0)
    FROM category c
    LEFT JOIN (SELECT category_id, count(*) FROM product GROUP BY category_id) p ON p.category_id = c.id
    ORDER BY c.id"""
_ONE = """WITH RECURSIVE
    up AS (
        SELECT id, name, parent_id, 0 AS distance FROM category WHERE id = %(id)s
        UNION ALL SELECT c.id, c.name, c.parent_id, up.distance + 1 FROM category c JOIN up ON c.id = up.parent_id
    ),
    down AS (
        SELECT id FROM category WHERE id = %(id)s
        UNION SELECT c.id FROM category c JOIN down ON c.parent_id = down.id
    )
    SELECT c.id, c.name, c.parent_id,
        (SELECT array_agg(name ORDER BY distance DESC) FROM up),
        (SELECT count(*) FROM product WHERE category_id = ANY (ARRAY (SELECT id FROM down)))
    FROM category c WHERE c.id = %(id)s"""
_ABOVE = """WITH RECURSIVE up AS (
        SELECT id, parent_id FROM category WHERE id = %s
        UNION SELECT c.id, c.parent_id FROM category c JOIN up ON c.id = up.parent_id
    ) SELECT id FROM up"""
_HEIGHT = """WITH RECURSIVE down AS (
        SELECT id, 1 AS level FROM category WHERE id = %s
        UNION ALL SELECT c.id, down.level + 1 FROM category c JOIN down ON c.parent_id = down.id
    ) SELECT coalesce(max(level), 1) FROM down"""
_PUT = """INSERT INTO category (id, name, parent_id) VALUES (%s, %s, %s)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, parent_id = excluded.parent_id, updated_at = now()
    RETURNING xmax = 0"""


def tree() -> list[dict[str, Any]]:
    """All categories, each with its path and its whole subtree's products."""
    with database().session() as session:
        rows = session.all(_TREE)
    nodes = {category: _node(category, name, parent, [], 0) for category, name, parent, _ in rows}
    for category, _, _, own in rows:
        way, at = [], nodes[category]
        while True:
            way.append(at["name"])
            at["product_count"] += own
            if at["parent_id"] is None:
                break
            at = nodes[at["parent_id"]]
        nodes[category]["path"] = way[::-1]
    return list(nodes.values())


def get(category: str) -> dict[str, Any]:
    with database().session() as session:
        rows = session.named(_ONE, {"id": category})
    if not rows:
        raise not_found()
    return _node(*rows[0])


def put(category: str, name: str, parent: str | None) -> bool:
    """Create or change a category, and say whether it is new. Changes of the
    tree wait for each other: two moves at once could close a circle."""
    with database().transaction() as session:
        session.run("LOCK TABLE category IN SHARE ROW EXCLUSIVE MODE")
        if parent is not None:
            _check_parent(session, category, parent)
        row = session.one(_PUT, category, name, parent)
    return bool(row and row[0])


def delete(category: str) -> None:
    with database().session() as session:
        try:
            deleted = session.run("DELETE FROM category WHERE id = %s", category)
        except psycopg.errors.ForeignKeyViolation as error:
            detail = "the category has products or categories below it: move or delete those first"
            raise Problem(409, "in_use", detail) from error
    if not deleted:
        raise not_found()


def _check_parent(session: Session, category: str, parent: str) -> None:
    above = [row[0] for row in session.all(_ABOVE, parent)]
    height = session.one(_HEIGHT, category)
    detail = ""
    if not above:
        detail = "there is no such category"
    elif category in above:
        detail = "lies below this category"
    elif height and len(above) + height[0] > _MAX_DEPTH:
        detail = f"would make the tree deeper than {_MAX_DEPTH} levels"
    if detail:
        raise invalid([Violation("/parent_id", detail)])


def _node(category: str, name: str, parent: str | None, path: list[str], products: int) -> dict[str, Any]:
    return {"id": category, "name": name, "parent_id": parent, "path": path, "product_count": products}
