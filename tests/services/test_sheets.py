"""Sheets are recorded once, come out the same whenever they are made, and show when anything was changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest
from sqlalchemy import Engine, text

from sludgetrack import tx
from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.events import EventType, Stream, StreamKind
from sludgetrack.services import manifests
from sludgetrack.services.context import Context
from sludgetrack.services.registering import Registration, register
from sludgetrack.services.sheets import (
    PersonalDataChanged,
    RecordedOtherwise,
    open_sheet,
    render_and_record,
    sheet_on_demand,
    sheets_of,
)
from sludgetrack.store import log
from sludgetrack.store.append import Receipt
from sludgetrack.store.blobs import BlobDamaged, FolderBlobs
from sludgetrack.store.registers import Register
from sludgetrack.store.sheets import Sheet
from tests.documents import pdf
from tests.support.city import City, new_id
from tests.support.sheets import ADDRESS, Archive


def read(archive: Archive, sheet: Sheet) -> str:
    """A sheet's text without spaces, so that line breaks do not matter."""
    return pdf.solid(pdf.text(archive.blobs.get(sheet.file_digest), layout=False))


def rename(archive: Archive, what: Register, stream: Stream, **fields: str) -> None:
    """A register changes after the fact."""
    change = Registration(stream, new_id(), EventType.CHANGED, {"what": str(what), **fields})
    with tx.unit_of_work(archive.engine) as connection:
        register(connection, [change], archive.now())


def test_a_sheet_shows_the_plant_the_weights_and_where_its_event_stands_in_the_log(
    city: City, archive: Archive
) -> None:
    loaded = city.load(city.issue(), net_kg=11_340)

    (sheet,) = archive.record(loaded.event_id)

    shown = read(archive, sheet)
    for expected in ("骆驼湾污水处理厂", "宏达运输有限公司", "张㛃", "豫G12345", "23.340", "11.340"):
        assert expected in shown
    assert f"第{loaded.log_position}条，日志共{loaded.log_position + 1}条" in shown
    assert loaded.entry_hash.hex() in shown


def test_every_event_that_leaves_a_sheet_gets_one_and_the_log_knows_its_digest(city: City, archive: Archive) -> None:
    city.produce()
    number = city.issue()
    city.load(number)
    city.receive(number, 12_000, accepted_kg=9_000)
    city.take_back(number, 2_900)
    city.dispose(number, 9_000)
    events = archive.with_sheet()

    sheets = archive.record(*events)

    assert len(sheets) == 5
    assert [sheet.event_id for sheet in sheets] == events
    with archive.engine.connect() as connection:
        leaves = log.leaves(connection, [sheet.id for sheet in sheets])
    assert all(leaves[sheet.id].holds(sheet.file_digest) for sheet in sheets)
    assert all(hashlib.sha256(archive.blobs.get(s.file_digest)).digest() == s.rendering_digest for s in sheets)


def test_asking_again_gives_the_recorded_sheet(city: City, archive: Archive) -> None:
    event = city.load(city.issue()).event_id
    first = archive.record(event)

    city.clock.forward(days=400)

    assert archive.record(event) == first
    assert len(archive.sheets()) == 2


def test_sheets_come_out_the_same_after_everything_that_happened_since(city: City, archive: Archive) -> None:
    city.produce()
    number = city.issue()
    loaded = city.load(number)
    early = archive.rehearse(loaded.event_id)

    city.clock.forward(hours=1)
    city.receive(number)
    city.dispose(number, 5_000, final=False)
    city.delivered()
    late = archive.rehearse(loaded.event_id)

    assert late.file_digest == early.file_digest
    assert late.log_root == early.log_root


def test_a_disposals_sheet_comes_out_the_same_after_the_lot_was_used_up(city: City, archive: Archive) -> None:
    city.produce()
    number = city.delivered()
    first = city.dispose(number, 5_000, final=False)
    early = archive.rehearse(first.event_id)

    city.dispose(number, 7_000)

    assert archive.rehearse(first.event_id).file_digest == early.file_digest


def test_a_sheet_made_late_names_everybody_as_they_were_called_at_the_time(city: City, archive: Archive) -> None:
    city.produce()
    number = city.delivered()
    disposed = city.dispose(number, 12_000)
    rename(archive, Register.FACILITY, Stream(StreamKind.FACILITY, "P01"), code="P01", name="新厂名")
    rename(archive, Register.FACILITY, Stream(StreamKind.FACILITY, "S-INC"), code="S-INC", name="新焚烧厂名")
    rename(archive, Register.ORGANISATION, Stream(StreamKind.ORGANISATION, "H1"), code="H1", hauler_name="新运输名")

    sheets = archive.record(*archive.with_sheet())

    shown = {sheet.event_id: read(archive, sheet) for sheet in sheets}
    assert all("骆驼湾污水处理厂" in text_ for text_ in shown.values())
    assert "新乡污泥焚烧厂" in shown[disposed.event_id]
    assert not any(new in text_ for text_ in shown.values() for new in ("新厂名", "新焚烧厂名", "新运输名"))


def test_each_sheet_names_the_one_before_it(city: City, archive: Archive) -> None:
    city.delivered()

    sheets = sorted(archive.record(*archive.with_sheet()), key=lambda sheet: sheet.ordinal)

    assert "首张" in read(archive, sheets[0])
    for before, after in pairwise(sheets):
        assert before.file_digest.hex() in read(archive, after)


