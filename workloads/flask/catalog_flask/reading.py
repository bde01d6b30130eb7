"""Reading what a request says, strictly: what is not known is named."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from flask import request

from .cursors import quoted
from .problems import Problem, Violation, invalid

_SURROGATES = re.compile("[\ud800-\udfff]")


def parameters(*known: str) -> dict[str, str]:
    """The query's parameters: one that a route does not know, or that comes
    twice, is an error that names it."""
    given = parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True, errors="surrogateescape")
    values: dict[str, str] = {}
    for name, value in sorted(given, key=lambda pair: pair[0]):  # the same request, the same answer
        if name not in known:
            listed = ", ".join(known) or "none"
            raise bad_parameter(name, f"query parameter {quoted(name)} is not known here; known: {listed}")
        if name in values:
            times = sum(1 for other, _ in given if other == name)
            raise bad_parameter(name, f"query parameter {quoted(name)} is given {times} times")
        if not is_text(value):
            detail = f"query parameter {quoted(name)} must be UTF-8 text without NUL characters"
            raise bad_parameter(name, detail)
        values[name] = value
    return values


def bad_parameter(name: str, detail: str) -> Problem:
    name, detail = _SURROGATES.sub("\ufffd", name), _SURROGATES.sub("\ufffd", detail)
    return Problem(400, "bad_parameter", detail, [Violation("?" + name, detail)])


def is_text(text: str) -> bool:
    """Whether PostgreSQL can take it."""
    return "\x00" not in text and not _SURROGATES.search(text)


def document() -> dict[str, Any]:
    """The request's one JSON object."""
    if request.mimetype != "application/json":
        raise Problem(415, "unsupported_media_type", "send the document as Content-Type: application/json")
    text = request.get_data().decode("utf-8", "replace")
    if not text.strip():
        raise Problem(400, "malformed", "the body is empty: send a JSON document")
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "malformed", f"the body is not JSON: {error}") from error
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise invalid([Violation("", f"must be an object, not {kind(value)}")])
    return _without_surrogates(value)


def refuse_unknown(members: dict[str, Any], known: frozenset[str], at: str = "") -> None:
    """Name the first member that nobody knows."""
    for name in sorted(members):
        if name not in known:
            raise invalid([Violation(f"{at}/{pointer_token(name)}", "is not a known field")])


def pointer_token(name: str) -> str:
    """A name as a reference token of a JSON Pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")


def kind(value: Any) -> str:
    """What a JSON value is, in one word."""
    match value:
        case bool():
            return "bool"
        case int():
            return "number"
        case float():
            return "number " + json.dumps(value)
        case str():
            return "string"
        case list():
            return "array"
    return "object"


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _without_surrogates(value: Any) -> Any:
    """Half of a character, which only an escape can write, is none."""
    match value:
        case str():
            return _SURROGATES.sub("\ufffd", value)
        case list():
            return [_without_surrogates(item) for item in value]
        case dict():
            return {_without_surrogates(name): _without_surrogates(item) for name, item in value.items()}
    return value
