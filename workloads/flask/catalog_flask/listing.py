"""One page of products: all of them, or those that a text finds."""

from dataclasses import dataclass
from uuid import UUID

from .database import Session, database

# So many products that match a text are ranked at most.
_CANDIDATES = 5000
_RANK = "ts_rank('{{0.1, 0.2, 0.6, 1}}', search, (SELECT query FROM asked), 1)"
_FOUND = f"""WITH asked AS MATERIALIZED (
        SELECT text, catalog_query(text) AS query FROM (SELECT {{given}}) AS given (text)
    ), matched AS (
        (SELECT id, 1000::float4 AS key FROM product
            WHERE (sku = (SELECT text FROM asked) OR gtin = (SELECT text FROM asked)) {{conditions}})
        UNION ALL
        (SELECT id, {_RANK} FROM product WHERE search @@ (SELECT query FROM asked)
            AND sku <> (SELECT text FROM asked) AND gtin IS DISTINCT FROM (SELECT text FROM asked)
            {{conditions}} LIMIT {_CANDIDATES})
    ), page AS (
        SELECT id, key FROM matched {{after}} ORDER BY key DESC, id DESC LIMIT %(limit)s + 1
    )
    SELECT id, document, key::text, (SELECT text FROM asked) FROM page JOIN product USING (id)
    ORDER BY key DESC, id DESC"""
_ALL = """SELECT id, document, '', NULL FROM product WHERE true {conditions} {after} ORDER BY id LIMIT %(limit)s + 1"""
# So many ids of each category below one, by its index: see api/postgres/list.go.
_CATEGORY = """WITH page AS (SELECT found.id FROM unnest(catalog_subtree((SELECT %(category)s::text))) AS part (category),
        LATERAL (SELECT id FROM product WHERE category_id = part.category {after} ORDER BY id LIMIT %(limit)s + 1) AS found
        ORDER BY id LIMIT %(limit)s + 1)
    SELECT id, document, '', NULL FROM page JOIN product USING (id) ORDER BY id"""


@dataclass(frozen=True)
class Query:
    """What a list is asked for; "" filters nothing."""

    limit: int
    text: str
    sku: str
    category: str
    after: tuple[UUID, str] | None


@dataclass(frozen=True)
class Page:
    documents: list[bytes]
    next: tuple[UUID, str] | None
    # What was searched for where nothing has the words that were asked for.
    corrected: str | None


def page(query: Query) -> Page:
    with database().session() as session:
        found = _page(session, query, "%(text)s::text")
        if found.documents or not query.text:
            return Page(found.documents, found.next, None)
        return _page(session, query, "catalog_correct(%(text)s::text)")


def _page(session: Session, query: Query, given: str) -> Page:
    conditions = ""
    if query.sku:
        conditions += " AND sku = %(sku)s"
    if query.category:
        conditions += " AND category_id = ANY (catalog_subtree(%(category)s))"
    after = ""
    if query.after and query.text:
        after = "WHERE (key, id) < (%(key)s::text::float4, %(id)s::uuid)"
    elif query.after:
        after = "AND id > %(id)s::uuid"
    browsing = not query.text and not query.sku
    form = _FOUND if query.text else _CATEGORY if browsing and query.category else _ALL
    statement = form.format(given=given, conditions=conditions, after=after)
    product, key = query.after or (None, "")
    rows = session.named(statement, {**vars(query), "id": product, "key": key}, keep=browsing)
    kept = rows[: query.limit]
    following = (kept[-1][0], kept[-1][2]) if len(rows) > len(kept) else None
    return Page([bytes(row[1]) for row in kept], following, kept[0][3] if kept else None)
