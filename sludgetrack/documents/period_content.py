"""What a report of a division and a period shows, as frozen values; see ``content`` for the rules they follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sludgetrack.charts.bars import Bars
from sludgetrack.charts.lines import Line
from sludgetrack.charts.sankey import Flow
from sludgetrack.documents.content import Text, Words


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the balance equation, in dry units of 0.1 g."""

    symbol: str
    name: Words
    units: int


@dataclass(frozen=True, slots=True)
class Balance:
    """Both sides of ``P + K0 = H + N + U + K1``."""

    left: tuple[Term, ...]
    right: tuple[Term, ...]

    @property
    def difference(self) -> int:
        """Left less right: 0 in a book that is right."""
        return sum(term.units for term in self.left) - sum(term.units for term in self.right)


@dataclass(frozen=True, slots=True)
class RateLine:
    """A rate with its formula, and what it is held against. Percent as published; None without a denominator."""

    name: Words
    formula: str
    value: str | None
    provisional: bool = False
    target: Text | None = None
    met: bool | None = None
    baseline: Text | None = None


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target of the division, or of a class of places in it, beside the rate that is held against it."""

    place: Words
    rate: Words
    value: str | None
    target: str
    met: bool | None
    source: Text


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group's figures: tonnes of dry solids and percent, as published."""

    name: Text
    produced: str | None
    opening: str | None
    harmless: str
    noncompliant: str
    unaccounted: str | None
    closing: str | None
    harmless_rate: str | None
    landfill_rate: str | None
    resource_rate: str | None


@dataclass(frozen=True, slots=True)
class GroupTable:
    """The figures by plant, division or month; ``group`` heads the first column."""

    title: Words
    group: Words
    lines: tuple[GroupLine, ...]


@dataclass(frozen=True, slots=True)
class RouteLine:
    """What was disposed of by one route, dry units."""

    route: Words
    harmless: int
    noncompliant: int


@dataclass(frozen=True, slots=True)
class Amount:
    """Anything in dry units."""

    name: Words
    units: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A line of a rate under its name."""

    title: Words
    line: Line


@dataclass(frozen=True, slots=True)
class Charts:
    """The report's pictures."""

    flow: Flow
    rates: tuple[Chart, ...]
    ages: Bars
    stocks: Bars
    capacity: Bars
    four: Bars


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure is made of."""

    name: Words
    text: Words


@dataclass(frozen=True, slots=True)
class LogHead:
    """How far the record went when the report was made: entries and sheets, the root over them, and since when."""

    size: int
    root: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodContent:
    """A report. ``made_at`` is when its figures were read (aware), printed in ``zone``; ``stock_day`` that of stock.

    ``flow_sums``: what came into the flow picture, and what became of it.
    """

    division: str
    first: date
    last: date
    made_at: datetime
    zone: str
    log: LogHead
    address: str
    balance: Balance
    rates: tuple[RateLine, ...]
    targets: tuple[TargetLine, ...]
    charts: Charts
    flow_sums: tuple[tuple[Amount, ...], tuple[Amount, ...]]
    stock_day: date
    routes: tuple[RouteLine, ...]
    causes: tuple[Amount, ...]
    tables: tuple[GroupTable, ...]
    apart: tuple[Amount, ...]
    measures: tuple[Definition, ...]
    notes: tuple[Words, ...]
