"""Traces by the X-Ray SDK, over UDP to the sidecar."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.sampling.local.sampler import LocalSampler
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware
from flask import Flask, g, has_request_context, request

from .settings import Settings

# The rules are the program's own: asking the daemon for them would be network
# at the start. Health checks tell nothing.
_RULES: dict[str, Any] = {
    "version": 2,
    "rules": [{"host": "*", "http_method": "*", "url_path": "/health", "fixed_target": 0, "rate": 0}],
    "default": {"fixed_target": 1, "rate": 0.05},
}


def install(app: Flask, settings: Settings) -> None:
    """Trace the requests, where there is somebody to send the traces to."""
    global_sdk_config.set_sdk_enabled(bool(settings.xray_daemon))
    if not settings.xray_daemon:
        return
    xray_recorder.configure(
        service=settings.service,
        daemon_address=settings.xray_daemon,
        sampling=True,
        sampler=LocalSampler(_RULES),
        context_missing="IGNORE_ERROR",
        plugins=(),
    )
    XRayMiddleware(app, xray_recorder)


@contextmanager
def query(database: str, statement: str) -> Iterator[None]:
    """Make one statement a part of the request's trace."""
    with xray_recorder.in_subsegment(database, namespace="remote") as part:
        if part:
            part.set_sql({"database_type": "postgresql", "sanitized_query": statement})
        yield


def trace_id() -> str:
    """The id under which an operator finds this request."""
    if not has_request_context():
        return ""
    if "trace_id" not in g:
        segment = xray_recorder.current_segment() if global_sdk_config.sdk_enabled() else None
        g.trace_id = getattr(segment, "trace_id", "") or _given() or secrets.token_hex(16)
    return g.trace_id


def _given() -> str:
    for part in request.headers.get("X-Amzn-Trace-Id", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == "Root":
            return value
    return ""
