"""The audit of a busy city: everything agrees, until somebody with every right changes one thing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select, text

from sludgetrack.domain.merkle import Frontier
from sludgetrack.services.audit import Area, AuditReport, KeptHead, Outcome, areas, audit
from sludgetrack.store import log, scan
from sludgetrack.store.embedded import Cluster
from sludgetrack.store.tables.manifests import sheet
from tests.services.tamperings import TAMPERINGS, spelled
from tests.support.busy import make_busy
from tests.support.city import City, found_city
from tests.support.clock import Clock
from tests.support.place import Place, place_in
from tests.support.sheets import Archive


@pytest.fixture(scope="module")
def place(cluster: Cluster) -> Iterator[Place]:
    """A busy city that no test changes for good."""
    with place_in(cluster) as place:
        make_busy(found_city(place.engine, Clock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))))
        yield place


@pytest.fixture
def tampering(place: Place) -> Iterator[Connection]:
    """A moment in which everything may be changed, and after which nothing has been."""
    with place.superuser.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
        connection.rollback()


@pytest.mark.parametrize("chunk", [1, 3, 2000])
def test_everything_agrees(place: Place, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(scan, "CHUNK", chunk)

    report = audited(place.engine)

    assert wrong(report) == {}
    assert report.agrees
    assert {found.area for found in report.outcomes if not found.checked} == {Area.SHEETS, Area.CORRECTIONS}


def test_an_empty_record_agrees(engine: Engine) -> None:
    assert audited(engine).agrees


def test_the_report_says_which_head_was_audited(place: Place) -> None:
    report, head = audited(place.engine), current_head(place.engine)

    assert (report.log_size, report.log_root) == (head.size, head.root)


@pytest.mark.parametrize("what", TAMPERINGS)
def test_names_what_was_tampered_with(tampering: Connection, what: str) -> None:
    tamper(tampering, TAMPERINGS[what].statement())

    first = outcome(audit(tampering, nothing), TAMPERINGS[what].area).first

    assert first is not None
    assert (first.code, TAMPERINGS[what].where in first.where) == (TAMPERINGS[what].code, True), first


def test_a_swapped_pair_of_events_breaks_the_chain_where_it_begins(tampering: Connection) -> None:
    tamper(tampering, spelled("UPDATE entry SET seq = seq + 1000 WHERE seq IN (2, 3) AND stream_id = DELIVERED"))
    tamper(tampering, "UPDATE entry SET seq = 1005 - seq WHERE seq > 1000")

    found = outcome(audit(tampering, nothing), Area.CHAINS).first

    assert found is not None
    assert (found.code, found.where.endswith("#2")) == ("chain_broken", True)


def test_swapped_salts_show_at_both_events(tampering: Connection) -> None:
    tamper(
        tampering,
        spelled(
            "UPDATE personal p SET salt = q.salt FROM personal q, entry e, entry f"
            " WHERE e.event_id = p.event_id AND f.event_id = q.event_id AND e.stream_id = f.stream_id"
            " AND e.seq IN (2, 3) AND f.seq = 5 - e.seq AND e.stream_id = DELIVERED"
        ),
    )

    found = outcome(audit(tampering, nothing), Area.CHAINS)

    assert (found.found, found.first and found.first.code) == (2, "personal_changed")


@pytest.mark.parametrize(
    ("what", "only"),
    [
        ("a share", Area.HOLDINGS),
        ("a day's sum", Area.SUMS),
        ("a driver's name", Area.CHAINS),
        ("a manifest's state", Area.MANIFESTS),
        ("a vehicle's rated load", Area.REGISTERS),
        ("a leaf's salt", Area.LOG),
    ],
)
def test_one_thing_changed_is_one_disagreement(tampering: Connection, what: str, only: Area) -> None:
    tamper(tampering, TAMPERINGS[what].statement())

    report = audit(tampering, nothing)

    assert {area: outcome(report, area).found for area in wrong(report)} == {only: 1}


def test_what_cannot_be_read_does_not_keep_the_audit_from_the_rest(tampering: Connection) -> None:
    tamper(tampering, TAMPERINGS["a claim nobody can read"].statement())
    tamper(tampering, TAMPERINGS["a day's sum"].statement())

    report = audit(tampering, nothing)

    assert (outcome(report, Area.CHAINS).found, outcome(report, Area.SUMS).found) == (1, 1)


def test_the_replay_gives_up_where_nothing_fits_any_more(
    tampering: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sludgetrack.services.audit.replay.MOST_DISAGREEMENTS", 2)
    monkeypatch.setattr(scan, "CHUNK", 5)
    tamper(tampering, "UPDATE posting SET physical_units = physical_units + 1")

    assert outcome(audit(tampering, nothing), Area.POSTINGS).stopped


def test_a_head_kept_elsewhere_is_found_again(city: City, engine: Engine) -> None:
    kept = current_head(engine)
    city.produce("LATER")

    assert audited(engine, kept).agrees


def test_a_head_of_any_moment_can_be_checked(place: Place) -> None:
    with place.engine.connect() as connection:
        leaves = [row.hash for row in scan.leaves(connection)]
    heads = [KeptHead(size, Frontier().append(leaves[:size]).root()) for size in (0, 1, 7, len(leaves))]

    assert audited(place.engine, *heads).agrees


def test_a_tail_cut_off_everywhere_shows_only_against_a_head_kept_elsewhere(
    city: City, engine: Engine, superuser: Engine
) -> None:
    city.delivered()
    with engine.connect() as connection:
        peaks = scan.head(connection)[1]
    number = city.issue()
    kept = current_head(engine)

    with superuser.begin() as connection:
        cut_off(connection, number, peaks)

    assert wrong(audited(engine)) == {}
    found = outcome(audited(engine, kept), Area.LOG).first
    assert found is not None
    assert (found.code, found.where) == ("kept_head_cut_off", f"head {kept.size} kept elsewhere")


def test_a_log_written_anew_shows_only_against_a_head_kept_elsewhere(tampering: Connection) -> None:
    head = log.current(tampering)
    kept = KeptHead(head.size, head.root)

    rewrite_last_leaf(tampering)

    assert audit(tampering, nothing).agrees
    found = outcome(audit(tampering, nothing, kept_heads=[kept]), Area.LOG).first
    assert found is not None
    assert found.code == "kept_head_differs"


@pytest.mark.parametrize("written", ["", "12", "12:", "x:" + "0" * 64, "12:" + "0" * 63, "12:" + "g" * 64])
def test_a_head_is_a_size_and_a_root(written: str) -> None:
    with pytest.raises(ValueError, match="SIZE:ROOT"):
        KeptHead.parse(written)


def test_progress_is_told_by_area(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(areas, "STEP", 10)
    told: dict[Area, int] = {}

    with place.engine.connect() as connection:
        audit(connection, nothing, progress=told.__setitem__)

    assert {Area.CHAINS, Area.LOG, Area.POSTINGS} <= told.keys()


def test_work_goes_on_while_the_record_is_audited(city: City, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(areas, "STEP", 10)
    city.delivered()
    before = current_head(engine)

    def work_on(_area: Area, _count: int) -> None:
        city.issue()

    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        report = audit(connection, nothing, progress=work_on)

    assert wrong(report) == {}
    assert report.log_size == before.size < current_head(engine).size


def test_every_sheet_is_there_and_is_the_one_on_record(city: City, engine: Engine, archive: Archive) -> None:
    record_sheets(city, archive)

    report = audited_with(engine, archive)

    assert wrong(report) == {}
    assert outcome(report, Area.SHEETS).checked == 3


def test_a_lost_sheet_is_missed(city: City, engine: Engine, archive: Archive) -> None:
    lost = record_sheets(city, archive)
    archive.blobs.place(lost).unlink()

    assert sheet_code(audited_with(engine, archive)) == "file_missing"


def test_a_changed_sheet_is_noticed(city: City, engine: Engine, archive: Archive) -> None:
    changed = archive.blobs.place(record_sheets(city, archive))
    changed.write_bytes(changed.read_bytes()[:-1] + b"x")

    assert sheet_code(audited_with(engine, archive)) == "file_changed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE sheet SET size = size + 1", "size_differs"),
        ("UPDATE sheet SET log_root = decode(repeat('00', 32), 'hex')", "head_differs"),
    ],
)
def test_what_is_on_record_of_a_sheet_is_checked(
    city: City, engine: Engine, archive: Archive, superuser: Engine, change: str, code: str
) -> None:
    record_sheets(city, archive)
    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        tamper(connection, change)

    assert sheet_code(audited_with(engine, archive)) == code


def test_a_sheet_taken_off_the_record_leaves_its_leaf(
    city: City, engine: Engine, archive: Archive, superuser: Engine
) -> None:
    record_sheets(city, archive)
    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        tamper(connection, "DELETE FROM sheet WHERE ordinal = 2")

    found = outcome(audited_with(engine, archive), Area.LOG).first
    assert found is not None
    assert (found.code, "sheet" in found.detail) == ("leaf_of_nothing", True)


def record_sheets(city: City, archive: Archive) -> bytes:
    """The sheets of a delivered load; the digest of the first file."""
    number = city.delivered()
    with city.engine.connect() as connection:
        query = "SELECT event_id::text FROM entry JOIN stream s ON s.id = stream_id WHERE s.name = :number ORDER BY seq"
        events = connection.scalars(text(query), {"number": number}).all()
    archive.record(*events)
    with city.engine.connect() as connection:
        digest: bytes = connection.execute(select(sheet.c.file_digest).where(sheet.c.ordinal == 1)).scalar_one()
    return digest


def audited(engine: Engine, *heads: KeptHead) -> AuditReport:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        return audit(connection, nothing, kept_heads=heads)


def audited_with(engine: Engine, archive: Archive) -> AuditReport:
    def read(digest: bytes) -> bytes | None:
        path: Path = archive.blobs.place(digest)
        return path.read_bytes() if path.exists() else None

    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        return audit(connection, read)


def nothing(_digest: bytes) -> None:
    """A place without files."""


def outcome(report: AuditReport, area: Area) -> Outcome:
    return next(found for found in report.outcomes if found.area is area)


def sheet_code(report: AuditReport) -> str | None:
    found = outcome(report, Area.SHEETS).first
    return None if found is None else found.code


def wrong(report: AuditReport) -> dict[Area, str]:
    return {
        found.area: f"{found.first.where}: {found.first.code}: {found.first.detail}"
        for found in report.outcomes
        if found.first is not None
    }


def current_head(engine: Engine) -> KeptHead:
    with engine.connect() as connection:
        head = log.current(connection)
    return KeptHead(head.size, head.root)


def tamper(connection: Connection, statement: str, **values: object) -> None:
    assert connection.execute(text(statement), values).rowcount


def cut_off(connection: Connection, number: str, peaks: tuple[bytes, ...]) -> None:
    """Remove the newest manifest, of which there is one event, from everywhere."""
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    for statement in (
        "DELETE FROM personal WHERE event_id IN (SELECT event_id FROM entry WHERE stream_id = MINE)",
        "DELETE FROM log_leaf WHERE ref IN (SELECT event_id FROM entry WHERE stream_id = MINE)",
        "DELETE FROM entry WHERE stream_id = MINE",
        "DELETE FROM manifest_party WHERE manifest_id = MINE",
        "DELETE FROM manifest WHERE number = :number",
        "DELETE FROM name WHERE name = :number",
        "DELETE FROM stream WHERE name = :number",
    ):
        mine = statement.replace("MINE", "(SELECT id FROM stream WHERE name = :number)")
        tamper(connection, mine, number=number)
    tamper(connection, "DELETE FROM log_checkpoint WHERE size = (SELECT max(size) FROM log_checkpoint)")
    tamper(connection, "UPDATE log_head SET size = size - 1, peaks = :peaks", peaks=list(peaks))
    tamper(connection, "UPDATE number_counter SET last_serial = last_serial - 1")


def rewrite_last_leaf(connection: Connection) -> None:
    """Put another last leaf into the log, with all that follows from it."""
    last = list(scan.leaves(connection))[-1]
    salt = bytes(16)
    tamper(
        connection,
        "UPDATE log_leaf SET salt = :salt, hash = :hash WHERE position = :position",
        salt=salt,
        hash=log.leaf(last.kind, salt, last.digest),
        position=last.position,
    )
    grown = Frontier().append(row.hash for row in scan.leaves(connection))
    tamper(connection, "UPDATE log_checkpoint SET root = :root WHERE size = :size", root=grown.root(), size=grown.size)
    tamper(connection, "UPDATE log_head SET peaks = :peaks", peaks=list(grown.peaks))
