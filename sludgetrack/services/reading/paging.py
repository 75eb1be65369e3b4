"""Pages of a list by keyset: a cursor says after which row the next page begins, so that new rows shift nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sludgetrack.domain.errors import OutOfRange

T = TypeVar("T")

MOST = 200
USUAL = 50
_BYTES = 8


@dataclass(frozen=True, slots=True)
class PageOf(Generic[T]):
    """Part of a list; ``next`` is the cursor of the following part, None where this is the last."""

    items: tuple[T, ...]
    next: str | None = None


def encode(row_id: int) -> str:
    """The cursor of the page after this row."""
    return base64.urlsafe_b64encode(row_id.to_bytes(_BYTES, "big")).decode().rstrip("=")


def decode(cursor: str | None) -> int | None:
    """The row a cursor stands for; None for no cursor. Raises OutOfRange for a text that is none."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != _BYTES or raw[0] >= 0x80:
        raise OutOfRange(field="cursor", value=cursor, wanted="next")
    return int.from_bytes(raw, "big")


def check_limit(limit: int) -> int:
    """The limit; raises OutOfRange outside 1 to 200."""
    if not 1 <= limit <= MOST:
        raise OutOfRange(field="limit", value=limit, wanted=f"1–{MOST}")
    return limit


def page(found: Sequence[tuple[int, T]], limit: int) -> PageOf[T]:
    """A page of (row id, item), of which one more than ``limit`` was read to see whether another page follows."""
    shown = found[:limit]
    more = len(found) > limit
    return PageOf(tuple(item for _, item in shown), encode(shown[-1][0]) if more else None)
