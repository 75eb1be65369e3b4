"""The report of a period by program."""

from __future__ import annotations

from tests.api.conftest import ProgramOf
from tests.documents import pdf
from tests.support.city import City

PERIOD = "from=2026-03-01&to=2026-03-31"


def test_an_authority_s_program_gets_the_report_of_its_division(program: ProgramOf, city: City) -> None:
    city.produce()
    day = city.clock().date().isoformat()
    answer = program("regulator").get(f"/reports/period.pdf?from={day}&to={day}")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'inline; filename="report-4107-{day}-{day}.pdf"'
    assert "20.000" in pdf.text(answer.data)


def test_of_another_division_there_is_none(program: ProgramOf, city: City) -> None:
    assert city
    assert program("regulator").get(f"/reports/period.pdf?{PERIOD}&division=22").status_code == 403


def test_a_period_that_ends_before_it_begins_is_refused(program: ProgramOf, city: City) -> None:
    assert city
    assert program("regulator").get("/reports/period.pdf?from=2026-03-31&to=2026-03-01").status_code == 422


def test_a_driver_s_program_gets_none(program: ProgramOf, city: City) -> None:
    assert city
    assert program("driver").get(f"/reports/period.pdf?{PERIOD}").status_code == 403
