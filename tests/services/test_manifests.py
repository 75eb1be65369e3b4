"""Acts of one party on a manifest: what is looked up first, what is refused, what is only marked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from sludgetrack import tx
from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import (
    DomainError,
    IdempotencyConflict,
    InvalidFigures,
    NameTaken,
    NotAllowedNow,
    NotANumber,
    NotFound,
    NotPermitted,
    OutOfRange,
    RouteBanned,
    RouteNotPermitted,
    SealedField,
    StaleState,
)
from sludgetrack.domain.events import Entry, Mark
from sludgetrack.domain.numbers import ManifestNumber, grouped, parse
from sludgetrack.services import manifests, registering
from sludgetrack.store import streams
from sludgetrack.store.append import Receipt
from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.record import entry, personal, stream
from sludgetrack.store.tables.registry import reserved_number
from tests.support.city import City, new_id


def issuing(**more: Any) -> c.IssueManifest:
    figures = {"giver": "P01", "hauler": "H1", "destination": "S-INC", "route": "I1", "planned_kg": 12_000}
    return c.IssueManifest(**{"event_id": new_id(), **figures, **more})


def voiding(**more: Any) -> c.VoidManifest:
    return c.VoidManifest(**{"event_id": new_id(), "reason": "重复开具", **more})


def assigning(city: City, **more: Any) -> c.AssignTruck:
    driver = city.people["driver"].person
    return c.AssignTruck(**{"event_id": new_id(), "plate": "豫G12345", "driver": driver, **more})


def issue(city: City, command: c.IssueManifest, who: str = "plant", **how: Any) -> Receipt:
    return city.act(who, lambda ctx: manifests.issue(ctx, command, **how))


def act(city: City, who: str, number: str, command: c.Command, **how: Any) -> Receipt:
    return city.act(who, lambda ctx: manifests.act(ctx, number, command, **how))


def history(city: City, number: str) -> list[Entry]:
    with city.engine.connect() as connection:
        stream_id = connection.execute(select(stream.c.id).where(stream.c.name == number)).scalar_one()
        return streams.entries(connection, [stream_id])[stream_id]


def count(engine: Engine, event: str) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(entry).where(entry.c.type == event)).scalar_one()


def refusal_of(work: Any) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        work()
    return refusal.value


# Issuing


def test_a_manifest_is_issued_under_the_facilitys_next_number(city: City) -> None:
    first, second = city.issue(), city.issue()

    assert parse(first).serial + 1 == parse(second).serial
    assert history(city, first)[0].claim.figures["number"] == first


def test_the_parties_are_written_down_as_they_are_registered_at_issue(city: City) -> None:
    figures = history(city, city.issue())[0].claim.figures

    assert figures["giver_name"] == "骆驼湾污水处理厂"
    assert figures["giver_credit_code"] == "91410700000000001A"
    assert (figures["hauler_name"], figures["hauler_licence"]) == ("宏达运输有限公司", "豫交运410700001")
    assert (figures["destination_name"], figures["destination_division"]) == ("新乡污泥焚烧厂", "410702")


def test_the_clerks_name_and_phone_stand_beside_the_claim_not_in_it(city: City, engine: Engine) -> None:
    number = city.issue()

    with engine.connect() as connection:
        event_id = history(city, number)[0].claim.event_id
        data = connection.execute(select(personal.c.data).where(personal.c.event_id == event_id)).scalar_one()
    assert data["name"] == "李会计"
    assert "李会计" not in str(history(city, number)[0].claim.document())


@pytest.mark.parametrize(
    ("wrong", "refused", "field"),
    [
        ({"giver": "P99"}, NotFound, "giver"),
        ({"hauler": "H9"}, NotFound, "hauler"),
        ({"destination": "S-9"}, NotFound, "destination"),
        ({"route": "Z9"}, NotFound, "route"),
        ({"route": "B1"}, RouteNotPermitted, "route"),
        ({"batches": (c.BatchLine("B9"),)}, NotFound, "batches"),
    ],
)
def test_a_manifest_names_what_exists_and_what_is_permitted(
    city: City, engine: Engine, wrong: dict[str, Any], refused: type[DomainError], field: str
) -> None:
    refusal = refusal_of(lambda: issue(city, issuing(**wrong)))

    assert (type(refusal), refusal.field) == (refused, field)
    assert count(engine, "issued") == 0


def test_a_route_outside_the_permit_is_refused_with_what_is_permitted(city: City) -> None:
    refusal = refusal_of(lambda: issue(city, issuing(destination="S-CEM", route="F2")))

    assert refusal.facts == {"destination": "S-CEM", "route": "F2", "permitted": ["B1"]}


def test_a_ban_refuses_and_quotes_its_source(city: City) -> None:
    ban(city, "4107", "I1", "豫建城〔2026〕1号")

    refusal = refusal_of(lambda: issue(city, issuing()))

    assert isinstance(refusal, RouteBanned)
    assert refusal.facts == {
        "route": "I1",
        "division": "4107",
        "source": "豫建城〔2026〕1号",
        "valid_from": "2026-03-01",
    }


def test_a_ban_of_the_destinations_division_refuses_too(city: City) -> None:
    ban(city, "410782", "B1", "孟政〔2026〕2号")

    assert isinstance(refusal_of(lambda: issue(city, issuing(destination="S-CEM", route="B1"))), RouteBanned)


def test_a_batch_is_the_givers_and_named_once(city: City) -> None:
    city.produce("B1")
    twice = (c.BatchLine("B1"), c.BatchLine("B1"))

    assert isinstance(refusal_of(lambda: issue(city, issuing(giver="P02", batches=(c.BatchLine("B1"),)))), NotFound)
    assert isinstance(refusal_of(lambda: issue(city, issuing(batches=twice))), OutOfRange)


@pytest.mark.parametrize("who", ["site", "dispatcher", "driver", "regulator", "outsider"])
def test_only_the_givers_clerk_issues(city: City, who: str) -> None:
    assert isinstance(refusal_of(lambda: issue(city, issuing(), who)), NotPermitted)


def test_an_external_number_is_unique_for_its_giver(city: City) -> None:
    city.issue(external_number="XX-7")

    refusal = refusal_of(lambda: issue(city, issuing(external_number="XX-7")))

    assert (type(refusal), refusal.field) == (NameTaken, "external_number")


def test_a_late_manifest_is_recorded_whatever_policy_says_and_marked(city: City) -> None:
    ban(city, "4107", "B1", "豫建城〔2026〕1号")

    receipt = issue(city, issuing(route="B1"), late=True)

    assert history(city, receipt.stream.name)[0].marks == (Mark.LATE, Mark.ROUTE_NOT_PERMITTED)


def test_a_late_manifest_by_a_route_that_does_not_exist_is_a_slip(city: City) -> None:
    assert isinstance(refusal_of(lambda: issue(city, issuing(route="Z9"), late=True)), NotFound)


def test_a_paper_number_brings_the_characters_printed_beside_it(city: City) -> None:
    number, code = paper_number(city)

    receipt = issue(city, issuing(), number=grouped(number), late=True)

    assert receipt.stream.name == number
    assert history(city, number)[0].claim.figures["public_code"] == code


def test_a_paper_number_is_used_once(city: City) -> None:
    number, _ = paper_number(city)
    issue(city, issuing(), number=number, late=True)

    assert isinstance(refusal_of(lambda: issue(city, issuing(), number=number, late=True)), NotFound)


# The same request again


def test_the_same_request_gives_the_same_receipt(city: City, engine: Engine) -> None:
    command = issuing()

    assert issue(city, command) == issue(city, command)
    assert count(engine, "issued") == 1


def test_the_same_id_with_other_figures_is_a_conflict(city: City) -> None:
    command = issuing()
    issue(city, command)

    other = issuing(event_id=command.event_id, planned_kg=9_000)
    assert isinstance(refusal_of(lambda: issue(city, other)), IdempotencyConflict)


def test_the_same_id_for_another_paper_number_is_a_conflict(city: City) -> None:
    number, _ = paper_number(city, count=2)
    command = issuing()
    issue(city, command)

    assert isinstance(refusal_of(lambda: issue(city, command, number=number)), IdempotencyConflict)


def test_the_same_id_from_somebody_else_is_a_conflict(city: City) -> None:
    number, command = city.issue(), voiding()
    act(city, "plant", number, command)

    assert isinstance(refusal_of(lambda: act(city, "administrator", number, command)), IdempotencyConflict)


def test_a_request_is_looked_up_before_any_rule_of_state(city: City) -> None:
    number, command = city.issue(), voiding()

    assert act(city, "plant", number, command) == act(city, "plant", grouped(number), command)
    assert isinstance(refusal_of(lambda: act(city, "plant", number, voiding())), NotAllowedNow)


def test_two_racing_copies_of_an_act_make_one_event_and_equal_receipts(city: City, engine: Engine) -> None:
    number, command = city.issue(), voiding()

    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(lambda _: act(city, "plant", number, command), range(4)))

    assert all(receipt == receipts[0] for receipt in receipts)
    assert count(engine, "voided") == 1


def test_two_racing_copies_of_an_issue_take_one_number(city: City, engine: Engine) -> None:
    command = issuing(external_number="XX-7")

    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(lambda _: issue(city, command), range(4)))

    assert {receipt.stream for receipt in receipts} == {receipts[0].stream}
    assert parse(city.issue()).serial == parse(receipts[0].stream.name).serial + 1


def test_two_racing_copies_of_a_paper_manifest_use_its_number_once(city: City) -> None:
    (number, _), command = paper_number(city), issuing()

    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(lambda _: issue(city, command, number=number), range(4)))

    assert {receipt.stream.name for receipt in receipts} == {number}


# Acting on a manifest


def test_what_somebody_may_not_see_does_not_exist_for_them(city: City) -> None:
    number = city.issue()

    for who in ("outsider", "far_regulator", "other_driver"):
        refusal = refusal_of(lambda who=who: act(city, who, number, voiding()))
        assert (type(refusal), refusal.facts) == (NotFound, {"kind": "manifest", "name": grouped(number)})


def test_what_somebody_sees_but_may_not_do_is_refused_as_such(city: City) -> None:
    assert isinstance(refusal_of(lambda: act(city, "site", city.issue(), voiding())), NotPermitted)


def test_a_mistyped_number_is_told_from_an_unknown_one(city: City) -> None:
    number = city.issue()

    assert isinstance(refusal_of(lambda: act(city, "plant", number[:19] + "x", voiding())), NotANumber)
    unknown = str(ManifestNumber(2026, "410702", 1, 999))
    assert isinstance(refusal_of(lambda: act(city, "plant", unknown, voiding())), NotFound)


def test_a_command_based_on_an_older_entry_is_stale(city: City) -> None:
    number = city.issue()
    seen = history(city, number)[-1].hash.hex()
    act(city, "dispatcher", number, assigning(city))

    refusal = refusal_of(lambda: act(city, "plant", number, voiding(based_on=seen)))

    assert isinstance(refusal, StaleState)
    assert refusal.facts == {"based_on": seen, "head": history(city, number)[-1].hash.hex()}


def test_a_command_based_on_the_last_entry_goes_through(city: City) -> None:
    number = city.issue()

    act(city, "plant", number, voiding(based_on=history(city, number)[-1].hash.hex()))

    assert history(city, number)[-1].claim.based_on


def test_only_a_driver_of_the_hauler_is_assigned(city: City) -> None:
    number = city.issue()

    for who in ("other_driver", "dispatcher"):
        command = assigning(city, driver=city.people[who].person)
        assert refusal_of(lambda command=command: act(city, "dispatcher", number, command)).field == "driver"


def test_a_dispatcher_cannot_change_what_the_giver_sealed(city: City) -> None:
    refusal = refusal_of(lambda: act(city, "dispatcher", city.issue(), assigning(city, hauler="H2")))

    assert isinstance(refusal, InvalidFigures)
    (problem,) = refusal.problems
    assert isinstance(problem, SealedField)
    assert problem.facts == {"sealed_by": "issued", "value": "H1"}


def test_a_redirection_writes_down_the_new_destination(city: City) -> None:
    city.produce()
    number = city.issue()
    city.load(number)
    command = c.RedirectLoad(event_id=new_id(), destination="S-CEM", route="B1", reason="检修")

    act(city, "plant", number, command)

    figures = history(city, number)[-1].claim.figures
    assert (figures["destination_name"], figures["destination_division"]) == ("孟电水泥协同处置厂", "410782")


def test_a_redirection_to_a_route_outside_the_permit_is_refused_online_and_marked_late(city: City) -> None:
    city.produce()
    number = city.issue()
    city.load(number)
    command = c.RedirectLoad(event_id=new_id(), destination="S-CEM", route="F2", reason="检修")

    assert isinstance(refusal_of(lambda: act(city, "plant", number, command)), RouteNotPermitted)
    act(city, "plant", number, command, late=True)
    assert history(city, number)[-1].marks == (Mark.LATE, Mark.ROUTE_NOT_PERMITTED)


def test_a_loss_books_what_the_driver_held(city: City, engine: Engine) -> None:
    city.produce()
    number = city.issue()
    city.load(number)

    act(city, "regulator", number, c.DeclareLost(event_id=new_id(), finding="查实倾倒", dumped=True))

    with engine.connect() as connection:
        row = connection.execute(select(manifest).where(manifest.c.number == number)).one()
    assert (row.status, row.held_kg) == ("lost", 0)


def test_whoever_acts_and_for_whom_stands_in_the_claim(city: City) -> None:
    number = city.issue()
    city.clock.forward(minutes=7)
    act(city, "dispatcher", number, assigning(city))

    said = history(city, number)[-1]

    assert (said.claim.actor, said.claim.organisation) == (city.people["dispatcher"].person, "H1")
    assert (said.claim.occurred_at, said.recorded_at) == (city.clock(), city.clock())
    assert said.claim.occurred_at - history(city, number)[0].claim.occurred_at == timedelta(minutes=7)


def ban(city: City, division: str, route: str, source: str) -> None:
    fields = {"division": division, "route": route, "rule": "ban", "value": "Y", "source": source}
    row = registering.policy_registration(new_id(), "A-CITY", {**fields, "valid_from": date(2026, 3, 1).isoformat()})
    with tx.unit_of_work(city.engine) as connection:
        registering.register(connection, [row], city.clock())


def paper_number(city: City, count: int = 1) -> tuple[str, str]:
    city.hand_out_numbers(count)
    with city.engine.connect() as connection:
        row = connection.execute(select(reserved_number).order_by(reserved_number.c.number).limit(1)).one()
    return row.number, row.public_code
