"""How quantities, times, numbers and plates are written on pages.

Pure functions first, then the Jinja filters that bind them to a locale, a legal time zone and a clock. What is unknown
(None) is written as a dash. Units stay on the line of their number: the space between them does not break.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.units import format_unit
from jinja2 import pass_context

from sludgetrack.domain.quantities import percent_from_bp, t80_from_units, tonnes_from_kg, tonnes_from_units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jinja2 import Environment
    from jinja2.runtime import Context

DASH = "—"
NBSP = "\u00a0"
MINUS = "\u2212"
LEGAL_ZONE = ZoneInfo("Asia/Shanghai")
"""Legal time of the whole country."""

_NUMBER_DIGITS = 20
_PLATE_HEAD = 2
_PLATE_LENGTHS = range(7, 9)
_UNITS = frozenset({"kg"})


def tonnes(kg: int | None) -> str:
    """Wet mass for reading: ``16460`` is ``16.46``, ``16465`` is ``16.465``, thousands set apart by commas."""
    return DASH if kg is None else _readable(tonnes_from_kg(kg))


def mass(kg: int | None) -> str:
    """Wet mass with its unit: ``16.46 t``."""
    return _with_unit(tonnes(kg), "t")


def kilograms(kg: int | None) -> str:
    """A small wet mass: ``60 kg``."""
    return _with_unit(DASH if kg is None else _signed(f"{kg:,}"), "kg")


def dry_tonnes(units: int | None) -> str:
    """Dry solids (units of 0.1 g) in tonnes, rounded once to 3 decimals."""
    return DASH if units is None else _readable(tonnes_from_units(units))


def dry_mass(units: int | None) -> str:
    """Dry solids (units of 0.1 g) with their unit: ``3.27 t``."""
    return _with_unit(dry_tonnes(units), "t")


def t80_tonnes(units: int | None) -> str:
    """Tonnes at 80 % moisture holding these dry solids (units of 0.1 g)."""
    return DASH if units is None else _readable(t80_from_units(units))


def t80_mass(units: int | None) -> str:
    """Tonnes at 80 % moisture with their unit: ``16.36 t``."""
    return _with_unit(t80_tonnes(units), "t")


def change(kg: int | None) -> str:
    """A difference of wet masses with its sign: ``+0.06 t``, ``−0.06 t``, ``0.00 t``."""
    text = mass(kg)
    return f"+{text}" if kg is not None and kg > 0 else text


def moisture(bp: int | None) -> str:
    """Moisture of 0-10000 basis points: ``8013`` is ``80.13 %``, ``7800`` is ``78 %``."""
    return DASH if bp is None else percent(percent_from_bp(bp).rstrip("0").rstrip("."))


def percent(text: str | None) -> str:
    """A percentage already rounded, with its unit: ``93.21 %``."""
    return DASH if text is None else f"{_signed(text)}{NBSP}%"


def points(bp: int | None) -> str:
    """A difference of moistures in percentage points, without the word: ``310`` is ``3.1``."""
    return DASH if bp is None else _signed(percent_from_bp(bp).rstrip("0").rstrip("."))


def grouped(number: int | None) -> str:
    """A count with its thousands set apart: ``12,345``."""
    return DASH if number is None else _signed(f"{number:,}")


def number_groups(number: str | None) -> tuple[str, ...]:
    """A manifest number of 20 digits in groups of four, the check digit last and alone; anything else in one piece."""
    if number is None:
        return (DASH,)
    if len(number) != _NUMBER_DIGITS or not number.isdecimal():
        return (number,)
    return (*(number[i : i + 4] for i in range(0, 16, 4)), number[16:19], number[19])


def number_text(number: str | None) -> str:
    """A manifest number as printed: ``2025 4107 2100 1000 012-9``."""
    *groups, last = number_groups(number)
    return f"{' '.join(groups)}-{last}" if groups else last


def plate(text: str | None) -> str:
    """A number plate with the dot behind its place: ``豫G12345`` is ``豫G·12345``. Other texts stay as they are."""
    if not text:
        return DASH
    if len(text) in _PLATE_LENGTHS and "\u4e00" <= text[0] <= "\u9fff" and text.isalnum():
        return f"{text[:_PLATE_HEAD]}·{text[_PLATE_HEAD:]}"
    return text


def label(text: object) -> str:
    """A text as it stands alone: English begins with a capital, units and Chinese stay as they are."""
    if text is None:
        return DASH
    words = text if isinstance(text, str) else str(text)
    first = re.match(r"[a-z]{2,}", words)
    if first is None or first.group() in _UNITS:
        return words
    # slices of Markup are Markup
    return words[:1].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads: the language, the zone clock times are told in, and the present moment (aware)."""

    locale: str
    now: datetime
    zone: tzinfo = LEGAL_ZONE

    def moment(self, at: datetime | None) -> str:
        """``11月22日 14:05``, with the year when it is not this year. ``at`` is aware."""
        if at is None:
            return DASH
        return f"{self.day(at)} {self.clock(at)}"

    def day(self, at: datetime | date | None) -> str:
        """``11月22日``, with the year when it is not this year. A bare date is a legal day already."""
        if at is None:
            return DASH
        day = self._local(at).date() if isinstance(at, datetime) else at
        return format_date(day, self._day_pattern(day), locale=self.locale)

    def clock(self, at: datetime | None) -> str:
        """``14:05``."""
        return DASH if at is None else format_datetime(self._local(at), "HH:mm", locale=self.locale)

    def month(self, day: date | None) -> str:
        """``2025年11月``, always with its year."""
        pattern = "y年M月" if self._is_chinese else "MMMM y"
        return DASH if day is None else format_date(day, pattern, locale=self.locale)

    def month_alone(self, day: date) -> str:
        """``11月``, where the year stands elsewhere."""
        return format_date(day, "M月" if self._is_chinese else "MMM", locale=self.locale)

    def since(self, at: datetime | None) -> str:
        """``12分钟前``: how long ago, roughly."""
        if at is None:
            return DASH
        return format_timedelta(at - self.now, add_direction=True, threshold=1.2, locale=self.locale)

    def duration(self, length: timedelta | int | None) -> str:
        """``1小时20分钟`` of whole minutes; from one day on in days and hours. Negative lengths carry a minus."""
        if length is None:
            return DASH
        minutes = length if isinstance(length, int) else length // timedelta(minutes=1)
        text = self._units(abs(minutes))
        return f"{MINUS}{text}" if minutes < 0 else text

    def _units(self, minutes: int) -> str:
        hours, rest = divmod(minutes, 60)
        days, hours_left = divmod(hours, 24)
        parts = [(days, "day"), (hours_left, "hour")] if days else [(hours, "hour"), (rest, "minute")]
        shown = [(n, unit) for n, unit in parts if n] or parts[-1:]
        joint = "" if self._is_chinese else " "
        return joint.join(self._unit(n, unit) for n, unit in shown)

    def _unit(self, number: int, unit: str) -> str:
        return format_unit(number, f"duration-{unit}", length="short", locale=self.locale).replace(" ", NBSP)

    def _day_pattern(self, day: date) -> str:
        this_year = day.year == self._local(self.now).year
        if self._is_chinese:
            return "M月d日" if this_year else "y年M月d日"
        return "d MMM" if this_year else "d MMM y"

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    @property
    def _is_chinese(self) -> bool:
        return self.locale.startswith("zh")


