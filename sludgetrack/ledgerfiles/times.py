"""Cells as legal days and times of day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Final

from sludgetrack.ledgerfiles.findings import shown
from sludgetrack.ledgerfiles.text import DATE_CELL, BadCell, narrow

_USUAL_TIME = re.compile(r"(?:19|20|21)\d\d-\d\d-\d\d \d\d:\d\d(?::\d\d)?", re.ASCII)
_DAY = (
    r"(?:(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"
    r"|(?P<y2>\d{4})\s?年\s?(?P<m2>\d{1,2})\s?月\s?(?P<d2>\d{1,2})\s?日|(?P<y3>\d{4})(?P<m3>\d\d)(?P<d3>\d\d))"
)
_CLOCK = (
    r"(?:(?P<H>\d{1,2}):(?P<M>\d\d)(?::(?P<S>\d\d)(?:\.(?P<f>\d{1,9}))?)?"
    r"|(?P<H2>\d{1,2})\s?[时点]\s?(?P<M2>\d{1,2})\s?分(?:\s?(?P<S2>\d{1,2})\s?秒)?)"
)
_OFFSET = r"(?P<z>[Zz]|[+-]\d\d:\d\d)"
_DATE_OR_TIME = re.compile(rf"{_DAY}(?:(?:\s*[Tt]\s*|\s+|(?<=日)){_CLOCK}(?:\s?{_OFFSET})?)?", re.ASCII)
_ORDER_UNKNOWN = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?:\s.*)?", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_YEARS: Final = range(1900, 2200)


@lru_cache(maxsize=1 << 14)
def day(cell: str) -> date | None:
    """A legal day; midnight may follow, another time of day may not."""
    text = narrow(cell).removeprefix(DATE_CELL)
    if not text:
        return None
    found = _read(text, "not_a_date")
    value = _naive(found, text, "not_a_date")
    if found["z"] or value.time() != time.min:
        raise BadCell("time_unwanted", shown=shown(text))
    return value.date()


def moment(cell: str) -> datetime | None:
    """A local legal time (naive), or one with its offset (aware)."""
    if _USUAL_TIME.fullmatch(cell):
        try:
            return datetime.fromisoformat(cell)
        except ValueError:
            raise BadCell("not_a_time", shown=cell) from None
    text = narrow(cell).removeprefix(DATE_CELL)
    return _unusual_moment(text) if text else None


def _unusual_moment(text: str) -> datetime:
    found = _read(text, "not_a_time")
    if not (found["H"] or found["H2"]):
        raise BadCell("time_missing", shown=shown(text))
    local = _naive(found, text, "not_a_time")
    return local.replace(tzinfo=_zone(found["z"], text)) if found["z"] else local


def _read(text: str, code: str) -> re.Match[str]:
    found = _DATE_OR_TIME.fullmatch(text)
    if found:
        return found
    if _ORDER_UNKNOWN.fullmatch(text):
        raise BadCell("ambiguous_date", shown=shown(text))
    raise BadCell("bare_serial" if _SERIAL.fullmatch(text) else code, shown=shown(text))


def _naive(found: re.Match[str], text: str, code: str) -> datetime:
    def part(*names: str) -> int:
        return next((int(found[name]) for name in names if found[name]), 0)

    microsecond = int((found["f"] or "").ljust(6, "0")[:6])
    try:
        on = date(part("y", "y2", "y3"), part("m", "m2", "m3"), part("d", "d2", "d3"))
        at = time(part("H", "H2"), part("M", "M2"), part("S", "S2"), microsecond)
    except ValueError:
        raise BadCell(code, shown=shown(text)) from None
    if on.year not in _YEARS:
        raise BadCell(code, shown=shown(text))
    return datetime.combine(on, at)


def _zone(offset: str, text: str) -> timezone:
    if offset in {"Z", "z"}:
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[4:])
    if hours > 23 or minutes > 59:
        raise BadCell("not_a_time", shown=shown(text))
    east = timedelta(hours=hours, minutes=minutes)
    return timezone(-east if offset[0] == "-" else east)
