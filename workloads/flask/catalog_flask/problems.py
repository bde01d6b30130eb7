"""Errors as RFC 9457 writes them: never an HTML page, a stack trace or SQL."""

import json
import logging
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from .settings import MAX_URL
from .tracing import trace_id

_log = logging.getLogger("catalog")

# Titles that Python words in another way than the contract's examples.
_TITLES = {413: "Request Entity Too Large", 414: "Request URI Too Long", 422: "Unprocessable Entity"}


@dataclass
class Violation:
    """One thing that is wrong with a document, at a JSON Pointer."""

    pointer: str
    detail: str


@dataclass
class Problem(Exception):
    """An answer that says no."""

    status: int
    code: str
    detail: str
    errors: list[Violation] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


def invalid(violations: list[Violation]) -> Problem:
    text = "; ".join(f"{v.pointer} {v.detail}" for v in violations)
    return Problem(422, "invalid", "the document is not valid: " + text, violations)


def not_found() -> Problem:
    return Problem(404, "not_found", "there is no such item")


def unavailable() -> Problem:
    return Problem(
        503,
        "unavailable",
        "the catalog cannot be read or written right now: try again",
        headers={"Retry-After": "1"},
    )


def install(app: Flask) -> None:
    app.before_request(_refuse_long_urls)
    app.register_error_handler(Problem, answer)
    app.register_error_handler(HTTPException, _of_flask)
    app.register_error_handler(Exception, _unexpected)


def answer(problem: Problem) -> Response:
    document = {
        "type": "about:blank",
        "title": _TITLES.get(problem.status) or HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.environ.get("RAW_URI", request.path).partition("?")[0],
        "code": problem.code,
    }
    if problem.errors:
        document["errors"] = [vars(v) for v in problem.errors]
    document["trace_id"] = trace_id()
    headers = {"Cache-Control": "no-store", **problem.headers}
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
    return Response(body, problem.status, headers, content_type="application/problem+json")


def _refuse_long_urls() -> None:
    if len(request.environ.get("RAW_URI", "")) > MAX_URL:
        raise Problem(414, "url_too_long", "the URL is longer than 8 KiB")


def _of_flask(error: HTTPException) -> Response:
    """What Flask refuses by itself."""
    if isinstance(error, MethodNotAllowed):
        methods = ", ".join(sorted(error.valid_methods or []))
        detail = f"this path takes {methods}, not {request.method}"
        return answer(Problem(405, "method_not_allowed", detail, headers={"Allow": methods}))
    status = error.code or 500
    if status == 404:
        return answer(Problem(404, "no_such_path", "nothing is served at this path"))
    if status == 413:
        return answer(Problem(413, "too_large", "the body is larger than 1 MiB"))
    if status >= 500:
        return _unexpected(error)
    return answer(Problem(status, "malformed", "the request cannot be read"))


def _unexpected(error: Exception) -> Response:
    _log.error("request failed", exc_info=error, extra={"members": {"trace_id": trace_id()}})
    return answer(Problem(500, "internal", "the server failed on this request"))
