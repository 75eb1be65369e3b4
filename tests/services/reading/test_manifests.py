"""What each party sees of a manifest, in a list and by itself."""

from __future__ import annotations

from functools import partial

import pytest

from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import NotFound, OutOfRange
from sludgetrack.domain.events import EventType, Method
from sludgetrack.domain.manifest import HolderKind, Status
from sludgetrack.services.reading.manifests import ManifestFilters, ManifestView, list_manifests, manifest_view
from tests.support.city import City, new_id


def view(city: City, who: str, number: str) -> ManifestView:
    return city.act(who, lambda ctx: manifest_view(ctx, number))


def numbers(city: City, who: str, **filters: object) -> list[str]:
    wanted = ManifestFilters(**filters)  # type: ignore[arg-type]
    return [row.number for row in city.act(who, lambda ctx: list_manifests(ctx, wanted)).items]


def test_the_history_names_who_said_what_and_how_it_was_confirmed(city: City) -> None:
    number = city.delivered()

    seen = view(city, "plant", number)

    assert [(e.event, e.party_name, e.person, e.grade) for e in seen.timeline] == [
        (EventType.ISSUED, "新乡水务有限公司", "李会计", None),
        (EventType.LOADED, "新乡水务有限公司", "李会计", Method.TYPED),
        (EventType.RECEIVED, "新乡环保能源有限公司", "王过磅", Method.TYPED),
    ]
    assert [(w.party_name, w.person) for w in seen.timeline[1].words] == [
        ("新乡水务有限公司", "李会计"),
        ("宏达运输有限公司", "张㛃"),
    ]
    assert seen.head == seen.timeline[-1].hash


def test_figures_out_and_in_are_compared(city: City) -> None:
    number = city.issue()
    city.load(number, 12_000)
    city.clock.forward(minutes=50)
    city.receive(number, 11_900, moisture_in_bp=7900)

    seen = view(city, "site", number).figures

    assert (seen.net_kg, seen.moisture_bp) == (-100, -100)
    assert seen.dry_units == 11_900 * 2_100 - 12_000 * 2_000


def test_custody_names_the_driver_on_the_road_and_the_site_afterwards(city: City) -> None:
    number = city.issue()
    city.load(number)
    on_the_road = view(city, "dispatcher", number).custody
    city.clock.forward(minutes=50)
    city.receive(number, 12_000, accepted_kg=9_000)
    at_the_gate = view(city, "dispatcher", number).custody

    assert [(h.kg, h.holder, h.name) for h in on_the_road] == [(12_000, HolderKind.DRIVER, "张㛃")]
    assert [(h.kg, h.holder, h.name) for h in at_the_gate] == [
        (9_000, HolderKind.DESTINATION, "新乡污泥焚烧厂"),
        (3_000, HolderKind.DRIVER, "张㛃"),
    ]


def test_each_party_is_shown_only_its_own_next_steps(city: City) -> None:
    number = city.issue()

    assert view(city, "plant", number).allowed == (EventType.LOADED, EventType.VOIDED)
    assert view(city, "dispatcher", number).allowed == (EventType.ASSIGNED,)
    assert view(city, "site", number).allowed == ()
    assert view(city, "regulator", number).allowed == (EventType.INSPECTED,)


def test_an_open_offer_shows_to_the_driver_as_theirs_to_confirm(city: City) -> None:
    number = city.issue()
    shown = city.offer("plant", number, c.LoadTruck(event_id=new_id(), plate="豫G12345", net_out_kg=12_000))

    to_driver, to_plant = view(city, "driver", number).offer, view(city, "plant", number).offer

    assert to_driver is not None
    assert to_plant is not None
    assert (to_driver.id, to_driver.may_confirm, to_plant.may_confirm) == (shown.offer.id, True, False)


def test_a_stranger_finds_neither_the_row_nor_the_manifest(city: City) -> None:
    number = city.issue()

    assert numbers(city, "plant") == [number]
    assert numbers(city, "outsider") == []
    with pytest.raises(NotFound):
        view(city, "outsider", number)


def test_a_list_is_narrowed_by_state_parties_plate_and_day(city: City) -> None:
    waiting = city.issue(external_number="豫-77")
    delivered = city.delivered()

    assert numbers(city, "plant", states=("issued",)) == [waiting]
    assert numbers(city, "plant", states=("open",)) == [waiting]
    assert numbers(city, "plant", states=("delivered", "disputed")) == [delivered]
    assert numbers(city, "plant", plate="豫G12345") == [delivered]
    assert numbers(city, "plant", external_number="豫-77") == [waiting]
    assert numbers(city, "plant", giver="P02") == []
    assert numbers(city, "plant", hauler="H1", destination="S-INC") == [delivered, waiting]
    today = city.clock().date()
    assert numbers(city, "plant", from_day=today, to_day=today) == [delivered, waiting]
    assert numbers(city, "plant", to_day=today.replace(day=1)) == []
    assert numbers(city, "plant", text=waiting[:19]) == [waiting]


def test_closed_means_that_nothing_of_what_was_accepted_is_left(city: City) -> None:
    city.produce()
    number = city.delivered()
    assert numbers(city, "regulator", states=("closed",)) == []

    city.dispose(number, 12_000)

    assert numbers(city, "regulator", states=("closed",)) == [number]
    assert view(city, "regulator", number).row.deadline is None


def test_a_truck_that_stays_away_is_overdue(city: City) -> None:
    number = city.issue(planned_minutes=60)
    city.load(number)
    assert not view(city, "plant", number).row.overdue

    city.clock.forward(minutes=151)

    seen = view(city, "plant", number).row
    assert (seen.overdue, seen.status) == (True, Status.IN_TRANSIT)


def test_pages_neither_repeat_nor_skip_while_new_manifests_come_in(city: City) -> None:
    issued = [city.issue() for _ in range(5)]
    read, cursor = [], None
    for _ in range(3):
        part = city.act("plant", partial(list_manifests, filters=ManifestFilters(), cursor=cursor, limit=2))
        read += [row.number for row in part.items]
        cursor = part.next
        city.issue()

    assert read == issued[::-1]
    assert cursor is None


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "!!!!", "_" * 11, "AAAAAAAAAAAA"])
def test_a_made_up_cursor_is_refused(city: City, cursor: str) -> None:
    with pytest.raises(OutOfRange):
        city.act("plant", lambda ctx: list_manifests(ctx, ManifestFilters(), cursor))


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_page_has_one_to_two_hundred_rows(city: City, limit: int) -> None:
    with pytest.raises(OutOfRange):
        city.act("plant", lambda ctx: list_manifests(ctx, ManifestFilters(), None, limit))


def test_a_state_that_does_not_exist_is_refused(city: City) -> None:
    with pytest.raises(OutOfRange):
        numbers(city, "plant", states=("flying",))
