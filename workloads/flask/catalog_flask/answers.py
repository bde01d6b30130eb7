"""What is answered when all is well."""

import hashlib
import json
from typing import Any

from flask import Response, request

from .conditions import matches

# What every read says of itself, as the contract has it.
_CACHED = {"Cache-Control": "public, max-age=0, stale-if-error=300", "Vary": "Accept-Encoding"}


def json_line(value: Any) -> bytes:
    """JSON in UTF-8 with a line end."""
    return json_text(value) + b"\n"


def json_text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def version_tag(version: int) -> str:
    """A product's strong entity tag: the same one in every task and workload."""
    return f'"{version}"'


def read(body: bytes, etag: str = "") -> Response:
    """Answer a read: 304 where the client has it."""
    etag = etag or '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
    headers = {**_CACHED, "ETag": etag}
    if matches(request.headers.getlist("If-None-Match"), etag[1:-1]):
        return Response(None, 304, headers)
    return Response(body, 200, headers, content_type="application/json")


def written(document: bytes, version: int, status: int, headers: dict[str, str]) -> Response:
    """Answer what a product has become."""
    headers = {"ETag": version_tag(version), "Cache-Control": "no-store", **headers}
    return Response(document + b"\n", status, headers, content_type="application/json")


def nothing() -> Response:
    """Answer what leaves nothing to say."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response
