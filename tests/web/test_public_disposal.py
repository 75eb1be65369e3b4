"""What anyone sees who scans a disposal's sheet."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from sludgetrack import tx
from sludgetrack.services.disposal_content import public_path
from sludgetrack.services.sheets import Press, render_and_record
from sludgetrack.store import streams
from sludgetrack.web.runtime import Runtime
from tests.support.city import PEOPLE, City
from tests.web.conftest import ADDRESS, ClientAs
from tests.web.pages import words

PERSONAL = [*(name for _organisation, name, _roles in PEOPLE.values()), "13800000000"]


def burned(city: City, disposal: str = "D-1", **more: str) -> str:
    """A load burned at the incinerator; the disposal's event."""
    city.produce()
    return city.dispose(city.delivered(), 11_000, moisture_bp=7900, disposal=disposal, **more).event_id


def path_of(engine: Engine, event: str) -> str:
    """The path printed on the disposal's sheet, as a scanner hands it to a browser."""
    with engine.connect() as connection:
        entry = streams.one(connection, event)
    assert entry is not None
    return f"/{quote(public_path(entry))}"


def print_sheet(app: Flask, engine: Engine, event: str) -> str:
    """What the worker does; the digest of the file."""
    parts: Runtime = app.extensions["sludgetrack"]
    with tx.unit_of_work(engine) as connection:
        made = render_and_record(Press(connection, parts.blobs, parts.now(), ADDRESS), [event])
    return made[event].file_digest.hex()


def tamper(superuser: Engine, table: str, change: str) -> None:
    with superuser.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        connection.execute(text(change))


def test_the_printed_path_shows_where_how_and_how_much(client_as: ClientAs, city: City, engine: Engine) -> None:
    event = burned(city)

    shown = words(client_as("nobody").get(path_of(engine, event)))

    for expected in ("新乡污泥焚烧厂", "单独焚烧 I1", "3月2日", "11.00 t", "79 %", "2.31 t", "11.55 t"):
        assert expected in shown
    assert "合规处置" in shown
    assert "不合规" not in shown
    assert "记录完整" in shown


