"""Counts: the book is set to what was measured, the difference is unaccounted, what is kept apart is not counted."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import InvalidFigures, NotPermitted
from sludgetrack.services import counting
from sludgetrack.services.reading import runs, stock
from tests.support.city import City, new_id

T = 10_000_000
"""A dry tonne."""


def command(city: City, **more: Any) -> c.CountStock:
    """11.5 t at 80 % measured at the incinerator, as far as nothing else is said."""
    said = {
        "event_id": new_id(),
        "facility": "S-INC",
        "day": city.clock().date(),
        "wet_kg": 11_500,
        "moisture_bp": 8000,
    }
    return c.CountStock(**{**said, **more})


def lying(city: City, at: str = "S-INC", who: str = "site") -> dict[str, int]:
    """Dry units by lot."""
    return {lot.name: lot.dry_units for lot in city.act(who, lambda ctx: stock.lots(ctx, at))}


def test_a_count_sets_the_book_and_tells_what_is_missing(city: City) -> None:
    city.produce()
    lot = city.delivered()

    city.act("site", lambda ctx: counting.count_stock(ctx, command(city)))

    assert lying(city) == {lot: 23 * T // 10}
    row = city.act("site", lambda ctx: runs.counts_at(ctx, "S-INC")).items[0]
    assert (row.booked, row.counted, row.missing) == (24 * T // 10, 23 * T // 10, T // 10)


def test_finding_more_is_missing_less_than_nothing(city: City) -> None:
    city.produce()
    city.delivered()

    city.act("site", lambda ctx: counting.count_stock(ctx, command(city, wet_kg=13_000)))

    assert city.act("site", lambda ctx: runs.counts_at(ctx, "S-INC")).items[0].missing == -2 * T // 10


def test_a_preview_tells_the_same_and_writes_nothing(city: City) -> None:
    city.produce()
    lot = city.delivered()

    seen = city.act("site", lambda ctx: counting.preview_count(ctx, command(city)))

    assert (seen.booked, seen.counted, seen.missing, seen.opens) == (24 * T // 10, 23 * T // 10, T // 10, False)
    assert lying(city) == {lot: 24 * T // 10}


def test_a_first_count_opens_the_stock(city: City) -> None:
    said = command(city, facility="S-CEM")

    assert city.act("site", lambda ctx: counting.preview_count(ctx, said)).opens is True
    city.act("site", lambda ctx: counting.count_stock(ctx, said))

    assert lying(city, "S-CEM") == {"S-CEM-opening": 23 * T // 10}


def test_what_is_kept_apart_at_a_plant_is_not_counted(city: City) -> None:
    city.produce(wet_kg=10_000)
    city.produce("G1", 5_000, kind="sewer_sludge")

    city.act("plant", lambda ctx: counting.count_stock(ctx, command(city, facility="P01", wet_kg=9_000)))

    assert lying(city, "P01", "plant") == {"B1": 18 * T // 10, "G1": T}


@pytest.mark.parametrize(("more", "field"), [({"wet_kg": -1}, "wet_kg"), ({"moisture_bp": 10_001}, "moisture_bp")])
def test_what_cannot_be_is_refused(city: City, more: dict[str, int], field: str) -> None:
    for work in (counting.count_stock, counting.preview_count):
        with pytest.raises(InvalidFigures) as refusal:
            city.act("site", partial(work, command=command(city, **more)))
        assert [problem.field for problem in refusal.value.problems] == [field]


@pytest.mark.parametrize("who", ["plant", "driver", "regulator", "outsider"])
def test_only_those_who_work_there_count(city: City, who: str) -> None:
    for work in (counting.count_stock, counting.preview_count):
        with pytest.raises(NotPermitted):
            city.act(who, partial(work, command=command(city)))
