"""Cursors, in the Go API's own form: while blue and green serve at once, a
client's next page may come from the other one."""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

from .problems import Problem

_TAG, _ID = 16, 16
_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}


class Cursors:
    """Cursors are base64url(tag || id || key), signed and bound to filters.

    The first token's key signs, any of them verifies."""

    def __init__(self, tokens: tuple[str, ...]) -> None:
        self._keys = [_derive(token) for token in tokens]

    def encode(self, product: UUID, key: str, filters: str) -> str:
        position = product.bytes + key.encode()
        signed = _tag(self._keys[0], position, filters) + position
        return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()

    def decode(self, cursor: str, filters: str) -> tuple[UUID, str]:
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        position = raw[_TAG:]
        if len(raw) >= _TAG + _ID:
            for key in self._keys:
                if hmac.compare_digest(raw[:_TAG], _tag(key, position, filters)):
                    return UUID(bytes=position[:_ID]), position[_ID:].decode()
        raise Problem(
            400,
            "bad_cursor",
            "cursor is not one of ours or was made for other filters: "
            "use next_cursor with the same filters, or start without one",
        )


def describe(sort: str, text: str, sku: str, category: str) -> str:
    """Write down what decides a list; what Flask has no parameter for is empty."""
    return " ".join([*map(quoted, (sort, text, sku, category)), '"" "" "" "" []'])


def quoted(text: str) -> str:
    """A text as Go's %q writes it."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(c: str) -> str:
    if c in '"\\':
        return "\\" + c
    if c in _ESCAPES:
        return _ESCAPES[c]
    if c.isprintable():
        return c
    if ord(c) < 0x80:
        return f"\\x{ord(c):02x}"
    return f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}"


def _derive(token: str) -> bytes:
    """HKDF (RFC 5869) with SHA-256, without a salt, one block long."""
    extracted = hmac.digest(bytes(32), token.encode(), hashlib.sha256)
    return hmac.digest(extracted, b"catalog cursor v2\x01", hashlib.sha256)


def _tag(key: bytes, position: bytes, filters: str) -> bytes:
    length = len(position).to_bytes(4)[-2:]
    return hmac.digest(key, length + position + filters.encode(), hashlib.sha256)[:_TAG]
