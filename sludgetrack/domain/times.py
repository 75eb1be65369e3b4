"""Instants and legal days: UTC inside, a facility's legal time at the edge."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LEGAL_ZONE = "Asia/Shanghai"
"""Legal time of facilities that name no other zone."""


def rfc3339(instant: datetime) -> str:
    """UTC text of an aware instant, with microseconds only where there are any: ``2025-02-01T06:34:00Z``.

    Raises ValueError for a naive one, since nobody could tell which zone it means.
    """
    if instant.tzinfo is None:
        raise ValueError(f"naive instant {instant!r}")
    utc = instant.astimezone(UTC)
    return utc.isoformat(timespec="microseconds" if utc.microsecond else "seconds").replace("+00:00", "Z")


def parse_rfc3339(text: str) -> datetime:
    """An aware UTC instant. Raises ValueError for a text without an offset."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return instant.astimezone(UTC)


def legal_day(instant: datetime, zone: str = LEGAL_ZONE) -> date:
    """The day an instant falls on in a facility's zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def legal_instant(local: datetime, zone: str = LEGAL_ZONE) -> datetime:
    """The UTC instant of a naive local time in a zone."""
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
