"""The lines behind a figure, each leading on to the manifest, batch or facility it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from sludgetrack.domain.events import EventType, StreamKind
from sludgetrack.services.context import Context
from sludgetrack.services.figures import EventLine
from sludgetrack.store import division_reading, lot_reading, registry_reading
from sludgetrack.store.figures import BatchUnits
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


def batch_lines(found: Iterable[BatchUnits]) -> list[Line]:
    """A line for each batch."""
    return [Line(one.units, one.batch, url_for("regulator.lot", name=one.batch), _("产生批次")) for one in found]


def event_lines(ctx: Context, found: list[EventLine]) -> list[Line]:
    """A line for each event, named by its manifest, its batch or its disposal."""
    numbers = [line.stream.name for line in found if line.stream.kind is StreamKind.MANIFEST]
    readable = division_reading.readable(ctx.connection, ctx.actor, numbers)
    names = lot_reading.named_by(ctx.connection, [line.event_id for line in found])
    facilities = {row.code: row.name for row in registry_reading.facilities_under(ctx.connection, ctx.actor.division)}
    return [_line(line, readable, names, facilities) for line in found]


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
    if line.type in (EventType.PRODUCED, EventType.DISPOSED):
        label = f"{place} · {label}"
    return Line(line.units, label, href, word, None, line.booked_on, line.occurred_at)
