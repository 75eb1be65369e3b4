"""What programs without a token may ask: manifests by number, and what a sheet's six characters open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, select

from sludgetrack.services.disposal_content import public_code
from sludgetrack.store import streams
from sludgetrack.store.tables.manifests import manifest
from tests.api.conftest import ProgramOf
from tests.support.city import City

Body = Callable[..., dict[str, Any]]


def code_of(engine: Engine, event: str) -> str:
    with engine.connect() as connection:
        entry = streams.one(connection, event)
    assert entry is not None
    return public_code(entry)


def test_a_manifests_contents_open_with_its_six_characters_only(program: ProgramOf, city: City, engine: Engine) -> None:
    number = city.delivered()
    with engine.connect() as connection:
        code = connection.scalar(select(manifest.c.public_code).where(manifest.c.number == number))
    anyone = program("nobody")

    closed, opened = (anyone.get(f"/public/manifests/{number}{end}").get_json() for end in ("", f"/{code}"))

    assert (closed["status"], closed["contents"]) == ("delivered", None)
    assert (opened["contents"]["out"]["net_t"], opened["contents"]["check"]["intact"]) == ("12.000", True)


def test_a_disposal_tells_its_tonnes_its_manifests_and_whether_it_is_intact(
    program: ProgramOf, city: City, engine: Engine
) -> None:
    city.produce()
    number = city.delivered()
    event = city.dispose(number, 11_000, moisture_bp=7900, disposal="处置 1/2").event_id

    seen = program("nobody").get(f"/public/disposals/{quote('处置 1/2', safe='')}/{code_of(engine, event)}").get_json()

    assert (seen["disposal"], seen["site"], seen["route"], seen["day"]) == (
        "处置 1/2",
        "新乡污泥焚烧厂",
        "I1",
        "2026-03-02",
    )
    assert [seen[name] for name in ("wet_t", "moisture_pct", "dry_t", "t80_t")] == [
        "11.000",
        "79.00",
        "2.310",
        "11.550",
    ]
    assert [(source["number"], source["producer"]) for source in seen["sources"]] == [(number, "骆驼湾污水处理厂")]
    assert (seen["compliant"], seen["check"]["intact"], seen["digest"]) == (True, True, None)


def test_a_disposals_wrong_characters_are_answered_like_an_unknown_one(
    program: ProgramOf, city: City, engine: Engine
) -> None:
    city.produce()
    event = city.dispose(city.delivered(), 11_000, disposal="D-1").event_id
    wrong = "222222" if code_of(engine, event) != "222222" else "333333"
    anyone = program("nobody")

    answers = [anyone.get(f"/public/disposals/{name}/{wrong}") for name in ("D-1", "D-9")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].get_json()["code"] == answers[1].get_json()["code"] == "not_found"
