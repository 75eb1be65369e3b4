"""What anyone sees who types a number or scans a sheet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text

from sludgetrack import tx
from sludgetrack.domain import numbers
from sludgetrack.services.sheets import Press, render_and_record
from sludgetrack.store.tables.manifests import manifest, sheet
from sludgetrack.store.tables.record import entry
from sludgetrack.web.runtime import Runtime
from tests.support.city import PEOPLE, City
from tests.web.conftest import ADDRESS, ClientAs
from tests.web.pages import error, words

PERSONAL = [*(name for _organisation, name, _roles in PEOPLE.values()), "13800000000"]


def code_of(engine: Engine, number: str) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(select(manifest.c.public_code).where(manifest.c.number == number)))


def print_sheets(app: Flask, engine: Engine) -> None:
    """What the worker does: every sheet of every manifest."""
    parts: Runtime = app.extensions["sludgetrack"]
    with tx.unit_of_work(engine) as connection:
        wanted = select(entry.c.event_id).where(entry.c.type.in_(("issued", "loaded", "received")))
        press = Press(connection, parts.blobs, parts.now(), ADDRESS)
        render_and_record(press, set(connection.scalars(wanted)))


def test_a_number_alone_tells_the_state_only(client_as: ClientAs, city: City) -> None:
    number = city.delivered()

    answer = client_as("nobody").get(f"/M/{number}")

    assert answer.status_code == 200
    assert "已接收" in words(answer)
    assert "骆驼湾" not in words(answer)
    assert "12.00 t" not in words(answer)


def test_a_wrong_code_is_answered_like_none(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = city.delivered()
    wrong = "222222" if code_of(engine, number) != "222222" else "333333"
    browser = client_as("nobody")

    for code in (wrong, "ZZ", "é" * 6, "------"):
        answer = browser.get(f"/M/{number}/{code}")
        assert answer.status_code == 200
        assert words(answer) == words(browser.get(f"/M/{number}"))


@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_the_code_opens_the_whole_way_and_the_masses(
    client_as: ClientAs, city: City, engine: Engine, case: Callable[[str], str]
) -> None:
    number = city.delivered()

    answer = client_as("nobody").get(case(f"/m/{number}/{code_of(engine, number)}"))

    shown = words(answer)
    for expected in ("骆驼湾污水处理厂", "宏达运输有限公司", "新乡污泥焚烧厂", "12.00", "80 %", "记录完整", "3 条记录"):
        assert expected in shown


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_name_phone_or_plate_is_public(client_as: ClientAs, city: City, engine: Engine, language: str) -> None:
    number = city.issue(remark="李会计 13800000000")
    city.load(number, remark="张㛃")
    city.receive(number, 12_000, accepted_kg=11_000, reason="王过磅说太湿")
    browser = client_as("nobody")

    for address in (f"/M/{number}", f"/M/{number}/{code_of(engine, number)}"):
        answer = browser.get(f"{address}?lang={language}")
        assert answer.status_code == 200
        for personal in (*PERSONAL, "豫G12345", "豫G·12345", "太湿"):
            assert personal not in answer.text


def test_the_sheets_are_named_by_the_digests_of_their_files(
    app: Flask, client_as: ClientAs, city: City, engine: Engine
) -> None:
    number = city.delivered()
    print_sheets(app, engine)

    shown = words(client_as("nobody").get(f"/M/{number}/{code_of(engine, number)}"))

    with engine.connect() as connection:
        digests = [digest.hex() for digest in connection.scalars(select(sheet.c.file_digest))]
    assert len(digests) == 3
    assert all(digest in shown for digest in digests)
    assert "3 张交接单的文件与登记的指纹一致" in shown


def test_a_changed_entry_shows_at_once(client_as: ClientAs, city: City, engine: Engine, superuser: Engine) -> None:
    number = city.delivered()
    with superuser.begin() as connection:
        connection.execute(text("ALTER TABLE entry DISABLE TRIGGER ALL"))
        connection.execute(
            text("UPDATE entry SET claim = jsonb_set(claim, '{net_out_kg}', '11000') WHERE type = 'loaded'")
        )

    shown = words(client_as("nobody").get(f"/M/{number}/{code_of(engine, number)}"))

    assert "记录完整" not in shown
    assert "记录前后接不上" in shown


def test_a_changed_leaf_shows_at_once(client_as: ClientAs, city: City, engine: Engine, superuser: Engine) -> None:
    number = city.delivered()
    with superuser.begin() as connection:
        connection.execute(text("ALTER TABLE log_leaf DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE log_leaf SET salt = '\\x00000000000000000000000000000000'"))

    assert "有记录与总日志对不上" in words(client_as("nobody").get(f"/M/{number}/{code_of(engine, number)}"))


def test_a_swapped_sheet_shows_at_once(app: Flask, client_as: ClientAs, city: City, engine: Engine) -> None:
    number = city.delivered()
    print_sheets(app, engine)
    with engine.connect() as connection:
        digest = connection.scalars(select(sheet.c.file_digest)).first()
    assert digest is not None
    app.extensions["sludgetrack"].blobs.place(digest).write_bytes(b"%PDF-forged")

    assert "有交接单的文件缺失" in words(client_as("nobody").get(f"/M/{number}/{code_of(engine, number)}"))


def test_a_number_that_is_none_is_told_kindly(client_as: ClientAs, city: City) -> None:
    number = city.issue()
    mistyped = number[:19] + str((int(number[19]) + 1) % 10)
    unknown = str(numbers.ManifestNumber(2031, "410702", 1, 77))
    browser = client_as("nobody")

    assert f"最后一位应是 {number[19]}" in words(browser.get(f"/M/{mistyped}"))
    assert "编号是 20 位数字" in words(browser.get("/M/123"))
    assert "没有这张联单" in words(browser.get(f"/M/{unknown}"))
    assert [browser.get(f"/M/{n}").status_code for n in (mistyped, "123", unknown)] == [404, 404, 404]


def test_the_first_page_leads_from_a_typed_number_to_its_manifest(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    number = city.issue()
    browser = client_as("nobody")
    code = code_of(engine, number)

    spaced = browser.get("/find", query_string={"number": f" {numbers.grouped(number)} "})
    scanned = browser.get("/find", query_string={"number": f"HTTPS://LUDAN.EXAMPLE.CN/M/{number}/{code}"})
    mistyped = browser.get("/find", query_string={"number": "2025"})

    assert spaced.headers["Location"] == f"/M/{number}"
    assert scanned.headers["Location"] == f"/M/{number}/{code}"
    assert "20 位数字" in error(mistyped, "number")
    assert 'value="2025"' in mistyped.text


@pytest.mark.parametrize(
    ("who", "next_page"),
    [("plant", "/plant/release/{}"), ("driver", "/driver/loads/{}"), ("dispatcher", "/dispatch/assign/{}")],
)
def test_whoever_is_signed_in_sees_their_next_step_first(
    client_as: ClientAs, city: City, who: str, next_page: str
) -> None:
    number = city.issue()

    answer = client_as(who).get(f"/M/{number}")

    assert answer.text.index(next_page.format(number)) < answer.text.index("只看得到状态")


def test_a_stranger_who_is_signed_in_sees_what_anyone_sees(client_as: ClientAs, city: City) -> None:
    number = city.issue()

    assert "您可以" not in words(client_as("outsider").get(f"/M/{number}"))


def test_opening_changes_nothing(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = city.delivered()
    seen = select(manifest).where(manifest.c.number == number)
    with engine.connect() as connection:
        before = connection.execute(seen).one()
        size = connection.scalar(text("SELECT size FROM log_head"))
    browser = client_as("driver")

    browser.get(f"/M/{number}/{code_of(engine, number)}")

    with engine.connect() as connection:
        assert connection.execute(seen).one() == before
        assert connection.scalar(text("SELECT size FROM log_head")) == size
    assert browser.post(f"/M/{number}").status_code == 405


def test_the_page_asks_not_to_be_indexed(client_as: ClientAs, city: City) -> None:
    assert 'content="noindex"' in client_as("nobody").get(f"/M/{city.issue()}").text
