"""The entries of a facility's ledger in the reader's words: one line for each event, on the page and in files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import url_for

from sludgetrack import reference
from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Actor, Role
from sludgetrack.domain.quantities import percent_from_bp, tonnes_from_kg, tonnes_from_units
from sludgetrack.domain.tolerance import DRY_PERCENT
from sludgetrack.services.reading.ledgers import Line, Refusal
from sludgetrack.store.ledger_reading import RunLotRow
from sludgetrack.web.exports import Cell
from sludgetrack.web.format import dry_tonnes, number_text, plate
from sludgetrack.web.forms import reading
from sludgetrack.web.stock_words import kind_words, process_word
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import event_word, route_word
from sludgetrack.web.workbooks import DAY, PERCENT, TONNES, Field

UNDATED = frozenset((EventType.PRODUCED, EventType.TREATED, EventType.DISPOSED, EventType.COUNTED))
"""Events of a whole legal day: when they were entered is no time of theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line. ``number`` of a manifest, ``name`` of anything else; ``notes`` are (text, tone) pairs.

    Kilograms, basis points and units of 0.1 g, None where there is none.
    """

    day: date
    at: datetime | None
    word: str
    number: str | None
    name: str
    href: str
    other: str
    how: str
    plate: str | None
    hauler: str
    wet_kg: int | None
    moisture_bp: int | None
    into: int
    taken: int
    notes: tuple[tuple[str, str], ...]


def entry_of(line: Line, code: str, reader: Actor) -> Entry:
    """A line at the facility ``code`` as it is shown, leading on to what is the reader's to open."""
    row = line.row
    return Entry(
        day=row.day,
        at=None if row.type in UNDATED else row.at,
        word=event_word(row.type),
        number=row.number,
        name=row.named or "",
        href=_address(line, code, reader),
        other=line.other or "",
        how=_how(line),
        plate=row.plate,
        hauler=row.hauler or "",
        wet_kg=row.wet_kg,
        moisture_bp=row.moisture_bp,
        into=row.into_units,
        taken=row.taken_units,
        notes=tuple(_notes(line)),
    )


def entry_fields() -> list[Field]:
    """The columns of entries in files."""
    return [
        Field(_("日期"), DAY),
        Field(_("时间"), width=8),
        Field(_("事项"), width=10),
        Field(_("凭据"), width=26),
        Field(_("对方"), width=24),
        Field(_("途径或工艺"), width=18),
        Field(_("车牌")),
        Field(_("运输单位"), width=22),
        Field(_("湿 t"), TONNES),
        Field(_("含水率 %%"), PERCENT, 10),
        Field(_("入库 干 t"), TONNES, 14),
        Field(_("出库 干 t"), TONNES, 14),
        Field(_("备注"), width=30),
    ]


def entry_cells(entry: Entry, zone: ZoneInfo) -> list[Cell]:
    """A line in a file."""
    return [
        entry.day,
        entry.at.astimezone(zone).strftime("%H:%M") if entry.at else None,
        entry.word,
        number_text(entry.number) if entry.number else entry.name,
        entry.other,
        entry.how,
        plate(entry.plate) if entry.plate else None,
        entry.hauler,
        tonnes(entry.wet_kg),
        percent(entry.moisture_bp),
        dry(entry.into) if entry.into else None,
        dry(entry.taken) if entry.taken else None,
        _("；").join(text for text, _tone in entry.notes),
    ]


def run_fields() -> list[Field]:
    """The columns of the lots of treatment runs in files."""
    return [
        Field(_("日期"), DAY),
        Field(_("处理批号"), width=18),
        Field(_("工艺"), width=18),
        Field(_("投入或产出")),
        Field(_("料批"), width=24),
        Field(_("湿 t"), TONNES),
        Field(_("含水率 %%"), PERCENT, 10),
        Field(_("干 t"), TONNES, 14),
    ]


def run_cells(row: RunLotRow) -> list[Cell]:
    """A lot of a run in a file."""
    way = _("产出") if row.out else _("投入")
    process = _process(row.process)
    return [row.day, row.run, process, way, row.lot, tonnes(row.wet_kg), percent(row.moisture_bp), dry(row.dry_units)]


def refusal_fields() -> list[Field]:
    """The columns of refused trucks in files."""
    return [
        Field(_("日期"), DAY),
        Field(_("时间"), width=8),
        Field(_("联单编号"), width=26),
        Field(_("来源"), width=24),
        Field(_("运输单位"), width=22),
        Field(_("车牌")),
        Field(_("进厂 t"), TONNES),
        Field(_("拒收 t"), TONNES),
        Field(_("原因"), width=30),
    ]


def refusal_cells(one: Refusal, zone: ZoneInfo) -> list[Cell]:
    """A refused truck in a file."""
    row = one.row
    return [
        row.day,
        row.at.astimezone(zone).strftime("%H:%M"),
        number_text(row.number),
        one.giver,
        row.hauler,
        plate(row.plate) if row.plate else None,
        tonnes(row.net_kg),
        tonnes(row.refused_kg),
        row.reason,
    ]


def tonnes(kg: int | None) -> Decimal | None:
    """Wet tonnes for a file."""
    return None if kg is None else Decimal(tonnes_from_kg(kg))


def dry(units: int | None) -> Decimal | None:
    """Dry tonnes for a file, exactly."""
    return None if units is None else Decimal(tonnes_from_units(units, 7))


def percent(bp: int | None) -> Decimal | None:
    """Percent for a file."""
    return None if bp is None else Decimal(percent_from_bp(bp))


def _address(line: Line, code: str, reader: Actor) -> str:
    row = line.row
    if row.number:
        return url_for("manifests.page", number=row.number)
    if row.type == EventType.DISPOSED and row.named:
        return url_for("site.disposal", name=row.named)
    if row.type == EventType.TREATED and row.named:
        return url_for("site.run", name=row.named)
    if row.type == EventType.PRODUCED and row.named:
        return _batch_address(row.named, code, reader)
    return ""


def _batch_address(name: str, code: str, reader: Actor) -> str:
    if reader.has(Role.INSPECTOR):
        return url_for("regulator.lot", name=name)
    works_here = reader.has(Role.CLERK) or reader.has(Role.OPERATOR)
    return url_for("site.lot", code=code, name=name) if works_here else ""


def _how(line: Line) -> str:
    row = line.row
    if row.process:
        return _process(row.process)
    if row.type == EventType.PRODUCED:
        return kind_words().get(row.kind or "", "")
    return route_word(row.route) if row.route else ""


def _process(code: str) -> str:
    return process_word(reference.treatments().get(code), code)


def _notes(line: Line) -> list[tuple[str, str]]:
    row = line.row
    told = []
    if row.estimated:
        told.append((_("含水率为估计"), "warning"))
    if row.compliant is False:
        told.append((_("不合规"), "danger"))
    if row.missing_units:
        told.append((_("去向不明 %(mass)s t", mass=dry_tonnes(row.missing_units)), "warning"))
    if row.type == EventType.RECEIVED and abs(row.gap_units) * 100 > DRY_PERCENT * row.into_units:
        told.append((_("磅差 干 %(mass)s t", mass=dry_tonnes(row.gap_units)), "warning"))
    if row.booked_on is not None:
        told.append((_("补记：计入 %(day)s", day=reading().day(row.booked_on)), "warning"))
    return told
