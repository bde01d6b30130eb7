"""Who may write."""

import functools
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from flask import current_app, request

from .problems import Problem


def is_writer(header: str, tokens: tuple[str, ...]) -> bool:
    """Compare hashes of equal length with each of the tokens: that takes the
    same time whatever was sent."""
    scheme, _, token = header.partition(" ")
    given = hashlib.sha256(token.strip().encode("utf-8", "surrogateescape")).digest()
    found = False
    for one in tokens:
        found |= hmac.compare_digest(hashlib.sha256(one.encode()).digest(), given)
    return found and scheme.lower() == "bearer"


def needs_token(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let only requests with a valid bearer token through (RFC 6750)."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        tokens = current_app.extensions["catalog.settings"].write_tokens
        if not is_writer(request.headers.get("Authorization", ""), tokens):
            raise Problem(
                401,
                "unauthorized",
                "writing needs a valid token: send Authorization: Bearer <write_token>",
                headers={"WWW-Authenticate": 'Bearer realm="catalog"'},
            )
        return view(*args, **kwargs)

    return guarded
