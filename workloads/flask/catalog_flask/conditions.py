"""Conditional requests (RFC 9110, section 13) and keys that make a repeat safe."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from flask import request

from .problems import Problem

_TAG = re.compile(r'[ \t,]*(W/)?"([^"\x00-\x20\x7f]*)"[ \t]*(?=,|$)')
_KEY = re.compile(r"[!-~]{1,255}")


@dataclass(frozen=True)
class Tag:
    """One entity tag, without its quotes."""

    opaque: str
    weak: bool

    @property
    def plain(self) -> str:
        """The tag without a coding behind it: the Go API compresses, and what
        a client read there it may change here."""
        return re.sub(r"-(gzip|zstd)$", "", self.opaque)


def entity_tags(values: list[str]) -> tuple[list[Tag], bool, bool]:
    """Read a header of tags: the tags, whether it is "*", and whether it can
    be read at all."""
    rest = ",".join(values).strip(" \t")
    if rest == "*":
        return [], True, True
    tags: list[Tag] = []
    while rest.strip(" \t,"):
        found = _TAG.match(rest)
        if not found:
            return [], False, False
        tags.append(Tag(found[2], bool(found[1])))
        rest = rest[found.end() :]
    return tags, False, bool(tags)


def matches(values: list[str], tag: str) -> bool:
    """Whether an If-None-Match names a representation, by weak comparison."""
    tags, star, _ = entity_tags(values)
    return star or any(t.plain == tag for t in tags)


def expected() -> Callable[[int], None]:
    """Read If-Match, which every change of a product needs, and answer a check
    of the version that is there, by strong comparison."""
    values = request.headers.getlist("If-Match")
    if not values:
        raise Problem(
            428,
            "precondition_required",
            "changing a product needs If-Match with the ETag that you read, so that nobody's change is lost: "
            "read it, and send the change again",
        )
    tags, star, ok = entity_tags(values)
    if not ok:
        raise Problem(400, "bad_header", 'If-Match must be ETags with their quotes, such as "3", or *')

    def check(version: int) -> None:
        if not star and not any(not t.weak and t.plain == str(version) for t in tags):
            detail = f'the product is at ETag "{version}" by now: read it, and decide again'
            raise Problem(412, "precondition_failed", detail)

    return check


def idempotency_key() -> str | None:
    """The key that makes a repeat of this request safe."""
    given = request.headers.getlist("Idempotency-Key")
    if not given:
        return None
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        raise Problem(
            400,
            "bad_header",
            "Idempotency-Key must be one key of 1 to 255 visible ASCII characters, such as a UUID",
        )
    return given[0]
