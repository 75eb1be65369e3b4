"""The cohort out of running sums against the batch-wise definition, over books in which everything happens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text

from sludgetrack.domain.holdings import Kind
from sludgetrack.domain.mass import Account, Cause, Posting
from sludgetrack.domain.rates import COHORT_DAYS
from sludgetrack.services.audit.areas import Area, Notes
from sludgetrack.services.audit.batch_sums import check_batch_sums
from sludgetrack.store import cohorts, figures
from sludgetrack.store.embedded import Cluster
from sludgetrack.store.figures import Plants
from sludgetrack.store.rates import Grouping, Period, next_month
from sludgetrack.store.sums import Summing, counted_from
from sludgetrack.store.tables.mass import cohort_sum, holding, posting
from sludgetrack.store.tables.registry import facility
from tests.support.city import FACILITIES, found_city, new_id
from tests.support.clock import Clock
from tests.support.place import place_in

SEEDS = (0, 1, 2, 3)
BEGIN = date(2025, 11, 20)
PLANTS = ("P01", "P02")


@dataclass(frozen=True)
class Batch:
    """A row that postings stand for."""

    id: int
    plant_id: int
    plant: str
    name: str
    kind: str

    @property
    def may_be_made(self) -> bool:
        """Whether anybody could declare it."""
        return not self.name.endswith("-undeclared")


@dataclass(frozen=True)
class Booked:
    """A posting that changes what is in stock, and the day it counts on."""

    batch: Batch
    posting: Posting
    day: date


@dataclass
class Book:
    """What was booked, and what the definition makes of it."""

    lines: list[Booked] = field(default_factory=list)

    def made(self, period: Period) -> dict[Batch, int]:
        """Production that counts in the period, by batch of plant sludge."""
        made: dict[Batch, int] = defaultdict(int)
        for line in self.lines:
            if line.posting.account is Account.PRODUCED and period.first <= line.day <= period.last:
                made[line.batch] -= line.posting.origin_units
        return {batch: units for batch, units in made.items() if batch.kind == Kind.PLANT_SLUDGE}

    def counted(self, period: Period) -> dict[Batch, int]:
        """Of each batch produced in the period, its harmless disposal in time, up to what was produced."""
        until = period.last + timedelta(days=COHORT_DAYS)
        harmless: dict[Batch, int] = defaultdict(int)
        for line in self.lines:
            if line.posting.account is Account.DISPOSED and line.posting.compliant and line.day <= until:
                harmless[line.batch] += line.posting.origin_units
        return {batch: min(made, harmless[batch]) for batch, made in self.made(period).items()}

    def stock(self, until: date) -> dict[str, int]:
        """What the postings leave of each batch at the end of a day."""
        stock: dict[str, int] = defaultdict(int)
        for line in self.lines:
            if line.batch.kind == Kind.PLANT_SLUDGE and line.day <= until:
                stock[line.batch.name] -= line.posting.origin_units
        return {name: units for name, units in stock.items() if units}


@pytest.fixture(scope="module", params=SEEDS)
def lived(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[tuple[Connection, Book]]:
    with place_in(cluster) as place:
        found_city(place.engine, Clock(datetime(2025, 11, 1, tzinfo=UTC)))
        with place.superuser.connect() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection, write_by_chance(connection, Random(request.param))  # noqa: S311 - a book, not a secret
            connection.rollback()


@pytest.mark.parametrize("by", [Grouping.TOTAL, Grouping.PLANT, Grouping.DIVISION, Grouping.CITY_CLASS])
def test_the_cohort_is_what_its_batches_count(lived: tuple[Connection, Book], by: Grouping) -> None:
    connection, book = lived
    for period in periods():
        expected: dict[str, int] = defaultdict(int)
        for batch, units in book.counted(period).items():
            expected[group(batch, by)] += units
        assert nonzero(cohorts.cohort(connection, period, by, "")) == nonzero(expected), period


def test_each_month_is_a_period_of_its_own(lived: tuple[Connection, Book]) -> None:
    connection, book = lived
    for period in periods():
        expected = {f"{part.first:%Y-%m}": sum(book.counted(part).values()) for part in period.months()}
        assert nonzero(cohorts.cohort(connection, period, Grouping.MONTH, "")) == nonzero(expected), period


def test_a_division_has_the_batches_of_its_plants(lived: tuple[Connection, Book]) -> None:
    connection, book = lived
    division = FACILITIES["P02"]["division"]
    for period in periods():
        expected = sum(
            units for batch, units in book.counted(period).items() if group(batch, Grouping.DIVISION) == division
        )
        assert cohorts.cohort(connection, period, Grouping.TOTAL, division).get("total", 0) == expected, period


def test_the_cohort_opens_into_its_batches(lived: tuple[Connection, Book]) -> None:
    connection, book = lived
    for period in periods():
        expected = {batch.name: units for batch, units in book.counted(period).items() if units}
        assert opened(lambda after, p=period: figures.cohort(connection, p, Plants(), after=after, limit=3)) == expected


def test_stock_opens_into_its_batches(lived: tuple[Connection, Book]) -> None:
    connection, book = lived
    for period in periods():
        until = period.last
        found = opened(lambda after, u=until: figures.stock(connection, u, Plants(), after=after, limit=3))
        assert found == book.stock(until)


def test_a_place_that_nobody_listed_is_refused(lived: tuple[Connection, Book]) -> None:
    with pytest.raises(ValueError, match="'B0815' is no place"):
        figures.stock(lived[0], BEGIN, Plants(), after="B0815", limit=1)


def test_the_audit_finds_the_sums_right(lived: tuple[Connection, Book]) -> None:
    notes = Notes()
    check_batch_sums(lived[0], notes)

    assert notes.outcomes[Area.SUMS].found == 0
    assert notes.outcomes[Area.SUMS].checked > 10


def test_books_by_chance_have_something_of_everything(lived: tuple[Connection, Book]) -> None:
    connection, _ = lived
    counts = connection.execute(
        text(
            "SELECT count(*) FILTER (WHERE spread) AS spread, count(*) FILTER (WHERE beyond AND NOT spread) AS beyond,"
            " count(*) FILTER (WHERE NOT beyond) AS plain, count(*) FILTER (WHERE produced_on IS NULL) AS undeclared"
            " FROM batch_sum"
        )
    ).one()

    assert min(counts) > 0
    assert len(connection.execute(select(cohort_sum)).all()) > 10


@pytest.mark.parametrize(
    ("disposed", "month"),
    [
        ("2026-01-30", "2025-12-01"),
        ("2026-01-31", "2026-01-01"),
        ("2026-03-02", "2026-01-01"),
        ("2026-03-03", "2026-02-01"),
    ],
)
def test_a_disposal_counts_for_the_month_that_ended_thirty_days_before(disposed: str, month: str) -> None:
    assert counted_from(date.fromisoformat(disposed)) == date.fromisoformat(month)
    assert date.fromisoformat(disposed) <= next_month(date.fromisoformat(month)) + timedelta(days=COHORT_DAYS - 1)


def periods() -> Iterator[Period]:
    """Whole months, single days, odd days, and all of it."""
    yield Period(date(2025, 1, 1), date(2027, 12, 31))
    yield Period(date(2026, 1, 1), date(2026, 1, 31))
    yield Period(date(2025, 12, 1), date(2026, 3, 31))
    yield Period(date(2025, 12, 1), date(2026, 1, 17))
    chance = Random(11)  # noqa: S311 - periods, not a secret
    for _ in range(14):
        first = BEGIN + timedelta(days=chance.randrange(-10, 70))
        yield Period(first, first + timedelta(days=chance.choice((0, 1, 12, 30, 61, 100))))


def group(batch: Batch, by: Grouping) -> str:
    if by is Grouping.PLANT:
        return batch.plant
    columns = {Grouping.DIVISION: "division", Grouping.CITY_CLASS: "city_class"}
    return str(FACILITIES[batch.plant][columns[by]]) if by in columns else "total"


def nonzero(units: dict[str, int]) -> dict[str, int]:
    return {key: value for key, value in units.items() if value}


def opened(page: Any) -> dict[str, int]:
    """All pages together; no batch comes twice."""
    found: dict[str, int] = {}
    after = ""
    while lines := page(after):
        assert not found.keys() & {line.batch for line in lines}
        found |= {line.batch: line.units for line in lines}
        after = lines[-1].batch
    return found


def write_by_chance(connection: Connection, chance: Random) -> Book:
    """Units of work with a few postings each: production, disposal, loss, and corrections of them, in any order."""
    batches = make_batches(connection)
    book = Book()
    first = [produced(batch, 100, own_day(batch)) for batch in batches if chance.random() < 0.7 and batch.may_be_made]
    later = [booked_by_chance(chance, chance.choice(batches)) for _ in range(150)]
    book.lines = [*first, *later]
    coming = iter(book.lines)
    while some := list(islice(coming, chance.choice((1, 1, 2, 5)))):
        summing = Summing()
        for line in some:
            summing.take(line.posting, line.batch, line.day)
            connection.execute(insert(posting).values(**row(line)))
        summing.write(connection)
    return book


def booked_by_chance(chance: Random, batch: Batch) -> Booked:
    """Production falls near the batch's own day, in another month now and then; anything may be taken back."""
    own = own_day(batch)
    units = chance.choice((7, 20, 50, 100)) * chance.choice((1, 1, 1, 1, 1, 1, -1))
    what = chance.choice(("made", "burned", "burned", "buried", "lost"))
    if what == "made" and batch.may_be_made:
        return produced(batch, units, own + timedelta(days=chance.choice((0, 0, 0, 0, 1, 40))))
    day = own + timedelta(days=chance.randrange(-3, 90))
    if what == "lost":
        lost = Posting(Account.UNACCOUNTED, None, None, batch.name, units, units, cause=Cause.RECEIPT)
        return Booked(batch, lost, day)
    compliant = what != "buried"
    route = "I1" if compliant else "F2"
    gone = Posting(Account.DISPOSED, "S-INC", None, batch.name, units, units, route=route, compliant=compliant)
    return Booked(batch, gone, day)


