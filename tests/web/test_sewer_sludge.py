"""Sewer-cleaning sludge has a view of its own: it is in no rate, and adds up by itself."""

from __future__ import annotations

import pytest

from sludgetrack.domain.commands import BatchLine
from tests.support.city import City
from tests.web.conftest import ClientAs
from tests.web.pages import words

ADDRESS = "/regulator/sewer-sludge"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_there_was_and_where_it_is(client_as: ClientAs, city: City, language: str) -> None:
    city.produce()
    city.produce("G1", 20_000, kind="sewer_sludge")
    number = city.issue(batches=(BatchLine("G1"),))
    city.load(number)
    city.receive(number)
    city.dispose(number, 5_000, final=False)

    page = client_as("regulator").get(f"{ADDRESS}?lang={language}")

    shown = words(page)
    # 4 t dry declared; 2.4 t of it went, 1 t of that is disposed of
    assert "4.00 1.60 0.00 1.40 1.00 0.00" in shown
    assert "G1" in shown


def test_none_declared_says_how_it_would_come_here(client_as: ClientAs, city: City) -> None:
    city.produce()

    assert "没有申报过通沟污泥" in words(client_as("regulator").get(ADDRESS))


def test_it_is_the_authority_s_view_of_its_own_division(client_as: ClientAs, city: City) -> None:
    city.produce("G1", 20_000, kind="sewer_sludge")

    assert client_as("plant").get(ADDRESS).status_code == 403
    assert "没有申报过" in words(client_as("far_regulator").get(ADDRESS))
