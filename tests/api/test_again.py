"""The same request again, and many requests at once: one event, one receipt, no number lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from werkzeug.test import TestResponse

from sludgetrack import tx
from sludgetrack.domain import numbers
from sludgetrack.domain.identity import Role
from sludgetrack.services import registering
from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.record import entry
from tests.api.conftest import Program, ProgramOf, load_body, token_of
from tests.support.city import City, new_id

Body = Callable[..., dict[str, Any]]


def at_once(works: list[Callable[[], TestResponse]]) -> list[TestResponse]:
    """Everybody waits for everybody and then asks."""
    start = Barrier(len(works))

    def one(work: Callable[[], TestResponse]) -> TestResponse:
        start.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def posting(who: Program, path: str, body: dict[str, Any]) -> Callable[[], TestResponse]:
    """A request to be sent later, with a client of its own: a test client serves one thread."""
    mine = Program(who.client.application.test_client(use_cookies=False), who.headers)
    return partial(mine.post, path, body)


def entries_in(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(entry)).scalar_one()


def offered(plant: Program, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    number = plant.post("/manifests", body).get_json()["name"]
    return number, plant.post(f"/manifests/{number}/offers", load_body()).get_json()


def test_a_confirmation_sent_five_times_is_one_event_with_five_equal_receipts(
    program: ProgramOf, engine: Engine, issue_body: Body
) -> None:
    plant, driver = program("plant"), program("driver")
    _, offer = offered(plant, issue_body())
    before = entries_in(engine)

    answers = [driver.post(f"/offers/{offer['id']}/confirmation", {"code": offer["code"]}) for _ in range(5)]

    receipts = [answer.get_json() for answer in answers]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200]
    assert [receipt.pop("replayed") for receipt in receipts] == [False, True, True, True, True]
    assert receipts == receipts[:1] * 5
    assert entries_in(engine) == before + 1


def test_a_confirmation_sent_twice_at_once_is_one_event(program: ProgramOf, engine: Engine, issue_body: Body) -> None:
    plant, driver = program("plant"), program("driver")
    _, offer = offered(plant, issue_body())
    before = entries_in(engine)
    path, word = f"/offers/{offer['id']}/confirmation", {"code": offer["code"]}

    answers = at_once([posting(driver, path, word) for _ in range(2)])

    receipts = [{**answer.get_json(), "replayed": None} for answer in answers]
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert receipts[0] == receipts[1]
    assert entries_in(engine) == before + 1


ACTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "issue": ("plant", "/manifests", {}),
    "void": ("plant", "/manifests/{number}/voidings", {"reason": "计划取消"}),
    "assign": ("dispatcher", "/manifests/{number}/assignments", {"plate": "豫G12345"}),
    "unconfirmed": (
        "plant",
        "/manifests/{number}/unconfirmed-handoffs",
        {"event": "loaded", "plate": "豫G12345", "net_out_t": "12", "unconfirmed_reason": "没有信号"},
    ),
    "produce": ("plant", "/facilities/P01/batches", {"batch": "B9", "day": "2026-03-02", "wet_t": "9"}),
    "turn away": ("site", "/facilities/S-INC/turned-away", {"plate": "豫G00001"}),
    "numbers": ("plant", "/facilities/P01/number-blocks", {"count": 3, "handed_to": "门卫"}),
}


@pytest.mark.parametrize("act", ACTS)
def test_every_act_sent_six_times_at_once_is_recorded_once(
    program: ProgramOf, engine: Engine, issue_body: Body, act: str
) -> None:
    who, path, said = ACTS[act]
    number = program("plant").post("/manifests", issue_body()).get_json()["name"]
    body = issue_body() if act == "issue" else {"event_id": new_id(), **said}
    before, asker = entries_in(engine), program(who)
    path = path.format(number=number)

    answers = at_once([posting(asker, path, body) for _ in range(6)])

    assert Counter(answer.status_code for answer in answers) == {200: 5, 201: 1}, [a.get_json() for a in answers]
    assert len({answer.get_json()["entry_hash"] for answer in answers}) == 1
    assert entries_in(engine) == before + 1


def test_the_same_id_with_other_content_is_a_conflict_whatever_the_state(program: ProgramOf, issue_body: Body) -> None:
    plant = program("plant")
    body = issue_body()
    number = plant.post("/manifests", body).get_json()["name"]
    plant.post(f"/manifests/{number}/voidings", {"event_id": new_id(), "reason": "计划取消"})

    again = plant.post("/manifests", body)
    other = plant.post("/manifests", {**body, "planned_t": "13"})
    elsewhere = plant.post(f"/manifests/{number}/voidings", {"event_id": body["event_id"], "reason": "计划取消"})
    offer = plant.post(f"/manifests/{number}/offers", load_body(event_id=body["event_id"]))

    assert (again.status_code, again.get_json()["name"]) == (200, number)
    for answer in (other, elsewhere, offer):
        assert (answer.status_code, answer.get_json()["code"]) == (409, "event_id_taken")


def test_the_same_offer_again_shows_the_same_code_and_other_figures_another(
    program: ProgramOf, issue_body: Body
) -> None:
    plant = program("plant")
    number = plant.post("/manifests", issue_body()).get_json()["name"]
    body = load_body()

    first, again = (plant.post(f"/manifests/{number}/offers", body).get_json() for _ in range(2))
    newer = plant.post(f"/manifests/{number}/offers", load_body(net_out_t="11", gross_out_t="23")).get_json()

    assert again == first
    assert (newer["code"], newer["token"]) != (first["code"], first["token"])
    old = program("driver").post(f"/offers/{first['id']}/confirmation", {"code": first["code"]})
    assert (old.status_code, old.get_json()["code"]) == (410, "offer_dead")


def test_five_wrong_codes_end_an_offer_however_they_are_sent(program: ProgramOf, issue_body: Body) -> None:
    plant, driver = program("plant"), program("driver")
    _, offer = offered(plant, issue_body())
    path = f"/offers/{offer['id']}/confirmation"
    wrong = [{"code": f"{(int(offer['code']) + n) % 1_000_000:06d}"} for n in range(1, 13)]

    answers = at_once([posting(driver, path, word) for word in wrong])
    right = driver.post(path, {"code": offer["code"]})

    counted = Counter(answer.get_json()["code"] for answer in answers)
    assert counted == {"wrong_code": 5, "offer_dead": 7}
    assert sorted(a.get_json()["facts"]["tries_left"] for a in answers if a.status_code == 422) == [0, 1, 2, 3, 4]
    assert (right.status_code, right.get_json()["code"]) == (410, "offer_dead")


def test_an_offer_expires_after_five_minutes(program: ProgramOf, city: City, issue_body: Body) -> None:
    plant, driver = program("plant"), program("driver")
    _, offer = offered(plant, issue_body())
    city.clock.forward(minutes=5)

    answer = driver.post(f"/offers/{offer['id']}/confirmation", {"code": offer["code"]})

    assert (answer.status_code, answer.get_json()["code"]) == (410, "offer_expired")
    assert plant.get(f"/offers/{offer['id']}").get_json()["expired"]


def _fifty_drivers(app: Flask, city: City) -> list[Program]:
    """Fifty more drivers of the hauler, each with a program."""
    ids = [new_id() for _ in range(50)]
    people = [
        registering.person_registration(
            new_id(), "H1", {"id": one, "roles": [str(Role.DRIVER)]}, {"login": f"d{i}", "name": f"驾驶员{i}"}
        )
        for i, one in enumerate(ids)
    ]
    tx.run(city.engine, lambda connection: registering.register(connection, people, city.clock()))
    hauler = city.people["driver"]
    made = []
    for i, one in enumerate(ids):
        city.people[f"d{i}"] = type(hauler)(one, hauler.organisation, hauler.kind, hauler.roles)
        made.append(Program(app.test_client(use_cookies=False), {"Authorization": f"Bearer {token_of(city, f'd{i}')}"}))
    return made


def test_of_fifty_drivers_who_confirm_at_once_one_has_the_load(
    app: Flask, program: ProgramOf, city: City, engine: Engine, issue_body: Body
) -> None:
    plant, drivers = program("plant"), _fifty_drivers(app, city)
    number, offer = offered(plant, issue_body())
    before = entries_in(engine)
    path, word = f"/offers/{offer['id']}/confirmation", {"code": offer["code"]}

    answers = at_once([posting(one, path, word) for one in drivers])

    refused = [answer.get_json() for answer in answers if answer.status_code != 201]
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 49}
    assert refused == refused[:1] * 49
    assert refused[0]["code"] == "offer_used"
    assert entries_in(engine) == before + 1
    winner = next(i for i, answer in enumerate(answers) if answer.status_code == 201)
    custody = plant.get(f"/manifests/{number}").get_json()["custody"]
    assert [(held["holder"], held["name"]) for held in custody] == [("driver", f"驾驶员{winner}")]


def test_two_hundred_manifests_issued_at_once_have_two_hundred_numbers_in_a_row(
    program: ProgramOf, engine: Engine, issue_body: Body
) -> None:
    plant = program("plant")

    answers = at_once([posting(plant, "/manifests", issue_body()) for _ in range(200)])

    with engine.connect() as connection:
        issued = list(connection.scalars(select(manifest.c.number)))
    assert [answer.status_code for answer in answers] == [201] * 200
    assert sorted(numbers.parse(number).serial for number in issued) == list(range(1, 201))
