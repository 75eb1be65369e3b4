"""Period locks: what is booked later for a closed day counts on the first open one, and the authority approves."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, select, update

from sludgetrack.domain.errors import AlreadyLocked, NotAParty, NotPermitted, OutOfRange, PeriodNotOver
from sludgetrack.domain.registrations import LockPeriod
from sludgetrack.services import locking, reporting
from sludgetrack.services.reporting import Grouping, Period
from sludgetrack.store.tables.mass import posting
from sludgetrack.store.tables.registry import facility
from tests.services.test_correcting import approve, areas_that_disagree, facility_stream, outcome, suggest, today
from tests.services.test_rebooking import is_sound
from tests.support.city import City, new_id


@pytest.fixture(autouse=True)
def _batch(city: City) -> None:
    city.produce()


def lock(city: City, month: str, division: str = "4107", who: str = "regulator") -> None:
    said = LockPeriod(event_id=new_id(), division=division, month=month)
    city.act(who, lambda ctx: locking.lock_period(ctx, said))


def balances(engine: Engine, *months: str) -> dict[str, tuple[str | None, str, str | None]]:
    """Of each month, produced, harmless and closing stock; both sides of every balance agree."""
    found = {}
    with engine.connect() as connection:
        for month in months:
            first = date.fromisoformat(f"{month}-01")
            period = next(iter(Period(first, first.replace(day=28)).months()))
            row = reporting.balance(connection, period, Grouping.TOTAL).total
            assert row["difference"] == "0.000"
            found[month] = (row["produced"], row["harmless"], row["closing_stock"])
    return found


def test_after_a_lock_the_authority_approves_and_the_difference_counts_on_the_first_open_day(
    city: City, engine: Engine
) -> None:
    number = city.delivered()
    disposed = city.dispose(number, 10_000, final=False).event_id
    month = f"{today(city):%Y-%m}"
    city.clock.forward(days=40)
    following = f"{today(city):%Y-%m}"
    before = balances(engine, month)
    lock(city, month)

    proposal = suggest(city, "site", facility_stream("S-INC"), disposed, wet_kg=8_000)
    assert outcome(engine, proposal) == "open"
    assert balances(engine, month) == before
    with pytest.raises(NotAParty):
        approve(city, "site", facility_stream("S-INC"), proposal)
    approve(city, "regulator", facility_stream("S-INC"), proposal)

    assert outcome(engine, proposal) == "in_effect"
    assert balances(engine, month) == before
    with engine.connect() as connection:
        late = connection.execute(select(posting.c.day, posting.c.booked_on).where(posting.c.day < posting.c.booked_on))
        days = {(one.day.strftime("%Y-%m"), one.booked_on.isoformat()) for one in late}
    assert days == {(month, f"{following}-01")}
    assert balances(engine, following)[following][1] == "-0.400"
    assert is_sound(engine)


def test_what_is_declared_late_for_a_locked_month_counts_on_the_first_open_day(city: City, engine: Engine) -> None:
    month = f"{today(city):%Y-%m}"
    day = today(city)
    city.clock.forward(days=40)
    lock(city, month, division="410702")

    city.produce("B9", 10_000, day=day)

    assert balances(engine, month)[month][0] == "20.000"
    assert balances(engine, f"{today(city):%Y-%m}")[f"{today(city):%Y-%m}"][0] == "2.000"
    assert is_sound(engine)


def test_a_facility_whose_lock_somebody_took_away_is_found_and_named(
    city: City, engine: Engine, superuser: Engine
) -> None:
    month = f"{today(city):%Y-%m}"
    city.clock.forward(days=40)
    lock(city, month)

    with superuser.begin() as connection:
        connection.execute(update(facility).where(facility.c.code == "P01").values(locked_through=None))

    assert areas_that_disagree(engine) == {"registers": "row_differs facility P01"}


def test_a_month_is_locked_once_it_is_over_by_the_authority_of_the_division(city: City) -> None:
    month = f"{today(city):%Y-%m}"
    with pytest.raises(PeriodNotOver):
        lock(city, month)
    city.clock.forward(days=40)
    with pytest.raises(NotPermitted):
        lock(city, month, who="far_regulator")
    with pytest.raises(NotPermitted):
        lock(city, month, who="plant")
    with pytest.raises(OutOfRange):
        lock(city, "2026-13")

    lock(city, month, division="410702")
    lock(city, month)

    with pytest.raises(AlreadyLocked):
        lock(city, month, division="410721")
