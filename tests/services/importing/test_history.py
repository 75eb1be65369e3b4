"""Weeks of everything that can happen: imported, they are booked exactly as the pure functions book them."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from sludgetrack.domain.mass import Account
from sludgetrack.services.audit import audit
from tests.domain.ledger import Replay, replay
from tests.services.importing.generated import ledger, until
from tests.services.importing.making import VEHICLES, Import, picture, rows, run, write

FEBRUARY = date(2025, 1, 31)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated ledger."""
    return write(tmp_path_factory.mktemp("generated") / "ledger", ledger())


def agree(engine: Engine, replayed: Replay) -> None:
    """What lies where, and every posting, is what the replay says."""
    book = replayed.book
    found = rows(engine, "SELECT name, account, physical_left, origin_left FROM holding")
    assert sorted(found) == sorted(
        (h.id, str(h.account), h.physical_left, h.origin_left) for h in (*book.lots.values(), *book.road.values())
    )
    told: dict[tuple[Any, ...], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for entry in book.entries:
        p = entry.posting
        key = (entry.day, str(p.account), p.origin, p.route, p.cause and str(p.cause), p.compliant)
        told[key] = (told[key][0] + p.origin_units, told[key][1] + p.physical_units)
    query = """
        SELECT p.day, p.account, o.name, p.route, p.cause, p.compliant, sum(origin_units), sum(physical_units)
        FROM posting p JOIN holding o ON o.id = p.origin_id GROUP BY 1, 2, 3, 4, 5, 6"""
    posted = {row[:6]: (int(row[6]), int(row[7])) for row in rows(engine, query)}
    assert posted == dict(told)


def agrees_with_itself(engine: Engine) -> bool:
    """Whether an audit finds nothing."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        report = audit(connection, _no_blob)
    assert [outcome.first for outcome in report.outcomes if outcome.found] == []
    return report.agrees


def _no_blob(_digest: bytes) -> None:
    """Imported events have no sheets yet."""


def test_an_imported_history_is_booked_as_the_pure_functions_book_it(engine: Engine, folder: Path) -> None:
    imported = run(engine, folder, steps=50)

    assert imported.codes == []
    agree(engine, replay(folder))


def test_an_audit_of_an_imported_history_finds_nothing(engine: Engine, folder: Path) -> None:
    run(engine, folder, steps=70)

    assert agrees_with_itself(engine)


def test_the_size_of_the_chunks_does_not_matter(engine: Engine, other_engine: Engine, tmp_path: Path) -> None:
    part = write(tmp_path / "l", until(ledger(), date(2025, 1, 27)))
    run(engine, part, steps=1)
    run(other_engine, part, steps=100_000)

    assert picture(engine) == picture(other_engine)


def test_a_second_import_of_the_same_files_changes_nothing_and_says_so(engine: Engine, folder: Path) -> None:
    first = run(engine, folder)
    before = picture(engine)

    again = run(engine, folder)

    assert (again.codes, again.outcome.events, picture(engine)) == ([], 0, before)
    for file, counts in again.outcome.files.items():
        assert (counts.new, counts.updated, counts.unchanged) == (0, 0, first.counts(file).new)


@pytest.mark.parametrize("whole", [True, False], ids=["the whole again", "the later rows alone"])
def test_two_instalments_come_to_the_same_as_one(
    engine: Engine, other_engine: Engine, tmp_path: Path, *, whole: bool
) -> None:
    files = ledger()
    january = until(files, FEBRUARY)
    rest = files if whole else _without(files, january)
    run(other_engine, write(tmp_path / "one", files))
    run(engine, write(tmp_path / "january", january))

    imported = run(engine, write(tmp_path / "rest", rest))

    assert imported.counts("movements").updated > 0
    assert _comparable(engine) == _comparable(other_engine)


def test_a_broken_off_import_is_finished_by_running_it_again(
    engine: Engine, other_engine: Engine, superuser: Engine, folder: Path
) -> None:
    run(other_engine, folder, steps=60)
    manifest = ledger()["movements"][45]["manifest"]
    with superuser.begin() as connection:
        connection.execute(text(_FAILING.format(name=manifest)))

    with pytest.raises(Exception, match="the disk is full"):
        run(engine, folder, steps=60)
    written = rows(engine, "SELECT count(*) FROM manifest")[0][0]
    with superuser.begin() as connection:
        connection.execute(text("DROP TRIGGER failing ON manifest"))
    imported = run(engine, folder, steps=60)

    assert 0 < written < len(ledger()["movements"])
    assert imported.counts("movements").updated > 0
    assert picture(engine) == picture(other_engine)
    assert agrees_with_itself(engine)


_FAILING = """
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full'; END $$;
CREATE TRIGGER failing BEFORE INSERT ON manifest FOR EACH ROW WHEN (NEW.name = '{name}') EXECUTE FUNCTION fail()
"""


def _without(files: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    return {name: [row for row in rows if row not in known[name]] for name, rows in files.items()}


def _comparable(engine: Engine) -> dict[str, list[str]]:
    """The picture but for the numbers: what was issued and not loaded got its number in another place."""
    return {name: rows for name, rows in picture(engine).items() if name != "numbers"}


def test_nothing_of_the_ledger_s_people_is_in_the_claims(engine: Engine, folder: Path) -> None:
    run(engine, folder)

    claims = json.dumps(rows(engine, "SELECT claim FROM entry"), ensure_ascii=False)
    assert "张师傅" not in claims
    assert VEHICLES[0]["plate"] in claims


def test_what_is_on_the_road_at_the_end_is_in_transit(engine: Engine, folder: Path) -> None:
    imported: Import = run(engine, folder)

    assert imported.codes == []
    ((units,),) = rows(engine, "SELECT sum(physical_units) FROM posting WHERE account = :a", a=str(Account.TRANSIT))
    ((left,),) = rows(engine, "SELECT sum(physical_left) FROM holding WHERE account = :a", a=str(Account.TRANSIT))
    assert int(units) == int(left) > 0
