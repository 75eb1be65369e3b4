"""The way of a period's sludge: from who produced it, through treatment, to where it ended or lies.

Everything is origin dry solids in units of 0.1 g. What flows in adds up to what flows out, exactly:
``P + K0 + surplus = what was disposed of + what is missing + what lies there``, surplus being every end below zero
(stock overdrawn, more found than was booked), which no picture can show as a way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from sludgetrack.domain.mass import STOCK_ACCOUNTS, Account
from sludgetrack.store.rates import Flow, Grouping, Period, flows
from sludgetrack.store.treated import TreatedFlow, treated_flows

Key = TypeVar("Key")

MOST_SOURCES = 8
"""Producers with a place of their own; the smaller ones share one."""
MOST_PROCESSES = 5
MOST_PLANTS = 40
"""More plants than this are shown by division."""
OTHERS = "others"
_ENDS = STOCK_ACCOUNTS | {Account.DISPOSED, Account.UNACCOUNTED}


class Process(NamedTuple):
    """A treatment process and the facility it ran at; ``OTHERS`` and empty for the smaller ones together."""

    code: str
    facility: str


class End(NamedTuple):
    """Where sludge ended, or lies at the end of the period. ``route`` of what was disposed of, else empty."""

    account: Account
    route: str = ""
    compliant: bool = False


class Way(NamedTuple):
    """From a producer (a plant's or division's code, or ``OTHERS``) by a process, if any, to an end."""

    source: str
    process: Process | None
    end: End


@dataclass(frozen=True, slots=True)
class FlowFigures:
    """The ways of a period with their units, all above 0. ``by`` says what a source is."""

    period: Period
    by: Grouping
    ways: Mapping[Way, int]
    produced: int
    opening: int
    surplus: int

    @property
    def total(self) -> int:
        """What flows: P + K0 + surplus, and all ways together."""
        return sum(self.ways.values())

    def by_source(self) -> dict[str, int]:
        """Units of each source, the largest first, the others last."""
        found = _summed((way.source, units) for way, units in self.ways.items())
        return dict(sorted(found.items(), key=lambda item: (item[0] == OTHERS, -item[1], item[0])))

    def by_process(self) -> dict[Process, int]:
        """Units of each process, the largest first, the others last."""
        found = _summed((way.process, units) for way, units in self.ways.items() if way.process)
        return dict(sorted(found.items(), key=lambda item: (item[0].code == OTHERS, -item[1], item[0])))

    def by_end(self) -> dict[End, int]:
        """Units of each end: compliant disposal by route, then what lies, then what must not be."""
        found = _summed((way.end, units) for way, units in self.ways.items())
        return dict(sorted(found.items(), key=lambda item: _end_order(item[0])))


def flow(
    connection: Connection, period: Period, division_prefix: str = "", by: Grouping = Grouping.PLANT
) -> FlowFigures:
    """The ways of what the plants under a division produced or had in stock, by plant or by division."""
    found = _Ways()
    found.take(flows(connection, period, by, division_prefix))
    found.take_treated(treated_flows(connection, period, by, division_prefix))
    return found.figures(period, by)


def by_division(plants: Mapping[str, str], division_prefix: str) -> Mapping[str, str]:
    """The part of a division that each plant (code: division) lies in: the next level below it."""
    level = next(digits for digits in (2, 4, 6) if digits > len(division_prefix) or digits == 6)
    return {plant: division[:level] for plant, division in plants.items()}


def regrouped(figures: FlowFigures, groups: Mapping[str, str]) -> FlowFigures:
    """The same ways with their sources taken together, as ``groups`` (source: group) says."""
    ways = _summed(
        (way._replace(source=groups.get(way.source, way.source)), units) for way, units in figures.ways.items()
    )
    return FlowFigures(figures.period, Grouping.DIVISION, ways, figures.produced, figures.opening, figures.surplus)


def condensed(figures: FlowFigures, sources: int = MOST_SOURCES, processes: int = MOST_PROCESSES) -> FlowFigures:
    """The largest sources and processes by name, the others together."""
    own = _largest(figures.by_source(), sources)
    named = _largest(figures.by_process(), processes)
    rest = Process(OTHERS, "")
    ways: dict[Way, int] = _summed(
        (
            Way(
                way.source if way.source in own else OTHERS,
                way.process if way.process is None or way.process in named else rest,
                way.end,
            ),
            units,
        )
        for way, units in figures.ways.items()
    )
    return FlowFigures(figures.period, figures.by, ways, figures.produced, figures.opening, figures.surplus)


@dataclass(slots=True)
class _Ways:
    """Every way while figures come in, below zero too; ``direct`` ones are what treatment leaves of the whole."""

    treated: dict[Way, int] = field(default_factory=lambda: defaultdict(int))
    direct: dict[Way, int] = field(default_factory=lambda: defaultdict(int))
    produced: int = 0
    opening: int = 0

    def take(self, found: Iterable[Flow]) -> None:
        """Everything of the running sums. Production is negative there; stock before the period is stock at its end."""
        for one in found:
            account = Account(one.account)
            if account is Account.PRODUCED:
                self.produced -= one.units
            if one.before:
                self.opening += one.units
            if account in _ENDS:
                end = _end(account, one.detail, compliant=one.compliant)
                self.direct[Way(one.group, None, end)] += one.units

    def take_treated(self, found: Iterable[TreatedFlow]) -> None:
        """What of it went through treatment."""
        for one in found:
            end = _end(Account(one.account), one.detail, compliant=one.compliant)
            self.treated[Way(one.group, Process(one.process, one.facility), end)] += one.units
            self.direct[Way(one.group, None, end)] -= one.units

    def figures(self, period: Period, by: Grouping) -> FlowFigures:
        """The ways above zero; what is below is surplus on the other side."""
        both = {**self.treated, **self.direct}
        surplus = -sum(units for units in both.values() if units < 0)
        ways = {way: units for way, units in both.items() if units > 0}
        return FlowFigures(period, by, ways, self.produced, self.opening, surplus)


def _end(account: Account, detail: str, *, compliant: bool) -> End:
    return End(account, detail, compliant) if account is Account.DISPOSED else End(account)


def _end_order(end: End) -> tuple[int, str]:
    if end.account is Account.DISPOSED:
        return (0 if end.compliant else 4), end.route
    return {Account.SITE_STOCK: 1, Account.PLANT_STOCK: 2, Account.TRANSIT: 3}.get(end.account, 5), ""


def _largest(sums: Mapping[Key, int], most: int) -> set[Key]:
    """The keys of the largest sums, all of them where only one more would be left out."""
    ordered = sorted(sums, key=lambda key: -sums[key])
    return set(ordered if len(ordered) <= most + 1 else ordered[:most])


def _summed(items: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    sums: dict[Key, int] = defaultdict(int)
    for key, units in items:
        sums[key] += units
    return dict(sums)
