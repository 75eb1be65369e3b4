"""Ids of imported events: the same for the same row and stage, however often it is imported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LOW_62 = (1 << 62) - 1
_VERSION_AND_VARIANT = (7 << 76) | (2 << 62)


def event_id(file: str, key: str, stage: str, occurred_at: datetime) -> str:
    """A UUIDv7: the time is that of the event (1970 at the earliest), the rest comes from a digest of file, key and
    stage instead of chance."""
    digest = int.from_bytes(sha256(f"{file}|{key}|{stage}".encode()).digest()[:10], "big")
    time = max(0, (occurred_at - _EPOCH) // _MILLISECOND)
    bits = (time << 80) | _VERSION_AND_VARIANT | ((digest >> 68) << 64) | (digest & _LOW_62)
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
