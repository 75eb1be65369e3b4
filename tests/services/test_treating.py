"""Treatment runs in the record: origin passes on exactly, to any depth, by road as well; doubtful yields are marked."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import DomainError, InvalidFigures, NameTaken, NotPermitted, OutOfRange
from sludgetrack.services import manifests, treating
from sludgetrack.services.context import Context
from sludgetrack.services.reading import runs, stock
from sludgetrack.store.append import Receipt
from sludgetrack.store.tables.mass import posting
from sludgetrack.store.tables.record import entry
from tests.support.city import City, new_id

DAY = date(2026, 3, 2)
T = 10_000_000
"""A dry tonne."""


def command(lot: str, **more: Any) -> c.RecordRun:
    """12 t at 80 % dried to 4 t at 40 %, as far as nothing else is said."""
    said = {
        "event_id": new_id(),
        "facility": "S-INC",
        "run": "R-1",
        "process": "T4",
        "day": DAY,
        "inputs": (c.InputLine(lot),),
        "outputs": (c.OutputLine("R-1-A", 4_000, 4_000),),
    }
    return c.RecordRun(**{**said, **more})


def treat(city: City, lot: str, **more: Any) -> Receipt:
    return city.act("site", lambda ctx: treating.record_run(ctx, command(lot, **more)))


def lying(city: City) -> str:
    city.produce()
    return city.delivered()


def lots(city: City, at: str = "S-INC") -> dict[str, stock.Lot]:
    return {lot.name: lot for lot in city.act("site", lambda ctx: stock.lots(ctx, at))}


def test_a_run_passes_all_origin_on_and_books_what_was_added_and_lost(city: City) -> None:
    treat(
        city,
        lying(city),
        process="T3",
        outputs=(c.OutputLine("R-1-A", 3_500, 4_000),),
        additives=(c.AdditiveLine("bulking_agent", 300),),
    )

    made = lots(city)["R-1-A"]
    assert (made.dry_units, made.origin_units) == (2_100 * T // 1000, 2_400 * T // 1000)
    assert (made.kind, made.stabilised) == ("product", True)
    seen = city.act("site", lambda ctx: runs.run_view(ctx, "R-1"))
    # 2.4 + 0.3 in, 2.1 out
    assert (seen.put_in, seen.added, seen.came_out, seen.lost) == (24 * T // 10, 3 * T // 10, 21 * T // 10, 6 * T // 10)


def test_a_product_goes_on_by_road_and_through_another_run(city: City) -> None:
    lot = lying(city)
    treat(city, lot, outputs=(c.OutputLine("R-1-A", 4_000, 4_000),))
    issue = c.IssueManifest(
        event_id=new_id(),
        giver="S-INC",
        hauler="H1",
        destination="S-CEM",
        route="B1",
        planned_kg=4_000,
        batches=(c.BatchLine("R-1-A"),),
    )
    from_site = city.act("site_clerk", lambda ctx: _issue(ctx, issue))
    out = c.LoadTruck(event_id=new_id(), plate="豫G12345", net_out_kg=4_000, moisture_out_bp=4_000)
    city.confirm(city.offer("site_clerk", from_site, out))
    city.receive(from_site, 4_000, moisture_in_bp=4_000)
    treat(
        city,
        from_site,
        facility="S-CEM",
        run="R-2",
        inputs=(c.InputLine(from_site),),
        outputs=(c.OutputLine("R-2-A", 2_000, 0), c.OutputLine("R-2-B", 400, 0)),
    )

    made = lots(city, "S-CEM")
    assert sum(lot.origin_units for lot in made.values()) == 24 * T // 10
    assert {share.plant for lot in made.values() for share in lot.origins} == {"骆驼湾污水处理厂"}
    went = city.act("site", lambda ctx: runs.run_view(ctx, "R-1")).outputs[0].went
    assert [(one.event, one.number) for one in went] == [("loaded", from_site)]


def test_a_part_leaves_the_rest_where_it_was(city: City) -> None:
    lot = lying(city)

    treat(city, lot, inputs=(c.InputLine(lot, 6_000),), outputs=(c.OutputLine("R-1-A", 2_000, 4_000),))

    assert {name: found.dry_units for name, found in lots(city).items()} == {lot: 12 * T // 10, "R-1-A": 12 * T // 10}


def test_a_doubtful_yield_is_recorded_and_marked(city: City) -> None:
    treat(city, lying(city), outputs=(c.OutputLine("R-1-A", 2_000, 4_000),))

    row = city.act("site", lambda ctx: runs.runs_at(ctx, "S-INC")).items[0]
    assert (row.kept_bp, row.plausible) == (5_000, False)
    with city.engine.connect() as connection:
        marks = connection.scalar(select(entry.c.marks).where(entry.c.type == "treated"))
    assert marks == ["implausible_yield"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"run": "B1"}, "run"),
        ({"outputs": (c.OutputLine("B1", 1, 0),)}, "outputs/0/lot"),
        ({"outputs": (c.OutputLine("R-1", 1, 0),)}, "outputs/0/lot"),
        ({"outputs": (c.OutputLine("A", 1, 0), c.OutputLine("A", 1, 0))}, "outputs/1/lot"),
    ],
)
def test_a_name_is_given_once(city: City, more: dict[str, Any], field: str) -> None:
    lot = lying(city)

    for work in (treating.record_run, treating.preview_run):
        with pytest.raises(NameTaken) as refusal:
            city.act("site", partial(work, command=command(lot, **more)))
        assert refusal.value.field == field


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"inputs": (c.InputLine("B1"),)}, "inputs/0/lot"),
        ({"outputs": (c.OutputLine("A", 0, 0),)}, "outputs/0/wet_kg"),
        ({"additives": (c.AdditiveLine("sand", 1),)}, "additives/0/what"),
        ({"inputs": ()}, "inputs"),
        ({"outputs": ()}, "outputs"),
    ],
)
def test_what_is_wrong_is_named(city: City, more: dict[str, Any], field: str) -> None:
    lot = lying(city)

    with pytest.raises(InvalidFigures) as refusal:
        treat(city, lot, **more)

    assert [problem.field for problem in refusal.value.problems] == [field]


def test_a_lot_put_in_twice_is_refused(city: City) -> None:
    lot = lying(city)

    with pytest.raises(InvalidFigures) as refusal:
        treat(city, lot, inputs=(c.InputLine(lot, 1), c.InputLine(lot, 1)))

    assert [type(problem) for problem in refusal.value.problems] == [OutOfRange]


def test_a_preview_writes_nothing(city: City) -> None:
    lot = lying(city)
    with city.engine.connect() as connection:
        before = connection.execute(select(posting)).all()

    seen = city.act("site", lambda ctx: treating.preview_run(ctx, command(lot)))

    assert (seen.kept_bp, seen.plausible, seen.origin) == (10_000, True, 24 * T // 10)
    with city.engine.connect() as connection:
        assert connection.execute(select(posting)).all() == before


@pytest.mark.parametrize("who", ["plant", "driver", "regulator", "outsider"])
def test_only_those_who_work_there_treat(city: City, who: str) -> None:
    lot = lying(city)

    for work in (treating.record_run, treating.preview_run):
        with pytest.raises(NotPermitted):
            city.act(who, partial(work, command=command(lot)))


@pytest.mark.parametrize("who", ["outsider", "far_regulator", "plant", "driver"])
def test_a_stranger_finds_no_run(city: City, who: str) -> None:
    treat(city, lying(city))

    with pytest.raises(DomainError):
        city.act(who, lambda ctx: runs.run_view(ctx, "R-1"))


def _issue(ctx: Context, said: c.IssueManifest) -> str:
    return manifests.issue(ctx, said).stream.name
