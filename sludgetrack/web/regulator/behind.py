"""The lines behind a figure, each leading on to the manifest, batch or facility it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import url_for

from sludgetrack.domain.events import EventType, StreamKind
from sludgetrack.services.context import Context
from sludgetrack.services.figures import EventLine
from sludgetrack.store import correction_reading, division_reading, lot_reading, registry_reading
from sludgetrack.store.correction_reading import Late
from sludgetrack.store.figures import BatchUnits
from sludgetrack.web.forms import reading
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import event_word


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what happened where and when, and the units (0.1 g dry) it adds. ``number`` of an open manifest."""

    units: int
    label: str
    href: str
    word: str = ""
    number: str | None = None
    booked_on: date | None = None
    at: datetime | None = None
    late: str = ""
    """Said where it counts on another day than it happened."""
    correction: str = ""
    """The page of the correction that booked it."""


def batch_lines(found: Iterable[BatchUnits]) -> list[Line]:
    """A line for each batch."""
    return [Line(one.units, one.batch, url_for("regulator.lot", name=one.batch), _("产生批次")) for one in found]


def event_lines(ctx: Context, found: list[EventLine]) -> list[Line]:
    """A line for each event, named by its manifest, its batch or its disposal."""
    numbers = [line.stream.name for line in found if line.stream.kind is StreamKind.MANIFEST]
    readable = division_reading.readable(ctx.connection, ctx.actor, numbers)
    names = lot_reading.named_by(ctx.connection, [line.event_id for line in found])
    codes = {line.stream.name for line in found if line.stream.kind is StreamKind.FACILITY}
    facilities = registry_reading.facility_names(ctx.connection, ctx.actor.division, codes)
    late = correction_reading.late(ctx.connection, [line.event_id for line in found])
    return [_noted(_line(line, readable, names, facilities), late.get(line.event_id)) for line in found]


def _noted(line: Line, late: Late | None) -> Line:
    """The line with a word on why it counts later than it happened, and the way to the correction."""
    if late is None:
        return line
    day = reading().day(late.day)
    if late.proposal is None or late.of is None:
        return replace(line, late=_("补记：原发生日 %(day)s", day=day))
    said = _("补记：原发生日 %(day)s，更正自%(event)s", day=day, event=event_word(late.of))
    address = url_for("correcting.page", proposal=late.proposal) if line.href or line.number else ""
    return replace(line, late=said, correction=address)


def _line(line: EventLine, readable: set[str], names: dict[str, tuple[str, str]], facilities: dict[str, str]) -> Line:
    word = event_word(line.type)
    if line.stream.kind is StreamKind.MANIFEST:
        number = line.stream.name if line.stream.name in readable else None
        href = url_for("manifests.page", number=number) if number else ""
        label = "" if number else _("不在本辖区的联单")
        return Line(line.units, label, href, word, number, line.booked_on, line.occurred_at)
    place = facilities.get(line.stream.name, line.stream.name)
    label, lot = names.get(line.event_id, (place, ""))
    href = url_for("regulator.lot", name=lot) if lot else ""
    if line.type is EventType.CORRECTED:
        href = url_for("correcting.records", code=line.stream.name) if line.stream.name in facilities else ""
    if line.type in (EventType.PRODUCED, EventType.DISPOSED):
        label = f"{place} · {label}"
    return Line(line.units, label, href, word, None, line.booked_on, line.occurred_at)
