"""期间锁定 on pages: months by divisions, the figures before a month is closed for ever, and the history."""

from __future__ import annotations

import pytest

from sludgetrack.services.reading.correctable_acts import acts_at
from tests.support.city import City, new_id
from tests.web.conftest import ClientAs
from tests.web.pages import fields, words


@pytest.fixture(autouse=True)
def _over(city: City) -> None:
    """A load burned in March, and it is April."""
    city.produce()
    city.dispose(city.delivered(), 12_000)
    city.clock.forward(days=40)


def test_months_are_open_until_they_are_locked(client_as: ClientAs) -> None:
    regulator = client_as("regulator")

    page = regulator.get("/regulator/periods")

    assert "锁定不能撤销" in words(page)
    assert "/regulator/periods/lock?division=4107&amp;month=2026-03" in page.text
    assert "month=2026-04" not in page.text
    assert "还没有锁定过" in words(page)


def test_the_figures_of_the_month_are_shown_before_it_is_closed(client_as: ClientAs) -> None:
    page = words(client_as("regulator").get("/regulator/periods/lock?division=4107&month=2026-03"))

    for expected in ("产生量 P 20.000", "无害化处置 H 2.400", "期末存量 K1 17.600", "差 0.000 t"):
        assert expected in page


def test_a_month_is_locked_only_by_somebody_who_knows_that_it_is_for_ever(client_as: ClientAs) -> None:
    regulator = client_as("regulator")
    address = "/regulator/periods/lock"
    form = fields(regulator.get(f"{address}?division=4107&month=2026-03"))

    hasty = regulator.post(address, data=form)
    sure = regulator.post(address, data={**form, "sure": "yes"}, follow_redirects=True)
    again = regulator.post(address, data={**form, "event_id": new_id(), "sure": "yes"})

    assert (hasty.status_code, sure.status_code, again.status_code) == (422, 200, 409)
    assert "请先勾选" in words(hasty)
    assert "4107 的 2026-03 及以前已锁定" in words(sure)
    assert "4107 2026年3月 4月11日 09:50 新乡市排水管理处" in words(sure)
    assert "已经锁定" in words(again)
    rates = words(regulator.get("/regulator/rates?from=2026-03-01&to=2026-03-31"))
    assert "2026-03 及以前已锁定" in rates


def test_only_an_authority_of_the_division_locks(client_as: ClientAs) -> None:
    address = "/regulator/periods/lock"
    sent = {"event_id": new_id(), "division": "4107", "month": "2026-03", "sure": "yes"}

    assert client_as("plant").get("/regulator/periods").status_code == 403
    assert client_as("far_regulator").post(address, data=sent).status_code == 403
    assert client_as("nobody").get("/regulator/periods").status_code == 302


def test_what_counts_later_than_it_happened_says_so_and_leads_to_its_correction(
    city: City, client_as: ClientAs
) -> None:
    regulator = client_as("regulator")
    form = fields(regulator.get("/regulator/periods/lock?division=4107&month=2026-03"))
    regulator.post("/regulator/periods/lock", data={**form, "sure": "yes"})
    made = city.act("plant", lambda ctx: acts_at(ctx, "P01")).acts[0].present.claim.event_id
    plant = client_as("plant")
    sent = {**fields(plant.get(f"/corrections/new/{made}")), "new.wet_t": "90", "reason": "录错", "step": "record"}
    address = str(plant.post(f"/corrections/new/{made}", data=sent).location)
    regulator.post(f"{address}/approve", data={"event_id": new_id()})

    page = regulator.get("/regulator/rates/behind?figure=produced&from=2026-04-01&to=2026-04-30")

    assert "补记：原发生日 3月2日，更正自产生" in words(page)
    assert address in page.text