def test_it_names_the_manifests_it_came_from_and_leads_to_their_state_only(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    city.produce()
    number = city.delivered()
    event = city.dispose(number, 11_000, disposal="D-1").event_id
    browser = client_as("nobody")

    answer = browser.get(path_of(engine, event))

    assert f'href="/M/{number}"' in answer.text
    assert "骆驼湾污水处理厂" in words(answer)
    assert "只看得到状态" in words(browser.get(f"/M/{number}"))


def test_wrong_characters_are_answered_like_an_unknown_disposal(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    right = path_of(engine, burned(city))
    wrong = right[:-6] + ("222222" if right[-6:] != "222222" else "333333")
    browser = client_as("nobody")
    unknown = browser.get("/D/D-9/222222")
    assert (unknown.status_code, browser.get(right).status_code) == (404, 200)

    for path in (wrong, right[:-1], "/D/D-1/é23456", "/D/D-1/------", "/D/%00/222222"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert words(answer) == words(unknown)


@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_the_characters_are_read_in_either_case(
    client_as: ClientAs, city: City, engine: Engine, case: Callable[[str], str]
) -> None:
    path = path_of(engine, burned(city))

    assert client_as("nobody").get(path[:-6] + case(path[-6:])).status_code == 200


@pytest.mark.parametrize("name", ["处置 1/2", "50%25", "a?b#c"])
def test_a_disposal_may_be_called_anything(client_as: ClientAs, city: City, engine: Engine, name: str) -> None:
    path = path_of(engine, burned(city, disposal=name))

    assert name in words(client_as("nobody").get(path))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_person_proof_or_remark_is_public(client_as: ClientAs, city: City, engine: Engine, language: str) -> None:
    private = {"evidence": "DCS 王过磅", "remark": "13800000000", "decided_by": "周监管"}
    event = burned(city, **private)

    answer = client_as("nobody").get(f"{path_of(engine, event)}?lang={language}")

    assert answer.status_code == 200
    for personal in (*PERSONAL, *private.values(), "豫G12345"):
        assert personal not in answer.text


def test_what_it_broke_is_said_with_whose_rule_that_is(client_as: ClientAs, city: City, engine: Engine) -> None:
    city.produce()
    number = city.issue(destination="S-FILL", route="F2")
    city.load(number)
    city.receive(number)
    event = city.dispose(number, 12_000, facility="S-FILL", route="F2").event_id

    shown = words(client_as("nobody").get(path_of(engine, event)))

    assert "不合规处置" in shown
    assert "含水率 80 %，须 < 60 %" in shown
    assert "GB/T 23485-2009" in shown


def test_the_sheet_is_named_by_its_digest_as_soon_as_it_is_made(
    app: Flask, client_as: ClientAs, city: City, engine: Engine
) -> None:
    event = burned(city)
    browser, path = client_as("nobody"), path_of(engine, event)
    assert "处置单正在生成" in words(browser.get(path))

    digest = print_sheet(app, engine, event)

    shown = words(browser.get(path))
    assert digest in shown
    assert "处置单的文件与登记的指纹一致" in shown


def test_a_changed_tonnage_shows_at_once(client_as: ClientAs, city: City, engine: Engine, superuser: Engine) -> None:
    path = path_of(engine, burned(city))
    tamper(superuser, "entry", "UPDATE entry SET claim = jsonb_set(claim, '{wet_kg}', '10000') WHERE type = 'disposed'")

    shown = words(client_as("nobody").get(path))

    assert "记录完整" not in shown
    assert "记录前后接不上" in shown


@pytest.mark.parametrize("neighbour", ["before", "after"])
def test_a_neighbour_that_is_gone_shows_at_once(
    client_as: ClientAs, city: City, engine: Engine, superuser: Engine, neighbour: str
) -> None:
    city.produce()
    lot = city.delivered()
    events = [city.dispose(lot, 1_000, final=False, disposal=f"D-{n}").event_id for n in range(4)]
    browser, path = client_as("nobody"), path_of(engine, events[1])
    assert "记录完整" in words(browser.get(path))

    gone = events[0 if neighbour == "before" else 2]
    with superuser.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("DELETE FROM entry WHERE event_id = :gone"), {"gone": gone})

    assert "记录前后接不上" in words(browser.get(path))


def test_a_cut_off_neighbour_shows_against_the_historys_head(
    client_as: ClientAs, city: City, engine: Engine, superuser: Engine
) -> None:
    city.produce()
    lot = city.delivered()
    events = [city.dispose(lot, 1_000, final=False, disposal=f"D-{n}").event_id for n in range(2)]
    with superuser.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("DELETE FROM entry WHERE event_id = :gone"), {"gone": events[1]})

    assert "记录前后接不上" in words(client_as("nobody").get(path_of(engine, events[0])))


@pytest.mark.parametrize(
    "change", ["UPDATE log_leaf SET salt = '\\x00000000000000000000000000000000'", "DELETE FROM log_leaf"]
)
def test_a_changed_or_missing_leaf_shows_at_once(
    client_as: ClientAs, city: City, engine: Engine, superuser: Engine, change: str
) -> None:
    path = path_of(engine, burned(city))
    tamper(superuser, "log_leaf", change)

    assert "有记录与总日志对不上" in words(client_as("nobody").get(path))


def test_a_swapped_sheet_shows_at_once(app: Flask, client_as: ClientAs, city: City, engine: Engine) -> None:
    event = burned(city)
    digest = print_sheet(app, engine, event)
    app.extensions["sludgetrack"].blobs.place(bytes.fromhex(digest)).write_bytes(b"%PDF-forged")

    assert "有交接单的文件缺失" in words(client_as("nobody").get(path_of(engine, event)))


@pytest.mark.parametrize(
    ("who", "may_read"), [("site", True), ("regulator", True), ("plant", False), ("outsider", False)]
)
def test_whoever_may_read_the_disposal_is_led_to_its_page(
    client_as: ClientAs, city: City, engine: Engine, who: str, may_read: bool
) -> None:
    path = path_of(engine, burned(city))
    browser = client_as(who)

    answer = browser.get(path)

    assert ("看这次处置" in words(answer), 'href="/site/disposals/D-1"' in answer.text) == (may_read, may_read)
    assert browser.get("/site/disposals/D-1").status_code == (200 if may_read else 404)


def test_an_address_pasted_on_the_first_page_leads_to_the_disposal(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    path = path_of(engine, burned(city, disposal="处置 1/2"))

    answer = client_as("nobody").get("/find", query_string={"number": f"HTTP://LUDAN.EXAMPLE.CN{path}"})

    assert answer.headers["Location"] == path


def test_opening_a_disposal_changes_nothing(client_as: ClientAs, city: City, engine: Engine) -> None:
    path = path_of(engine, burned(city))
    with engine.connect() as connection:
        size = connection.scalar(text("SELECT size FROM log_head"))
    browser = client_as("site")

    browser.get(path)

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT size FROM log_head")) == size
    assert browser.post(path).status_code == 405


def test_a_disposals_page_asks_not_to_be_indexed(client_as: ClientAs, city: City, engine: Engine) -> None:
    assert 'content="noindex"' in client_as("nobody").get(path_of(engine, burned(city))).text
