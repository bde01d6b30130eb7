"""Whether this task can serve."""

import time

from flask import Blueprint, Response

from . import draining
from .answers import json_line
from .database import database

blueprint = Blueprint("health", __name__)
_started = time.monotonic()


@blueprint.get("/health")
def health() -> Response:
    """The database is named and decides nothing: one that is away for a moment
    must not make the load balancer end every task."""
    from . import __version__

    drains = draining.is_draining()
    body = {
        "status": "draining" if drains else "ok",
        "version": __version__,
        "uptime_seconds": round(time.monotonic() - _started, 3),
        "database": "up" if database().answers() else "down",
    }
    return Response(
        json_line(body), 503 if drains else 200, {"Cache-Control": "no-store"}, content_type="application/json"
    )
