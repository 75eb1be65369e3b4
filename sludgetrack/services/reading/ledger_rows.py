"""What a facility's ledger is laid out in: its span, its rows with their balance, and what it adds up by way and route.

All masses are those at the facility: wet kilograms as weighed, dry solids as measured, in units of 0.1 g.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sludgetrack.domain.errors import OutOfRange
from sludgetrack.domain.identity import FacilityKind
from sludgetrack.domain.quantities import EIGHTY_PERCENT_FACTOR, FULL_BP, divide_half_even
from sludgetrack.store.directory import Facility
from sludgetrack.store.ledger_reading import By

__all__ = ["NOTHING", "Amount", "By", "Ledger", "RouteSum", "Row", "Span", "Way"]

LONGEST_BY_DAY = timedelta(days=400)
LONGEST = timedelta(days=366 * 30)


@dataclass(frozen=True, slots=True)
class Span:
    """Inclusive legal days, and what a row stands for. Raises OutOfRange where that makes too many rows, or none."""

    first: date
    last: date
    by: By

    def __post_init__(self) -> None:
        """Rows are bounded, so that no address asks for a century of days."""
        most = LONGEST_BY_DAY if self.by is By.DAY else LONGEST
        if not timedelta(0) <= self.last - self.first <= most:
            raise OutOfRange(field="to", value=self.last.isoformat(), wanted=f"{self.first} – {self.first + most}")

    def start_of(self, day: date) -> date:
        """The first day of the row a day belongs to, which may lie before the span."""
        if self.by is By.DAY:
            return day
        return day.replace(day=1) if self.by is By.MONTH else day.replace(month=1, day=1)

    def end_of(self, start: date) -> date:
        """The last day of the row that begins so, within the span."""
        if self.by is By.DAY:
            return start
        later = start.replace(day=28) + timedelta(days=4)
        following = later.replace(day=1) if self.by is By.MONTH else date(start.year + 1, 1, 1)
        return min(self.last, following - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Amount:
    """How often, how much wet in kilograms and dry in units of 0.1 g."""

    count: int = 0
    wet_kg: int = 0
    dry_units: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.count + other.count, self.wet_kg + other.wet_kg, self.dry_units + other.dry_units)

    @property
    def moisture_bp(self) -> int | None:
        """The mean moisture, weighted by wet mass; None of nothing."""
        return FULL_BP - divide_half_even(self.dry_units, self.wet_kg) if self.wet_kg else None

    @property
    def is_nothing(self) -> bool:
        """Nothing happened."""
        return not (self.count or self.wet_kg or self.dry_units)


NOTHING = Amount()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A day, month or year of a facility. ``opening`` and ``change`` of stock in dry units.

    ``estimated`` is the part of what was produced (``produced``, of plant sludge) that rests on moistures nobody
    measured. ``refused`` counts trucks of which a part, or all, was refused. ``missing`` is what a disposal's end, a
    count or a correction left unaccounted here, ``count_missing`` the counts' part of it; ``gap`` what weighings found
    less than was loaded, which never was in this stock. ``later`` counts events booked on another day than theirs.
    """

    first: date
    last: date
    opening: int = 0
    produced: Amount = NOTHING
    estimated: Amount = NOTHING
    sewer: Amount = NOTHING
    byproducts: Amount = NOTHING
    received: Amount = NOTHING
    refused: Amount = NOTHING
    returned: Amount = NOTHING
    sent: Amount = NOTHING
    put_in: Amount = NOTHING
    came_out: Amount = NOTHING
    additives: int = 0
    process_loss: int = 0
    harmless: Amount = NOTHING
    noncompliant: Amount = NOTHING
    missing: int = 0
    counts: int = 0
    count_missing: int = 0
    gap: int = 0
    later: int = 0
    change: int = 0

    @property
    def closing(self) -> int:
        """What lay there when it ended."""
        return self.opening + self.change

    @property
    def gained(self) -> int:
        """What entered the stock."""
        into = (self.produced, self.sewer, self.byproducts, self.received, self.returned, self.came_out)
        return sum(amount.dry_units for amount in into)

    @property
    def given(self) -> int:
        """What left the stock, whatever was missing included."""
        out = (self.sent, self.put_in, self.harmless, self.noncompliant)
        return sum(amount.dry_units for amount in out) + self.missing

    @property
    def difference(self) -> int:
        """Opening and what entered, less what left and closing: 0 in a book that is right."""
        return self.opening + self.gained - self.given - self.closing

    @property
    def days(self) -> int:
        """How many legal days it has."""
        return (self.last - self.first).days + 1

    def load_bp(self, capacity_t80_kg_d: int | None) -> int | None:
        """What was received a day, at 80 % moisture, of the permitted capacity, in basis points."""
        if not capacity_t80_kg_d:
            return None
        t80_units = self.received.dry_units * EIGHTY_PERCENT_FACTOR
        return divide_half_even(t80_units, capacity_t80_kg_d * self.days)


@dataclass(frozen=True, slots=True)
class Way:
    """What went to, or came from, one facility by one route (none for what came in)."""

    code: str
    name: str
    route: str | None
    amount: Amount


@dataclass(frozen=True, slots=True)
class RouteSum:
    """What was disposed of here by one route."""

    route: str
    harmless: Amount
    noncompliant: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A facility's ledger. ``log_size`` is the log position it was read at; rows without any event are left out.

    ``oldest_days``: how long the oldest stock has been lying now; None with none, or for a period that is over.
    """

    facility: Facility
    organisation: str
    span: Span
    rows: tuple[Row, ...]
    total: Row
    sent_to: tuple[Way, ...]
    received_from: tuple[Way, ...]
    disposed_by: tuple[RouteSum, ...]
    log_size: int
    oldest_days: int | None

    @property
    def is_plant(self) -> bool:
        """Whether it is of a plant, so that it begins with what was produced."""
        return self.facility.kind is FacilityKind.PLANT

    @property
    def is_empty(self) -> bool:
        """Nothing happened, and nothing lay there."""
        return not self.rows and not self.total.opening
