"""Values as they are printed: tonnes, percent, legal times, and a dash for what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sludgetrack.documents import words
from sludgetrack.documents.content import Handoff, Moisture, Party, Text, Words
from sludgetrack.documents.look import Look
from sludgetrack.documents.text import Span, Style
from sludgetrack.domain import quantities

NBSP = "\u00a0"
"""Holds a figure and its unit on one line; prints and is copied as a space."""
MINUS = "\u2212"

Spans = tuple[Span, ...]


def tonnes(kg: int | None) -> str | None:
    """``16.460 t``."""
    return None if kg is None else f"{quantities.tonnes_from_kg(kg)}{NBSP}t"


def dry_tonnes(units: int | None) -> str | None:
    """``3.270 t`` of dry solids."""
    return None if units is None else f"{quantities.tonnes_from_units(units)}{NBSP}t"


def t80_tonnes(units: int | None) -> str | None:
    """``16.350 t`` at 80 % moisture."""
    return None if units is None else f"{quantities.t80_from_units(units)}{NBSP}t"


def bare_tonnes(kg: int | None) -> str | None:
    """``16.460``, under a column that names the unit."""
    return None if kg is None else quantities.tonnes_from_kg(kg)


def bare_dry(units: int | None) -> str | None:
    """``3.270``, under a column that names the unit."""
    return None if units is None else quantities.tonnes_from_units(units)


def bare_t80(units: int | None) -> str | None:
    """``16.350``, under a column that names the unit."""
    return None if units is None else quantities.t80_from_units(units)


def bare_percent(value: Moisture | None) -> str | None:
    """``80.13``, under a column that names the unit."""
    return None if value is None else quantities.percent_from_bp(value.bp)


def percent(bp: int | None) -> str | None:
    """``80.13 %``."""
    return None if bp is None else f"{quantities.percent_from_bp(bp)}{NBSP}%"


def signed(text: str | None) -> str | None:
    """A difference with its sign: ``+0.120``, ``−0.060``, ``0.000``."""
    if text is None:
        return None
    if text.startswith("-"):
        return MINUS + text[1:]
    return text if not text.strip("0.") else "+" + text


def minutes(count: int | None) -> Words | None:
    """Planned time on the road."""
    return None if count is None else Words(f"{count}{NBSP}分钟", "min")


class Clock:
    """Prints instants in a legal zone.

    Times carry their offset only where it is not that of ``usual``, which the sheet states once.
    """

    def __init__(self, zone: str, usual: datetime) -> None:
        self._zone = ZoneInfo(zone)
        self._usual = usual.astimezone(self._zone).utcoffset()
        self.name = zone

    def time(self, instant: datetime | None) -> str | None:
        """``2025-02-01 14:34``."""
        if instant is None:
            return None
        local = instant.astimezone(self._zone)
        text = local.strftime(f"%Y-%m-%d{NBSP}%H:%M")
        offset = local.utcoffset()
        return text if offset == self._usual else f"{text}{NBSP}{_offset(offset)}"

    def stamp(self, instant: datetime) -> str:
        """``2025-02-01 14:34:05 UTC+08:00``."""
        local = instant.astimezone(self._zone)
        return local.strftime(f"%Y-%m-%d{NBSP}%H:%M:%S{NBSP}") + _offset(local.utcoffset())

    @property
    def offset(self) -> str:
        """The usual offset: ``UTC+08:00``."""
        return _offset(self._usual)


def _offset(offset: timedelta | None) -> str:
    total = int((offset or timedelta()).total_seconds()) // 60
    sign = "+" if total >= 0 else MINUS
    return f"UTC{sign}{abs(total) // 60:02d}:{abs(total) % 60:02d}"


def day(on: date | None) -> str | None:
    """A legal day, ``2025-02-01``."""
    return None if on is None else on.isoformat()


def spans(text: Text | None, look: Look, style: Style | None = None) -> Spans:
    """A text in a style (the value's, if none is named), its English smaller beside it; a dash for none."""
    chosen = style or look.value
    if isinstance(text, Words):
        english = (Span(f" {text.en}", _smaller(look.english, chosen)),) if text.en else ()
        return (Span(text.zh, chosen), *english)
    if not text:
        return (Span(words.DASH, replace(chosen, font=look.value.font)),)
    return (Span(text, chosen),)


def _smaller(english: Style, beside: Style) -> Style:
    return Style(english.font, beside.size * 0.84, english.colour)


def joined(look: Look, *texts: Text | None, style: Style | None = None) -> Spans:
    """The known ones of several texts in a row; a dash if none is known. The dot's glyph brings its own space."""
    known = [spans(text, look, style) for text in texts if text]
    if not known:
        return spans(None, look, style)
    separator = Span("·", look.english)
    return (*known[0], *(span for each in known[1:] for span in (separator, *each)))


def moisture(value: Moisture | None, look: Look) -> Spans:
    """``80.13 %`` with its method, and a mark where it is only an estimate."""
    if value is None:
        return spans(None, look)
    return joined(look, percent(value.bp), value.method, words.ESTIMATED if value.estimated else None)


def dry(units: int | None, look: Look) -> Spans:
    """Dry solids with the mass at 80 % moisture that holds them."""
    if units is None:
        return spans(None, look)
    eighty = (Span("·折80% ", look.english), Span(t80_tonnes(units) or "", look.value))
    return (Span(dry_tonnes(units) or "", look.value), *eighty)


def yes_no(value: bool | None) -> Words | None:
    """Yes, no or not known."""
    return None if value is None else words.YES if value else words.NO


def compliance(value: bool | None) -> Words | None:
    """Compliant, not compliant or not judged."""
    return None if value is None else words.COMPLIANT if value else words.NOT_COMPLIANT


def verdict(compliant: bool | None, why: Text | None, look: Look) -> Spans:
    """Whether a disposal complied, and why not."""
    judged = spans(compliance(compliant), look, look.strong)
    return (*judged, Span("：", look.value), *spans(why, look)) if why else judged


def confirmed(handoff: Handoff, look: Look, style: Style | None = None) -> Spans:
    """How a handoff was confirmed, and why not if it was not."""
    if handoff.method is None:
        return spans(None, look, style)
    return joined(look, words.of(words.METHODS, handoff.method), handoff.reason, style=style)


def named(party: Party | None, look: Look) -> Spans:
    """A name with its code beside it."""
    if party is None:
        return spans(None, look)
    code = (Span(f"  {party.code}", look.english),) if party.code else ()
    return (Span(party.name, look.strong), *code)
