"""``sludgetrack sheets``: every sheet of a manifest as a file, by whatever name people know it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sludgetrack.cli import main
from sludgetrack.cli.common import Session
from sludgetrack.domain import numbers
from sludgetrack.settings import Settings
from tests.documents import pdf
from tests.support.city import City
from tests.support.sheets import ADDRESS, Archive


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the files go; not made yet."""
    return tmp_path / "out" / "sheets"


def sheets(archive: Archive, *arguments: str, blobs: str | None = None) -> Result:
    settings = Settings(home=archive.folder.parent, blobs=blobs or str(archive.folder), public_address=ADDRESS)
    return CliRunner().invoke(main, ["sheets", *arguments], obj=Session(settings, archive.engine))


def test_every_sheet_is_written_under_a_name_that_says_what_it_is(city: City, archive: Archive, out: Path) -> None:
    number = city.delivered()

    result = sheets(archive, numbers.grouped(number), "--out", str(out))

    names = [f"{number}-1-issued.pdf", f"{number}-2-loaded.pdf", f"{number}-3-received.pdf"]
    assert (result.exit_code, result.stdout.splitlines()) == (0, [str(out / name) for name in names])
    assert sorted(path.name for path in out.iterdir()) == names
    assert "装运" in pdf.text((out / names[1]).read_bytes())


def test_what_is_written_is_what_was_recorded(city: City, archive: Archive, out: Path) -> None:
    number = city.issue()
    (recorded,) = archive.record(*archive.with_sheet())

    sheets(archive, number, "--out", str(out))

    (file,) = out.iterdir()
    assert hashlib.sha256(file.read_bytes()).digest() == recorded.file_digest


def test_sheets_of_imported_history_are_made_once_and_stay(city: City, archive: Archive, out: Path) -> None:
    number = city.issue()
    city.load(number)
    archive.forget_requests()

    sheets(archive, number, "--out", str(out))
    made = archive.sheets()
    city.clock.forward(days=1)
    sheets(archive, number, "--out", str(out))

    assert len(made) == 2
    assert archive.sheets() == made


def test_a_manifest_is_found_by_its_external_number(city: City, archive: Archive, out: Path) -> None:
    number = city.issue(external_number="豫新-WN-129")

    assert sheets(archive, "豫新-WN-129", "--out", str(out)).exit_code == 0
    assert [path.name for path in out.iterdir()] == [f"{number}-1-issued.pdf"]


def test_an_external_number_of_two_plants_is_refused_with_both_numbers(city: City, archive: Archive, out: Path) -> None:
    first = city.issue(external_number="WN-1")
    second = city.issue(external_number="WN-1", giver="P02")

    result = sheets(archive, "WN-1", "--out", str(out))

    assert result.exit_code == 1
    assert numbers.grouped(first) in result.stderr
    assert numbers.grouped(second) in result.stderr
    assert not out.exists()


def test_an_unknown_manifest_is_refused(city: City, archive: Archive, out: Path) -> None:
    result = sheets(archive, "WN-404", "--out", str(out))

    assert (result.exit_code, result.stdout) == (1, "")
    assert "no manifest is called WN-404" in result.stderr


def test_tampered_and_missing_files_are_named_and_the_others_written(city: City, archive: Archive, out: Path) -> None:
    number = city.delivered()
    places = [archive.blobs.place(sheet.file_digest) for sheet in archive.record(*archive.with_sheet())]
    places[0].write_bytes(b"%PDF-1.4 another")
    places[1].unlink()

    result = sheets(archive, number, "--out", str(out))

    assert result.exit_code == 1
    assert f"{number}-1-issued.pdf: the file {places[0].name} was changed" in result.stderr
    assert f"{number}-2-loaded.pdf: the file {places[1].name} is missing" in result.stderr
    assert [path.name for path in out.iterdir()] == [f"{number}-3-received.pdf"]


def test_storage_that_cannot_be_used_is_wrong_usage(city: City, archive: Archive, out: Path) -> None:
    result = sheets(archive, city.issue(), "--out", str(out), blobs="s3://")

    assert result.exit_code == 2
    assert "SLUDGETRACK_BLOBS" in result.stderr