def test_asking_for_the_last_sheet_of_imported_history_freezes_those_before_it(city: City, archive: Archive) -> None:
    number = city.issue()
    city.load(number)
    received = city.receive(number)
    archive.forget_requests()

    with tx.unit_of_work(archive.engine) as connection:
        asked = sheet_on_demand(archive.press(connection), received.event_id)

    assert asked.ordinal == 3
    assert [sheet.ordinal for sheet in archive.sheets()] == [1, 2, 3]


def test_a_batch_of_sheets_is_one_append_to_the_log(city: City, archive: Archive) -> None:
    for _ in range(3):
        city.issue()
    with archive.engine.connect() as connection:
        before = log.current(connection).size

    archive.record(*archive.with_sheet())

    with archive.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM log_checkpoint WHERE size > :size"), {"size": before}) == 1
        assert log.current(connection).size == before + 3


def test_a_manifest_lists_its_sheets_made_or_not(city: City, archive: Archive) -> None:
    number = city.issue()
    issued = archive.with_sheet()[0]
    (made,) = archive.record(issued)
    city.load(number)

    with archive.engine.connect() as connection:
        listed = sheets_of(connection, made.stream_id)

    assert [(each.type, each.ordinal, each.sheet) for each in listed] == [("issued", 1, made), ("loaded", 2, None)]


def test_the_parties_open_a_sheet_and_a_stranger_learns_nothing_of_it(city: City, archive: Archive) -> None:
    number = city.delivered()

    found, file = city.act("driver", partial(_open, archive, number, 2))

    assert found.file_digest == hashlib.sha256(file).digest()
    for who, ordinal in (("outsider", 2), ("driver", 4), ("driver", 0)):
        with pytest.raises(NotFound):
            city.act(who, partial(_open, archive, number, ordinal))


def test_a_tampered_file_is_not_handed_out(city: City, archive: Archive) -> None:
    number = city.issue()
    (sheet,) = archive.record(*archive.with_sheet())
    place = archive.blobs.place(sheet.file_digest)
    place.write_bytes(place.read_bytes()[:-1] + b"!")

    with pytest.raises(BlobDamaged):
        city.act("plant", partial(_open, archive, number, 1))


def test_events_without_a_sheet_and_events_nobody_recorded_are_refused(city: City, archive: Archive) -> None:
    produced = city.produce().event_id
    number = city.issue()
    assign = c.AssignTruck(event_id=new_id(), plate="豫G12345")
    assigned = city.act("dispatcher", lambda ctx: manifests.act(ctx, number, assign)).event_id

    for event in (produced, assigned, new_id()):
        with pytest.raises(LookupError):
            archive.record(event)
    assert archive.sheets() == []


def test_erased_personal_data_leave_a_sheet_made_later_without_names(
    city: City, archive: Archive, superuser: Engine
) -> None:
    loaded = city.load(city.issue())
    _tamper(superuser, "DELETE FROM personal WHERE event_id = :id", loaded)

    (sheet,) = archive.record(loaded.event_id)

    assert "张㛃" not in read(archive, sheet)
    assert "宏达运输有限公司" in read(archive, sheet)


def test_changed_personal_data_stop_the_sheet(city: City, archive: Archive, superuser: Engine) -> None:
    loaded = city.load(city.issue())
    change = """UPDATE personal SET data = data || '{"driver_name": "别人"}' WHERE event_id = :id"""
    _tamper(superuser, change, loaded)

    with pytest.raises(PersonalDataChanged, match=loaded.event_id):
        archive.record(loaded.event_id)


class Overtaken(FolderBlobs):
    """A store so slow that somebody else records sheets while it keeps its first file."""

    def __init__(self, archive: Archive, *events: str) -> None:
        super().__init__(archive.folder)
        self._meanwhile: Callable[[], object] | None = lambda: archive.record(*events)

    def put(self, content: bytes) -> bytes:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile:
            meanwhile()
        return super().put(content)


def test_of_two_writers_one_records_a_sheet_and_both_get_it(city: City, archive: Archive) -> None:
    city.load(city.issue())
    issued, loaded = archive.with_sheet()

    with tx.unit_of_work(archive.engine) as connection:
        press = replace(archive.press(connection), blobs=Overtaken(archive, issued))
        made = render_and_record(press, [issued, loaded])

    assert list(made.values()) == archive.sheets()


def test_a_sheet_built_upon_one_that_was_not_recorded_is_not_recorded_either(city: City, archive: Archive) -> None:
    city.load(city.issue())
    issued, loaded = archive.with_sheet()

    with tx.unit_of_work(archive.engine) as connection:
        press = replace(archive.press(connection, "https://other.example.cn"), blobs=Overtaken(archive, issued))
        with pytest.raises(RecordedOtherwise, match=issued):
            render_and_record(press, [loaded])
        connection.rollback()
    (second,) = archive.record(loaded)

    first = archive.sheets()[0]
    assert first.public_address == ADDRESS
    assert first.file_digest.hex() in read(archive, second)


def _open(archive: Archive, number: str, ordinal: int, ctx: Context) -> tuple[Sheet, bytes]:
    return open_sheet(ctx, archive.press(ctx.connection), number, ordinal)


def _tamper(superuser: Engine, statement: str, receipt: Receipt) -> None:
    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement), {"id": receipt.event_id})
