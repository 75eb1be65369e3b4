"""The columns of ledgers: one list for the page, its print, CSV and XLSX, so that all of them show the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sludgetrack.domain.quantities import (
    percent_from_bp,
    t80_from_units,
    tonnes_from_kg,
    tonnes_from_units,
)
from sludgetrack.services.reading.haulage import HaulerLedger
from sludgetrack.services.reading.ledger_rows import Amount, Ledger, Row
from sludgetrack.web import format as shown
from sludgetrack.web.texts import gettext as _

EXACT = 7
"""Decimals of dry tonnes in files: whole units of 0.1 g, so that sums of them stay exact."""


class Measure(StrEnum):
    """What a cell counts: times, kilograms, dry units, dry units as tonnes at 80 %, basis points, minutes, km."""

    TIMES = "times"
    WET = "wet"
    DRY = "dry"
    T80 = "t80"
    PERCENT = "percent"
    MINUTES = "minutes"
    KM = "km"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``cell`` takes a row's figure, an integer in the measure's unit, None where there is none.

    ``group`` and ``label`` are its two heads. ``always``: shown although it holds nothing but zeros.
    """

    group: str
    label: str
    measure: Measure
    cell: Callable[[Any], int | None]
    always: bool = False

    @property
    def head(self) -> str:
        """Both heads in one, for cards and files."""
        return f"{self.group} {self.label}"

    def text(self, row: Any) -> str:
        """The cell as people read it."""
        return text_of(self.measure, self.cell(row))

    def number(self, row: Any) -> Decimal | int | None:
        """The cell as a number, for files: tonnes, percent, times, minutes, kilometres."""
        return number_of(self.measure, self.cell(row))

    def is_nil(self, row: Any) -> bool:
        """Whether there is nothing to read in it."""
        return not self.cell(row)


def text_of(measure: Measure, value: int | None) -> str:
    """A figure as people read it in a column, all decimals under each other; its unit stands in the head."""
    if value is None:
        return shown.DASH
    written: dict[Measure, Callable[[int], str]] = {
        Measure.WET: tonnes_from_kg,
        Measure.DRY: tonnes_from_units,
        Measure.T80: t80_from_units,
        Measure.PERCENT: percent_from_bp,
    }
    return (
        f"{Decimal(written[measure](value)):,}".replace("-", shown.MINUS)
        if measure in written
        else shown.grouped(value)
    )


def number_of(measure: Measure, value: int | None) -> Decimal | int | None:
    """A figure as a number, for files."""
    if value is None:
        return None
    written: dict[Measure, Callable[[int], str]] = {
        Measure.WET: tonnes_from_kg,
        Measure.DRY: lambda units: tonnes_from_units(units, EXACT),
        Measure.T80: lambda units: t80_from_units(units, EXACT),
        Measure.PERCENT: percent_from_bp,
    }
    return Decimal(written[measure](value)) if measure in written else value


def used(columns: Iterable[Column], rows: Sequence[Any]) -> list[Column]:
    """The columns that are always shown, and those that hold something in any of the rows."""
    return [column for column in columns if column.always or not all(column.is_nil(row) for row in rows)]


def groups(columns: Sequence[Column]) -> list[tuple[str, int]]:
    """The upper heads and how many columns each spans."""
    spans: list[tuple[str, int]] = []
    for column in columns:
        if spans and spans[-1][0] == column.group:
            spans[-1] = (column.group, spans[-1][1] + 1)
        else:
            spans.append((column.group, 1))
    return spans


def of_facility(ledger: Ledger) -> list[Column]:
    """The columns of a facility's ledger that have anything to say."""
    plant = ledger.is_plant
    columns = [
        Column(_("期初"), _("干 t"), Measure.DRY, lambda row: row.opening, always=True),
        *_production(plant=plant),
        *_arrivals(ledger, site=not plant),
        *_moves(plant=plant),
        *_ends(site=not plant),
        Column(_("期末"), _("干 t"), Measure.DRY, lambda row: row.closing, always=True),
        Column(_("期末"), _("折80%% t"), Measure.T80, lambda row: row.closing, always=True),
    ]
    return used(columns, [*ledger.rows, ledger.total])


def of_hauler(ledger: HaulerLedger) -> list[Column]:
    """The columns of a hauler's ledger; the rows are ``Trips``."""
    return used(trip_columns(), [ledger.total])


