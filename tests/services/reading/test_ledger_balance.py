"""Whatever happened, every row of every facility's ledger balances: runs, counts, corrections, locked months."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from sludgetrack.domain import commands as c
from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Role
from sludgetrack.services import counting, treating
from sludgetrack.services.reading import ledgers
from sludgetrack.services.reading.ledger_rows import By, Ledger, Span
from tests.services.reading.test_ledgers import booked, in_stock
from tests.services.test_any_history import History
from tests.services.test_correcting import approve, event_of, manifest_stream, suggest
from tests.services.test_locking import lock
from tests.support.city import City, new_id

YEARS = Span(date(2026, 1, 1), date(2028, 12, 31), By.MONTH)
WHO = {"P01": "plant", "P02": "plant", "S-INC": "site", "S-CEM": "site", "S-FILL": "site"}
TONNE = 2_000_000
"""Units of dry solids in a tonne at 80 % moisture."""


def ledger(city: City, code: str, span: Span = YEARS) -> Ledger:
    return city.act(WHO[code], lambda ctx: ledgers.facility_ledger(ctx, code, span))


def lines(city: City, code: str) -> list[ledgers.Line]:
    return city.act(WHO[code], lambda ctx: ledgers.entries(ctx, code, YEARS.first, YEARS.last))


def treat(city: City, lot: str, *, wet_kg: int, moisture_bp: int) -> None:
    command = c.RecordRun(
        event_id=new_id(),
        facility="S-INC",
        run="R-1",
        process="T4",
        day=city.clock().date(),
        inputs=(c.InputLine(lot),),
        outputs=(c.OutputLine("R-1-A", wet_kg, moisture_bp),),
        additives=(c.AdditiveLine("lime", 100),),
    )
    city.act("site", lambda ctx: treating.record_run(ctx, command))


@pytest.mark.parametrize("seed", [11, 12])
def test_any_history_balances_in_every_ledger(city: City, seed: int) -> None:
    city.people["clerk"] = replace(city.people["site"], roles=frozenset((Role.CLERK,)))
    history = History(city, Random(seed))  # noqa: S311 - a history, not a secret
    history.go_on(90)

    for code in WHO:
        found = ledger(city, code)

        assert [row.difference for row in (*found.rows, found.total)] == [0] * (len(found.rows) + 1), code
        assert (found.total.opening, found.total.closing) == (0, in_stock(city, code)), code
        missing = booked(city, code, YEARS.first, YEARS.last, "unaccounted")
        assert found.total.missing + found.total.gap == missing, code
        assert sum(one.row.into_units - one.row.taken_units for one in lines(city, code)) == found.total.change, code
    assert history.done["treat"] + history.done["count"] + history.done["correct"] > 3


def test_a_run_shows_what_went_in_what_came_out_and_what_was_lost(city: City) -> None:
    city.produce()
    lot = city.delivered(12_000)
    treat(city, lot, wet_kg=4_000, moisture_bp=4_000)

    total = ledger(city, "S-INC").total
    lots = city.act("site", lambda ctx: ledgers.run_lots(ctx, "S-INC", YEARS.first, YEARS.last))

    assert (total.put_in.count, total.put_in.wet_kg, total.put_in.dry_units) == (1, 12_000, 12 * TONNE)
    assert (total.came_out.wet_kg, total.came_out.dry_units) == (4_000, 24_000_000)
    assert (total.additives, total.process_loss, total.difference) == (1_000_000, 1_000_000, 0)
    assert [(one.lot, one.out, one.wet_kg) for one in lots] == [(lot, False, 12_000), ("R-1-A", True, 4_000)]


def test_what_a_count_found_missing_is_in_the_ledger_and_its_entry_says_what_was_counted(city: City) -> None:
    city.produce()
    city.delivered(12_000)
    counted = c.CountStock(
        event_id=new_id(), facility="S-INC", day=city.clock().date(), wet_kg=11_000, moisture_bp=8_000
    )
    city.act("site", lambda ctx: counting.count_stock(ctx, counted))

    total, last = ledger(city, "S-INC").total, lines(city, "S-INC")[-1].row

    assert (total.counts, total.missing, total.count_missing) == (1, TONNE, TONNE)
    assert (total.closing, total.difference) == (11 * TONNE, 0)
    assert (last.type, last.wet_kg, last.moisture_bp) == (EventType.COUNTED, 11_000, 8_000)


def test_a_by_product_stands_apart_from_sludge(city: City) -> None:
    city.produce("ASH-1", 500, kind="byproduct", what="ash", moisture_bp=0)

    total = ledger(city, "P01").total

    assert (total.produced.wet_kg, total.byproducts.wet_kg, total.byproducts.dry_units) == (0, 500, 5_000_000)
    assert total.difference == 0


def test_a_corrected_load_stands_with_its_new_figures_on_its_own_day(city: City) -> None:
    city.produce()
    number = city.delivered(12_000)
    city.clock.forward(days=3)
    subject, received = manifest_stream(number), event_of(city, number, "received")
    changes = {"gross_in_kg": 23_000, "net_in_kg": 11_000, "accepted_kg": 11_000}

    approve(city, "dispatcher", subject, suggest(city, "site", subject, received, **changes))
    (row,) = ledger(city, "S-INC", Span(date(2026, 3, 1), date(2026, 3, 31), By.DAY)).rows

    assert (row.first, row.received.count, row.received.wet_kg) == (date(2026, 3, 2), 1, 11_000)
    assert (row.received.dry_units, row.later, row.difference) == (11 * TONNE, 0, 0)


def test_what_is_corrected_after_a_lock_stays_on_its_day_and_is_marked(city: City) -> None:
    city.produce()
    number = city.delivered(12_000)
    city.clock.forward(days=40)
    lock(city, "2026-03")
    subject, received = manifest_stream(number), event_of(city, number, "received")
    changes = {"gross_in_kg": 23_000, "net_in_kg": 11_000, "accepted_kg": 11_000}

    proposal = suggest(city, "site", subject, received, **changes)
    approve(city, "dispatcher", subject, proposal)
    approve(city, "regulator", subject, proposal)
    found = ledger(city, "S-INC")

    (row,) = found.rows
    assert (row.first, row.received.wet_kg, row.later) == (date(2026, 3, 1), 11_000, 1)
    assert [one.row.booked_on for one in lines(city, "S-INC")] == [date(2026, 4, 1)]
