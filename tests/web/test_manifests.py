"""The list of manifests with its filters and files, and one manifest whole."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
from sqlalchemy import Engine, text

from sludgetrack.domain import commands as c
from sludgetrack.domain.numbers import grouped
from sludgetrack.services import manifests
from tests.support.city import City, new_id
from tests.support.sheets import Archive
from tests.web.conftest import ClientAs
from tests.web.pages import words


def test_everybody_sees_their_own_manifests_and_no_others(client_as: ClientAs, city: City) -> None:
    number = city.issue()

    for persona in ("plant", "site", "dispatcher", "regulator"):
        assert grouped(number)[:-2] in words(client_as(persona).get("/manifests/"))
    assert "还没有联单" in words(client_as("outsider").get("/manifests/"))
    assert client_as("driver").get("/manifests/").status_code == 403


def test_the_list_narrows_by_state_facility_and_text(client_as: ClientAs, city: City) -> None:
    city.produce()
    waiting, coming = city.issue(), city.issue()
    city.load(coming)
    browser = client_as("plant")

    def listed(query: str) -> list[bool]:
        page = browser.get(f"/manifests/?{query}").text
        return [f"/manifests/{number}" in page for number in (waiting, coming)]

    assert listed("state=issued") == [True, False]
    assert listed("state=in_transit") == [False, True]
    assert listed("q=豫G·123") == [False, True]
    assert listed("facility=P01") == [True, True]
    assert listed("facility=P02") == [False, False]
    assert "没有符合条件的联单" in words(browser.get("/manifests/?state=void"))


def test_a_whole_number_opens_its_manifest(client_as: ClientAs, city: City) -> None:
    number = city.issue()

    assert client_as("plant").get(f"/manifests/?q={grouped(number)}").location == f"/manifests/{number}"


def test_the_files_hold_what_the_list_shows(client_as: ClientAs, city: City) -> None:
    city.produce()
    number, other = city.delivered(), city.issue(external_number="=1+1")
    browser = client_as("plant")

    table = list(csv.reader(io.StringIO(browser.get("/manifests/export.csv?state=delivered").data.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/manifests/export.xlsx").data))
    sheet = book.worksheets[0]

    assert table[0][:3] == ["联单编号", "状态", "车牌"]
    assert [row[0] for row in table[1:]] == [grouped(number)]
    assert table[1][6:9] == ["12.000", "12.000", "12.000"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [grouped(other), grouped(number)]
    assert browser.get("/manifests/export.doc").status_code == 404


def test_a_page_full_of_manifests_leads_to_the_next(client_as: ClientAs, city: City) -> None:
    numbers = [city.issue() for _ in range(52)]
    browser = client_as("plant")

    first = browser.get("/manifests/")
    older = first.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = browser.get(older)

    assert f"/manifests/{numbers[0]}" not in first.text
    assert f"/manifests/{numbers[0]}" in second.text
    assert "本页 2 张" in words(second)


def test_a_manifest_says_where_it_is_who_has_it_and_who_is_waited_for(client_as: ClientAs, city: City) -> None:
    city.produce()
    number = city.issue(planned_minutes=60)
    city.load(number)

    page = words(client_as("plant").get(f"/manifests/{number}"))

    assert "现在位置 去新乡污泥焚烧厂的路上" in page
    assert "由谁保管 驾驶员 张㛃（豫G·12345）" in page
    assert "等车到新乡污泥焚烧厂，最迟 3月2日 11:30" in page
    assert "装运 3月2日 09:00 新乡水务有限公司 李会计 宏达运输有限公司 张㛃" in page
    assert "输码确认" in page


def test_the_two_weighings_stand_side_by_side_with_a_verdict(client_as: ClientAs, city: City) -> None:
    city.produce()
    good, odd = city.issue(), city.issue()
    for number in (good, odd):
        city.load(number)
    city.receive(good, 11_950)
    city.receive(odd, 11_000, moisture_in_bp=8400)
    browser = client_as("site")

    assert "少 50 kg，0.4 %，正常" in words(browser.get(f"/manifests/{good}"))
    assert "少 1,000 kg，8.3 %，超出容差；含水率高 4 个百分点，超出容差" in words(browser.get(f"/manifests/{odd}"))


def test_each_part_of_a_partly_refused_load_has_its_holder(client_as: ClientAs, city: City) -> None:
    city.produce()
    number = city.issue()
    city.load(number)
    city.receive(number, 12_000, accepted_kg=8_000)

    page = words(client_as("plant").get(f"/manifests/{number}"))

    assert "新乡污泥焚烧厂 8.00 t；驾驶员 张㛃（豫G·12345） 4.00 t" in page
    assert "部分接收 8.00 t" in page
    assert "原因：含水率超标" in page


def test_everybody_is_offered_their_own_next_steps(client_as: ClientAs, city: City) -> None:
    city.produce()
    waiting, coming = city.issue(), city.issue()
    city.load(coming)

    def offered(persona: str, number: str, step: str) -> bool:
        return f"/{step}/{number}" in client_as(persona).get(f"/manifests/{number}").text

    assert offered("plant", waiting, "plant/release")
    assert offered("plant", waiting, "plant/void")
    assert not offered("plant", coming, "plant/void")
    assert offered("plant", coming, "plant/redirect")
    assert offered("dispatcher", waiting, "dispatch/assign")
    assert offered("site", coming, "site/receive")
    assert not offered("site", coming, "plant/redirect")


def test_a_contradiction_is_marked_and_explained(client_as: ClientAs, city: City) -> None:
    city.produce()
    number = city.issue()
    city.load(number)
    void = c.VoidManifest(event_id=new_id(), reason="补报作废")
    city.act("plant", lambda ctx: manifests.act(ctx, number, void, late=True))

    page = words(client_as("plant").get(f"/manifests/{number}"))

    assert "有互相矛盾的记录" in page
    assert "与已有记录矛盾" in page


def test_the_proof_names_every_entry_and_holds(client_as: ClientAs, city: City, engine: Engine) -> None:
    city.produce()
    number = city.issue()
    city.load(number)

    answer = client_as("regulator").get(f"/manifests/{number}")

    with engine.connect() as connection:
        hashes = connection.execute(
            text("SELECT encode(hash, 'hex') FROM entry WHERE claim->>'subject' = :s"), {"s": f"manifest:{number}"}
        ).scalars()
        assert all(digest in answer.text for digest in hashes)
    assert "2 条记录首尾相接，都在日志里" in words(answer)


def test_a_tampered_record_is_called_so(client_as: ClientAs, city: City, superuser: Engine) -> None:
    number = city.issue()
    with superuser.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        changed = "UPDATE entry SET claim = jsonb_set(claim, '{planned_kg}', '1') WHERE type = 'issued'"
        connection.execute(text(changed))

    assert "核对没有通过" in words(client_as("plant").get(f"/manifests/{number}"))


def test_outsiders_find_nothing_and_drivers_have_their_own_page(client_as: ClientAs, city: City) -> None:
    number = city.issue()

    assert client_as("outsider").get(f"/manifests/{number}").status_code == 404
    assert client_as("far_regulator").get(f"/manifests/{number}").status_code == 404
    assert client_as("driver").get(f"/manifests/{number}").status_code == 403
    assert client_as("plant").get("/manifests/2026").status_code == 422
    assert client_as("plant").get(f"/manifests/{number}?lang=en").status_code == 200


def test_a_recorded_sheet_is_downloaded_and_its_digest_shown(
    client_as: ClientAs, city: City, engine: Engine, tmp_path: Path
) -> None:
    city.produce()
    number = city.issue()
    loaded = city.load(number)
    browser = client_as("plant")
    before = words(browser.get(f"/manifests/{number}"))
    sheet = Archive(engine, tmp_path / "blobs", city.clock).record(loaded.event_id)[0]

    page = browser.get(f"/manifests/{number}")
    file = browser.get(f"/manifests/{number}/sheets/{loaded.event_id}.pdf")

    assert "还有 2 份正在生成" in before
    assert f"SHA-256 {sheet.file_digest.hex()}" in words(page)
    assert file.mimetype == "application/pdf"
    assert file.data.startswith(b"%PDF")
    assert client_as("outsider").get(f"/manifests/{number}/sheets/{loaded.event_id}.pdf").status_code == 404
    assert browser.get(f"/manifests/{number}/sheets/{new_id()}.pdf").status_code == 404


def test_a_changed_sheet_is_not_given_out(client_as: ClientAs, city: City, engine: Engine, tmp_path: Path) -> None:
    number = city.issue()
    with engine.connect() as connection:
        event = connection.execute(text("SELECT event_id FROM entry WHERE type = 'issued'")).scalar_one()
    archive = Archive(engine, tmp_path / "blobs", city.clock)
    sheet = archive.record(str(event))[0]
    archive.blobs.place(sheet.file_digest).write_bytes(b"%PDF-1.4 something else")

    answer = client_as("plant").get(f"/manifests/{number}/sheets/{event}.pdf")

    assert answer.status_code == 410
    assert "不能作为凭证" in words(answer)
    assert "核对没有通过" in words(client_as("plant").get(f"/manifests/{number}"))
