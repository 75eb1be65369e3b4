"""``sludgetrack audit``: findings on standard output, what was checked on standard error, and the exit code."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from sludgetrack.cli import main
from sludgetrack.cli.common import Session
from sludgetrack.settings import Settings
from sludgetrack.store import log
from tests.support.city import City
from tests.support.sheets import Archive


def audit(archive: Archive, *arguments: str, blobs: str | None = None) -> Result:
    settings = Settings(home=archive.folder.parent, blobs=blobs or str(archive.folder))
    return CliRunner().invoke(main, ["audit", *arguments], obj=Session(settings, archive.engine))


@pytest.fixture
def delivered(city: City, archive: Archive) -> str:
    """A manifest with its three sheets."""
    number = city.delivered()
    archive.record(*archive.with_sheet())
    return number


def test_a_record_that_agrees_ends_well(delivered: str, archive: Archive, engine: Engine) -> None:
    result = audit(archive)

    assert (result.exit_code, result.stdout) == (0, f"log {head(engine)}\n")
    assert "sheets                3 checked, agree" in result.stderr


def test_what_disagrees_is_named_with_its_place_code_and_detail(
    delivered: str, archive: Archive, superuser: Engine
) -> None:
    tamper(superuser, "UPDATE manifest SET status = 'void'")

    result = audit(archive)

    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == (
        f"manifest:{delivered}: row_differs: status is 'void' instead of 'delivered'"
    )
    assert "manifests             1 checked, 1 disagree" in result.stderr


def test_json_tells_every_area(delivered: str, archive: Archive, superuser: Engine) -> None:
    tamper(superuser, "UPDATE day_sum SET origin_units = origin_units + 1 WHERE account = 'transit'")

    result = audit(archive, "--format", "json")

    document = json.loads(result.stdout)
    found = {area["area"]: area["found"] for area in document["areas"] if area["found"]}
    assert (result.exit_code, document["agrees"], found) == (1, False, {"sums": 1})
    assert next(area["first"]["code"] for area in document["areas"] if area["first"]) == "day_sum_differs"


def test_a_damaged_sheet_and_a_lost_one_are_told_apart(delivered: str, archive: Archive) -> None:
    damaged, lost, _ = (archive.blobs.place(sheet.file_digest) for sheet in archive.sheets())
    damaged.write_bytes(b"x")
    assert ": file_changed: " in audit(archive).stdout
    damaged.unlink()
    lost.unlink()
    assert ": file_missing: " in audit(archive).stdout


def test_a_head_kept_elsewhere_is_compared(delivered: str, archive: Archive, engine: Engine) -> None:
    kept = head(engine)
    size, _, root = kept.partition(":")

    assert audit(archive, "--head", kept).exit_code == 0
    wrong = audit(archive, "--head", f"{size}:{'0' * 64}", "--head", f"{int(size) + 1}:{root}")
    assert wrong.exit_code == 1
    assert f"head {size} kept elsewhere: kept_head_differs" in wrong.stdout
    assert "log " in wrong.stderr
    assert "2 disagree" in wrong.stderr


@pytest.mark.parametrize("written", ["12", "x:00", "12:00"])
def test_a_head_that_is_none_is_wrong_usage(archive: Archive, written: str) -> None:
    result = audit(archive, "--head", written)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "SIZE:ROOT" in result.stderr


def test_a_place_of_sheets_that_is_none_is_wrong_usage(archive: Archive) -> None:
    result = audit(archive, blobs="s3://")

    assert result.exit_code == 2


def test_the_audit_writes_nothing(delivered: str, archive: Archive, engine: Engine) -> None:
    before = head(engine)

    audit(archive)

    assert head(engine) == before


def head(engine: Engine) -> str:
    with engine.connect() as connection:
        found = log.current(connection)
    return f"{found.size}:{found.root.hex()}"


def tamper(superuser: Engine, statement: str) -> None:
    with superuser.begin() as connection:
        assert connection.execute(text(statement)).rowcount
