"""Lines on standard error: one for each thing that happened, joined by the request's id."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextvars import copy_context
from typing import Any

import pytest
import structlog

from sludgetrack import telemetry


def test_a_line_is_json_with_its_event_and_figures(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure()
    telemetry.log().info(telemetry.EVENT_APPENDED, manifest="20254107210010000129", seq=3)

    line = the_line(capsys)
    assert (line["event"], line["manifest"], line["seq"], line["level"]) == (
        "event_appended", "20254107210010000129", 3, "info",
    )  # fmt: skip
    assert line["timestamp"].endswith("Z")


def test_on_a_terminal_a_line_is_for_reading(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure(as_json=False)
    telemetry.log().warning(telemetry.OUTBOX_FAILED, topic="sheet")

    assert "outbox_failed" in capsys.readouterr().err


def test_details_are_left_out_unless_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure()
    telemetry.log().debug(telemetry.REQUEST_SERVED)

    assert capsys.readouterr().err == ""


def test_a_warning_of_a_library_comes_out_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure()
    logging.getLogger("alembic").warning("two %s", "heads")

    line = the_line(capsys)
    assert (line["event"], line["logger"], line["level"]) == ("two heads", "alembic", "warning")


def test_everything_in_a_request_carries_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure()

    def request() -> str:
        chosen = telemetry.begin_request()
        telemetry.log().info(telemetry.REQUEST_SERVED)
        return chosen

    before = telemetry.request_id()
    chosen = copy_context().run(request)
    assert the_line(capsys)["request_id"] == chosen
    assert telemetry.request_id() == before != chosen


@pytest.mark.parametrize("given", ["01a20409-3a78-71cc-9325", "proxy.7_42"])
def test_an_id_the_caller_gives_is_kept(given: str) -> None:
    assert copy_context().run(telemetry.begin_request, given) == given


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "id\nforged line", "联单联单联单联单"])
def test_an_id_that_could_forge_a_line_is_replaced(given: str) -> None:
    assert copy_context().run(telemetry.begin_request, given) != given


def test_a_traceback_shows_no_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure(as_json=False)
    try:
        fail_for("139" + "0" * 8)
    except ZeroDivisionError:
        telemetry.log().exception(telemetry.REQUEST_FAILED)

    printed = capsys.readouterr().err
    assert "ZeroDivisionError" in printed
    assert "13900000000" not in printed


def fail_for(phone: str) -> float:
    return len(phone) / 0


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging is the whole process's: give it back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def the_line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    line: dict[str, Any] = json.loads(lines[0])
    return line
