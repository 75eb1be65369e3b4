"""Paper forms: numbers handed out, blanks to print, and what was written on them entered afterwards."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pypdf
from sqlalchemy import Engine, Row, select

from sludgetrack.domain import commands as c
from sludgetrack.domain.numbers import grouped
from sludgetrack.services import manifests
from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.registry import reserved_number
from tests.support.city import City, new_id
from tests.web.conftest import ClientAs
from tests.web.pages import error, fields, send, words

ISSUED = {"occurred_at": "2026-03-02T07:00", "hauler": "H1", "destination": "S-INC", "planned_t": "12"}
LOADED = {
    "loaded_occurred_at": "2026-03-02T07:20",
    "loaded_plate": "豫G12345",
    "loaded_gross_out_t": "24.4",
    "loaded_tare_out_t": "12.0",
    "loaded_moisture_out_pct": "80.1",
}
RECEIVED = {
    "received_occurred_at": "2026-03-02T08:10",
    "received_gross_in_t": "24.3",
    "received_tare_in_t": "12.0",
    "received_decision": "partial",
    "received_accepted_t": "8",
    "received_reason": "料仓已满",
}
RETURNED = {"returned_occurred_at": "2026-03-02T08:50", "returned_returned_t": "4.2", "returned_reason": "处置单位拒收"}


def a_number(city: City, engine: Engine) -> str:
    """The first of two numbers on paper."""
    city.hand_out_numbers()
    with engine.connect() as connection:
        return str(connection.scalar(select(reserved_number.c.number).order_by(reserved_number.c.number).limit(1)))


def code_of(engine: Engine, number: str) -> str:
    """The six characters printed beside a number's QR."""
    with engine.connect() as connection:
        query = select(reserved_number.c.public_code).where(reserved_number.c.number == number)
        return str(connection.scalar(query))


def row_of(engine: Engine, number: str) -> Row[Any]:
    with engine.connect() as connection:
        return connection.execute(select(manifest).where(manifest.c.number == number)).one()


# Numbers and blanks


def test_a_block_of_numbers_is_handed_out_and_printed(client_as: ClientAs, city: City, engine: Engine) -> None:
    browser = client_as("plant")

    page = send(browser, "/paper/", count="3", handed_to="东门卫室", follow=True)
    address = page.text.partition('href="/paper/blocks/')[2].partition('"')[0].replace("&amp;", "&")
    file = browser.get(f"/paper/blocks/{address}")

    with engine.connect() as connection:
        numbers = sorted(connection.scalars(select(reserved_number.c.number)))
    pages = pypdf.PdfReader(io.BytesIO(file.data)).pages
    assert "已领用 3 个编号，打印后交给 东门卫室。" in words(page)
    assert all(grouped(number)[:-2] in words(page) for number in numbers)
    assert len(pages) == 3
    assert file.mimetype == "application/pdf"


def test_too_many_numbers_at_once_are_refused(client_as: ClientAs, city: City) -> None:
    answer = send(client_as("plant"), "/paper/", count="201", handed_to="门卫")

    assert answer.status_code == 422
    assert error(answer, "count") == "应在 1 到 200 之间。"
    assert fields(answer)["handed_to"] == "门卫"


def test_handing_out_twice_with_one_form_hands_out_once(client_as: ClientAs, city: City, engine: Engine) -> None:
    browser = client_as("plant")
    typed = {**fields(browser.get("/paper/")), "count": "2", "handed_to": "门卫"}

    for _ in range(2):
        assert browser.post("/paper/", data=typed).status_code == 302

    with engine.connect() as connection:
        assert len(connection.scalars(select(reserved_number.c.number)).all()) == 2


def test_another_plants_blanks_are_not_printed(client_as: ClientAs, city: City) -> None:
    block = city.hand_out_numbers().event_id

    assert client_as("plant").get(f"/paper/blocks/{block}.pdf?at=P01").status_code == 200
    assert client_as("outsider").get(f"/paper/blocks/{block}.pdf").status_code == 404


# Entering


def test_everything_on_the_form_is_recorded_at_once(client_as: ClientAs, city: City, engine: Engine) -> None:
    city.produce()
    number = a_number(city, engine)
    form = {**ISSUED, **LOADED, **RECEIVED, **RETURNED}

    page = send(client_as("plant"), f"/paper/{number}", follow=True, **form)

    row = row_of(engine, number)
    assert (row.status, row.net_out_kg, row.accepted_kg, row.returned_kg) == ("delivered", 12_400, 8_000, 4_200)
    assert row.marks == ["paper", "late"] * 4
    assert row.grades == ["none"] * 3
    assert "已补录 4 条" in words(page)
    assert "未确认 · 纸质联单" in words(page)