def trip_columns() -> list[Column]:
    """Every column of trips added up."""

    def column(group: str, label: str, measure: Measure, name: str, *, always: bool = True) -> Column:
        return Column(group, label, measure, lambda trips: getattr(trips, name), always=always)

    return [
        column(_("趟次"), _("趟"), Measure.TIMES, "trips"),
        column(_("趟次"), _("在途"), Measure.TIMES, "under_way", always=False),
        column(_("趟次"), _("灭失"), Measure.TIMES, "lost", always=False),
        column(_("装运"), _("湿 t"), Measure.WET, "loaded_kg"),
        column(_("送达"), _("湿 t"), Measure.WET, "delivered_kg"),
        column(_("拒收退回"), _("湿 t"), Measure.WET, "refused_kg"),
        column(_("磅差"), _("湿 t"), Measure.WET, "difference_kg"),
        column(_("平均用时"), _("分钟"), Measure.MINUTES, "mean_minutes"),
        column(_("直线里程"), _("km"), Measure.KM, "km", always=False),
    ]


def _production(*, plant: bool) -> list[Column]:
    made = _("产生")
    estimated = Column(made, _("其中估计 干 t"), Measure.DRY, lambda row: row.estimated.dry_units)
    return [
        *_amount(made, lambda row: row.produced, times="", always=plant),
        Column(made, _("折80%% t"), Measure.T80, lambda row: row.produced.dry_units, always=plant),
        estimated,
        *_pair(_("通沟污泥"), lambda row: row.sewer),
        *_pair(_("副产物"), lambda row: row.byproducts),
    ]


def _arrivals(ledger: Ledger, *, site: bool) -> list[Column]:
    came, refused = _("进厂接收"), _("进厂拒收")
    capacity = ledger.facility.capacity_t80_kg_d

    columns = [
        *_amount(came, lambda row: row.received, times=_("车次"), always=site),
        Column(came, _("折80%% t"), Measure.T80, lambda row: row.received.dry_units, always=site),
    ]
    if capacity:
        columns.append(Column(came, _("负荷 %%"), Measure.PERCENT, lambda row: row.load_bp(capacity), always=site))
    return [
        *columns,
        Column(refused, _("车次"), Measure.TIMES, lambda row: row.refused.count),
        Column(refused, _("湿 t"), Measure.WET, lambda row: row.refused.wet_kg),
    ]


def _moves(*, plant: bool) -> list[Column]:
    back, run, out = _("退回入库"), _("处理"), _("运出")
    return [
        Column(back, _("车次"), Measure.TIMES, lambda row: row.returned.count),
        *_pair(back, lambda row: row.returned),
        Column(run, _("投入 干 t"), Measure.DRY, lambda row: row.put_in.dry_units),
        Column(run, _("产出 干 t"), Measure.DRY, lambda row: row.came_out.dry_units),
        Column(run, _("添加 干 t"), Measure.DRY, lambda row: row.additives),
        Column(run, _("损失 干 t"), Measure.DRY, lambda row: row.process_loss),
        Column(out, _("车次"), Measure.TIMES, lambda row: row.sent.count, always=plant),
        *_pair(out, lambda row: row.sent, always=plant),
    ]


def _ends(*, site: bool) -> list[Column]:
    ended, bad = _("合规处置"), _("不合规处置")
    return [
        *_pair(ended, lambda row: row.harmless, always=site),
        *_pair(bad, lambda row: row.noncompliant),
        Column(_("去向不明"), _("其中盘点差 干 t"), Measure.DRY, lambda row: row.count_missing),
        Column(_("去向不明"), _("干 t"), Measure.DRY, lambda row: row.missing),
    ]


def _amount(group: str, of: Callable[[Row], Amount], *, times: str, always: bool) -> list[Column]:
    """How often, wet, moisture and dry."""
    counted = Column(group, times, Measure.TIMES, lambda row: of(row).count, always)
    wet, dry = _pair(group, of, always=always)
    moisture = Column(group, _("含水率 %%"), Measure.PERCENT, lambda row: of(row).moisture_bp, always)
    return [*([counted] if times else []), wet, moisture, dry]


def _pair(group: str, of: Callable[[Row], Amount], *, always: bool = False) -> tuple[Column, Column]:
    """Wet and dry."""
    return (
        Column(group, _("湿 t"), Measure.WET, lambda row: of(row).wet_kg, always),
        Column(group, _("干 t"), Measure.DRY, lambda row: of(row).dry_units, always),
    )