def own_day(batch: Batch) -> date:
    return BEGIN + timedelta(days=(batch.id * 37) % 90)


def produced(batch: Batch, units: int, day: date) -> Booked:
    return Booked(batch, Posting(Account.PRODUCED, batch.plant, None, batch.name, -units, -units), day)


def make_batches(connection: Connection) -> list[Batch]:
    plants = {row.code: row.id for row in connection.execute(select(facility.c.code, facility.c.id))}
    batches = []
    for n in range(50):
        plant = PLANTS[n % len(PLANTS)]
        name = f"{plant}-undeclared" if n < len(PLANTS) else f"B{n}"
        kind = Kind.SEWER_SLUDGE if n % 7 == 5 else Kind.PLANT_SLUDGE
        batches.append(Batch(1000 + n, plants[plant], plant, name, str(kind)))
    common = {"account": "plant_stock", "day": BEGIN, "ord": 0, "wet_kg": 0, "moisture_bp": 0, "estimated": False}
    units = {"stabilised": False, "physical_made": 0, "physical_left": 0, "origin_left": 0}
    connection.execute(
        insert(holding),
        [{"id": b.id, "facility_id": b.plant_id, "name": b.name, "kind": b.kind, **common, **units} for b in batches],
    )
    return batches


def row(line: Booked) -> dict[str, Any]:
    said = line.posting
    return {
        "event_id": new_id(),
        "n": 1,
        "account": str(said.account),
        "origin_id": line.batch.id,
        "plant_id": line.batch.plant_id,
        "route": said.route,
        "cause": str(said.cause) if said.cause else None,
        "compliant": said.compliant,
        "origin_units": said.origin_units,
        "physical_units": said.physical_units,
        "day": line.day,
        "booked_on": line.day,
    }
