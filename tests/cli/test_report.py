"""``sludgetrack report``: a file to print, and how wrong questions end."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result
from sqlalchemy import Engine

from sludgetrack.cli import main
from sludgetrack.cli.common import Session
from tests.documents import pdf
from tests.support.city import City


def ask(engine: Engine, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["report", *arguments], obj=Session(engine=engine))


def test_a_report_is_written_and_named(city: City, tmp_path: Path) -> None:
    city.produce()
    day, out = city.clock().date().isoformat(), tmp_path / "report.pdf"
    result = ask(city.engine, "--from", day, "--to", day, "--division", "4107", "--out", str(out))

    assert (result.exit_code, result.stdout) == (0, f"{out}\n")
    assert "20.000" in pdf.text(out.read_bytes())


def test_a_period_that_ends_before_it_begins_is_refused(city: City, tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    result = ask(city.engine, "--from", "2026-02-01", "--to", "2026-01-01", "--out", str(out))

    assert result.exit_code == 2
    assert "lies before" in result.stderr
    assert not out.exists()


def test_a_division_that_is_none_is_refused(city: City, tmp_path: Path) -> None:
    day = city.clock().date().isoformat()
    result = ask(city.engine, "--from", day, "--to", day, "--division", "Henan", "--out", str(tmp_path / "x.pdf"))

    assert result.exit_code == 2
    assert "division" in result.stderr