def test_what_was_not_written_is_not_recorded(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = a_number(city, engine)

    send(client_as("plant"), f"/paper/{number}", **ISSUED)

    assert row_of(engine, number).status == "issued"


def test_sending_the_form_twice_records_once(client_as: ClientAs, city: City, engine: Engine) -> None:
    city.produce()
    number = a_number(city, engine)
    browser = client_as("plant")
    typed = {**fields(browser.get(f"/paper/{number}")), **ISSUED, **LOADED}

    assert browser.post(f"/paper/{number}", data=typed).location == f"/manifests/{number}"
    before = row_of(engine, number)
    again = browser.post(f"/paper/{number}", data={**typed, **ISSUED})

    assert again.location == f"/manifests/{number}"
    assert row_of(engine, number) == before


def test_figures_that_contradict_themselves_are_refused_and_nothing_is_recorded(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    number = a_number(city, engine)
    wrong = {
        **ISSUED,
        **LOADED,
        "loaded_gross_out_t": "11",
        **RECEIVED,
        "received_accepted_t": "20",
        "received_occurred_at": "2026-03-02T07:10",
    }

    answer = send(client_as("plant"), f"/paper/{number}", **wrong)

    assert answer.status_code == 422
    assert error(answer, "loaded_gross_out_t") == "毛重要大于皮重。"
    assert "不能早于前一栏的时间" in error(answer, "received_occurred_at")
    assert fields(answer)["received_reason"] == "料仓已满"
    with engine.connect() as connection:
        assert connection.execute(select(manifest)).all() == []


def test_what_only_the_record_can_tell_is_said_beside_its_field(
    client_as: ClientAs, city: City, engine: Engine
) -> None:
    number = a_number(city, engine)

    answer = send(
        client_as("plant"), f"/paper/{number}", **{**ISSUED, **LOADED, **RECEIVED, "received_accepted_t": "20"}
    )

    assert "接收量 20.000 t 与净重 12.300 t 不符" in error(answer, "received_accepted_t")
    with engine.connect() as connection:
        assert connection.execute(select(manifest)).all() == []


def test_a_time_has_to_be_written_and_past(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = a_number(city, engine)
    late = {**ISSUED, "occurred_at": "2026-03-03T07:00", **LOADED, "loaded_occurred_at": ""}

    answer = send(client_as("plant"), f"/paper/{number}", **late)

    assert error(answer, "occurred_at") == "时间不能在将来。"
    assert error(answer, "loaded_occurred_at") == "按纸质单据填写时间。"


def test_what_contradicts_the_record_is_kept_and_disputed(client_as: ClientAs, city: City, engine: Engine) -> None:
    city.produce()
    number = city.issue()
    void = c.VoidManifest(event_id=new_id(), reason="车辆没有来")
    city.act("plant", lambda ctx: manifests.act(ctx, number, void))
    city.clock.forward(hours=2)
    written = {**LOADED, "loaded_occurred_at": "2026-03-02T09:20"}

    page = send(client_as("plant"), f"/paper/{number}", follow=True, **written)

    row = row_of(engine, number)
    assert (row.status, row.disputed) == ("void", True)
    assert "有一条与已有的记录矛盾" in words(page)


def test_a_manifest_on_record_only_lacks_its_later_lines(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = city.issue()
    browser = client_as("plant")

    form = browser.get(f"/paper/{number}")
    empty = send(browser, f"/paper/{number}")

    assert "这张联单已有记录" in words(form)
    assert "开具时间" not in words(form)
    assert empty.status_code == 422
    assert "至少填一栏" in words(empty)


def test_late_entry_says_so(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = a_number(city, engine)
    city.clock.now += timedelta(days=20)

    page = send(client_as("plant"), f"/paper/{number}", follow=True, **ISSUED)

    assert "补录已超过 10 个工作日的期限" in words(page)


def test_the_site_enters_a_form_it_has_in_hand(client_as: ClientAs, city: City, engine: Engine) -> None:
    city.produce()
    number = a_number(city, engine)
    code = code_of(engine, number)
    browser = client_as("site")

    found = browser.get(f"/paper/find?number={grouped(number)}&code={code.lower()}")
    page = send(browser, found.location, **{**ISSUED, **LOADED, **RECEIVED})

    assert page.location == f"/manifests/{number}"
    assert row_of(engine, number).accepted_kg == 8_000


def test_without_the_paper_in_hand_a_number_tells_nothing(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = a_number(city, engine)

    for persona in ("site", "outsider"):
        browser = client_as(persona)
        answer = browser.get(f"/paper/find?number={number}")
        assert "没有找到" in error(answer, "number")
        assert browser.get(f"/paper/{number}").status_code == 404


def test_the_site_does_not_enter_what_went_elsewhere(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = a_number(city, engine)
    code = code_of(engine, number)
    form = client_as("site").get(f"/paper/{number}?code={code}")

    answer = client_as("site").post(
        f"/paper/{number}", data={**fields(form), **ISSUED, "destination": "P02", "route": "I1"}
    )

    assert '<option value="P02"' not in form.text
    assert answer.status_code in (403, 422)
    with engine.connect() as connection:
        assert connection.execute(select(manifest)).all() == []


def test_a_mistyped_number_is_said_beside_it(client_as: ClientAs, city: City) -> None:
    answer = client_as("plant").get("/paper/find?number=2026 4107 0200 1000 001-0")

    assert "最后一位是校验码" in error(answer, "number")
    assert fields(answer)["number"] == "2026 4107 0200 1000 001-0"


def test_the_pages_speak_english_and_keep_others_out(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = a_number(city, engine)
    plant = client_as("plant")

    assert [plant.get(f"{page}?lang=en").status_code for page in ("/paper/", f"/paper/{number}")] == [200, 200]
    for persona in ("driver", "dispatcher", "regulator"):
        assert client_as(persona).get("/paper/").status_code == 403
        assert client_as(persona).get(f"/paper/{number}").status_code == 403


def test_whoever_scans_a_form_learns_that_it_is_paper(client_as: ClientAs, city: City, engine: Engine) -> None:
    number = a_number(city, engine)
    address = f"/M/{number}/{code_of(engine, number)}"

    stranger, clerk = client_as("nobody").get(address), client_as("plant").get(address.lower())

    assert "纸质联单，还没有补录" in words(stranger)
    assert "骆驼湾污水处理厂" in words(stranger)
    assert "开始补录" not in words(stranger)
    assert "开始补录" in words(clerk)
    for guess in (f"/M/{number}", f"/M/{number}/222222"):
        assert client_as("nobody").get(guess).status_code == 404