def iso(at: datetime | date | None) -> str:
    """The value of a ``datetime`` attribute, in UTC: ``2025-11-22T06:05:00Z``; empty where nothing is known."""
    if at is None:
        return ""
    if not isinstance(at, datetime):
        return at.isoformat()
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


PLAIN_FILTERS: Mapping[str, Callable[..., object]] = {
    "tonnes": tonnes,
    "mass": mass,
    "kilograms": kilograms,
    "dry_tonnes": dry_tonnes,
    "dry_mass": dry_mass,
    "t80_tonnes": t80_tonnes,
    "t80_mass": t80_mass,
    "change": change,
    "moisture": moisture,
    "percent": percent,
    "points": points,
    "grouped": grouped,
    "number_groups": number_groups,
    "number_text": number_text,
    "plate": plate,
    "label": label,
    "iso": iso,
    "tonnes_typed": tonnes_from_kg,
    "percent_typed": percent_from_bp,
}
"""Filters that read nothing but their value. ``*_typed`` give what a form field holds."""

READING_FILTERS = ("moment", "day", "clock", "month", "since", "duration")
"""Filters that depend on who reads and when: methods of Reading."""


def install(env: Environment, reading: Callable[[], Reading]) -> None:
    """Add every filter to a Jinja environment; ``reading`` is asked anew at each use."""
    env.filters.update(PLAIN_FILTERS)
    for name in READING_FILTERS:
        env.filters[name] = _bound(name, reading)


def _bound(name: str, reading: Callable[[], Reading]) -> Callable[..., str]:
    # pass_context keeps Jinja from folding a constant into one language at compile time
    @pass_context
    def filtered(_context: Context, value: object) -> str:
        text: str = getattr(reading(), name)(value)
        return text

    return filtered


def _readable(decimal: str) -> str:
    """Three decimals lose a last zero and gain commas: ``12345.670`` is ``12,345.67``."""
    whole, _, decimals = decimal.lstrip("-").partition(".")
    kept = decimals.removesuffix("0")
    text = f"{int(whole):,}.{kept}"
    return f"{MINUS}{text}" if decimal.startswith("-") else text


def _signed(text: str) -> str:
    return text.replace("-", MINUS, 1) if text.startswith("-") else text


def _with_unit(text: str, unit: str) -> str:
    return text if text == DASH else f"{text}{NBSP}{unit}"
