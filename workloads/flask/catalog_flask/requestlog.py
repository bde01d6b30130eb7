"""One line for every request."""

import logging
import time

from flask import Flask, Response, g, request

from .tracing import trace_id

_log = logging.getLogger("catalog")


def install(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.monotonic()


def _end(response: Response) -> Response:
    # Two a minute from each node of the load balancer say nothing.
    quiet = request.path == "/health" and response.status_code < 400
    _log.log(
        logging.DEBUG if quiet else logging.INFO,
        "request",
        extra={
            "members": {
                "method": request.method,
                "path": request.path,
                "route": str(request.url_rule or ""),
                "status": response.status_code,
                "bytes": response.content_length or 0,
                "duration_ms": round((time.monotonic() - g.get("began", time.monotonic())) * 1000, 3),
                "trace_id": trace_id(),
            }
        },
    )
    return response
