"""A correction in effect leaves a new edition of the sheet; what was printed before stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine, select

from sludgetrack.documents.content import Correction, Revised, SheetContent, Words
from sludgetrack.domain import commands as c
from sludgetrack.domain.events import Stream, StreamKind
from sludgetrack.domain.registrations import LockPeriod
from sludgetrack.services import locking, manifests
from sludgetrack.services.cases import open_case
from sludgetrack.services.correcting import answer, propose
from sludgetrack.services.sheets import sheets_of
from sludgetrack.store.sheets import Sheet
from sludgetrack.store.streams import corrections_of
from sludgetrack.store.tables.manifests import correction
from tests.documents import pdf
from tests.support.city import City, new_id
from tests.support.sheets import Archive, content, content_at


@dataclass
class Correcting:
    """Corrections of one manifest's or facility's events, in short."""

    city: City
    stream: Stream

    @staticmethod
    def of(city: City, number: str) -> Correcting:
        return Correcting(city, Stream(StreamKind.MANIFEST, number))

    def event(self, kind: str) -> str:
        entries = self.city.act("regulator", lambda ctx: open_case(ctx, self.stream.name, lock=False)).entries
        return next(entry.claim.event_id for entry in entries if entry.claim.type == kind)

    def propose(self, who: str, corrects: str, reason: str = "磅单录错", **changes: Any) -> str:
        lines = tuple(c.ChangeLine(name, new) for name, new in changes.items())
        command = c.ProposeCorrection(event_id=new_id(), corrects=corrects, changes=lines, reason=reason)
        return self.city.act(who, lambda ctx: propose(ctx, self.stream, command)).event_id

    def approve(self, who: str, proposal: str) -> None:
        command = c.ApproveCorrection(event_id=new_id(), proposal=proposal)
        self.city.act(who, lambda ctx: answer(ctx, self.stream, command))

    def refuse(self, who: str, proposal: str) -> None:
        command = c.RefuseCorrection(event_id=new_id(), proposal=proposal, reason="与磅房记录不符")
        self.city.act(who, lambda ctx: answer(ctx, self.stream, command))

    def load_was(self, net_kg: int) -> str:
        proposal = self.propose("plant", self.event("loaded"), gross_out_kg=net_kg + 12_000, net_out_kg=net_kg)
        self.approve("dispatcher", proposal)
        return proposal


def delivered(city: City) -> Correcting:
    city.produce()
    return Correcting.of(city, city.delivered())


def read(archive: Archive, sheet: Sheet) -> str:
    return pdf.solid(pdf.text(archive.blobs.get(sheet.file_digest), layout=False))


def labelled(sheet: SheetContent) -> list[tuple[str, Any]]:
    return [(detail.label.zh, detail.value) for detail in sheet.details]


def test_the_new_edition_shows_the_corrected_figures_old_and_new_and_who_agreed(city: City, engine: Engine) -> None:
    made = delivered(city)
    made.load_was(11_500)

    sheet = content(engine, made.stream.name)

    assert (sheet.event, sheet.revised, sheet.ordinal) == ("corrected", Revised("loaded", 2), 4)
    assert sheet.weighed_out is not None
    assert (sheet.weighed_out.gross_kg, sheet.weighed_out.net_kg) == (23_500, 11_500)
    at, agreed = city.clock(), "新乡水务有限公司 李会计、宏达运输有限公司 赵调度"
    assert sheet.corrections == (
        Correction(
            Words("第 2 条 装运 出厂毛重", "gross out"), "24.000\u00a0t", "23.500\u00a0t", "磅单录错", at, agreed
        ),
        Correction(Words("第 2 条 装运 出厂净重", "net out"), "12.000\u00a0t", "11.500\u00a0t", "磅单录错", at, agreed),
    )
    assert labelled(sheet)[:2] == [("更正对象", "第 2 条 装运"), ("原因", "磅单录错")]
    assert [label for label, _ in labelled(sheet)[2:]] == ["提出", "同意"]


def test_everybody_s_word_to_a_correction_stands_in_the_custody_table(city: City, engine: Engine) -> None:
    made = delivered(city)
    made.load_was(11_500)

    rows = [(row.event, row.giver, row.taker, row.method) for row in content(engine, made.stream.name).custody]

    assert rows[-3:] == [
        ("correction_proposed", "新乡水务有限公司 李会计", None, None),
        ("correction_approved", "宏达运输有限公司 赵调度", None, None),
        ("corrected", "新乡水务有限公司", None, None),
    ]


def test_a_second_correction_of_the_same_event_is_its_third_edition(city: City, engine: Engine) -> None:
    made = delivered(city)
    made.load_was(11_500)
    made.load_was(11_400)

    sheet = content(engine, made.stream.name)

    assert sheet.revised == Revised("loaded", 3)
    assert [(line.old, line.new) for line in sheet.corrections][1::2] == [
        ("12.000\u00a0t", "11.500\u00a0t"),
        ("11.500\u00a0t", "11.400\u00a0t"),
    ]


def test_earlier_sheets_know_nothing_of_a_correction_and_later_ones_build_on_it(city: City, engine: Engine) -> None:
    city.produce()
    number = city.issue()
    city.load(number)
    made = Correcting.of(city, number)
    made.load_was(11_500)
    city.receive(number, 11_450)

    loaded, received = content_at(engine, number, 2), content(engine, number)

    assert loaded.weighed_out is not None
    assert received.weighed_out is not None
    assert (loaded.weighed_out.net_kg, loaded.corrections, loaded.revised) == (12_000, (), None)
    assert (received.weighed_out.net_kg, len(received.corrections), received.revised) == (11_500, 2, None)


def test_what_was_refused_stays_readable_on_later_sheets_with_its_reasons(city: City, engine: Engine) -> None:
    city.produce()
    number = city.issue()
    city.load(number)
    made = Correcting.of(city, number)
    made.refuse("dispatcher", made.propose("plant", made.event("loaded"), seal="S779"))
    city.receive(number)

    sheet = content(engine, number)

    assert sheet.corrections == ()
    assert sheet.remarks == (
        "第 3 条 提出更正：第 2 条 装运 铅封号 S778 → S779。磅单录错",
        "第 4 条 拒绝更正：与磅房记录不符",
    )


def test_a_correction_of_an_arrival_leaves_no_sheet_as_the_arrival_left_none(city: City, archive: Archive) -> None:
    city.produce()
    number = city.issue()
    city.load(number)
    command = c.ArriveAtGate(event_id=new_id(), gross_arrival_kg=24_000)

    city.act("site", lambda ctx: manifests.act(ctx, number, command))
    made = Correcting.of(city, number)
    made.propose("site", made.event("arrived"), gross_arrival_kg=24_100)

    (sheet, *_others) = archive.record(made.event("loaded"))
    with archive.engine.connect() as connection:
        listed = sheets_of(connection, sheet.stream_id)

    assert made.event("corrected")
    assert [each.type for each in listed] == ["issued", "loaded"]


def test_the_new_edition_names_the_sheet_it_replaces_which_stays_as_it_is(city: City, archive: Archive) -> None:
    made = delivered(city)
    (before,) = archive.record(made.event("loaded"))
    bytes_before = archive.blobs.get(before.file_digest)
    made.load_was(11_500)

    (edition,) = archive.record(made.event("corrected"))

    shown = read(archive, edition)
    assert "更正·装运第2版" in shown
    assert f"交接单2·SHA-256{before.file_digest.hex()}" in shown
    assert "12.000t→11.500t" in shown
    assert archive.record(made.event("loaded")) == [before]
    assert archive.blobs.get(before.file_digest) == bytes_before


def test_an_edition_comes_out_the_same_after_everything_that_happened_since(city: City, archive: Archive) -> None:
    made = delivered(city)
    made.load_was(11_500)
    early = archive.rehearse(made.event("corrected"))

    made.load_was(11_000)
    city.dispose(made.stream.name, 5_000, final=False)
    city.delivered()

    assert archive.rehearse(made.event("corrected")).file_digest == early.file_digest


def test_a_corrected_load_names_the_batches_it_is_drawn_from_now(city: City, engine: Engine, archive: Archive) -> None:
    for batch in ("B-old", "B-new"):
        city.produce(batch, wet_kg=11_000)
    made = Correcting.of(city, city.delivered(10_000))
    made.load_was(12_000)

    (edition,) = archive.record(made.event("corrected"))
    loaded = archive.rehearse(made.event("loaded"))

    assert "B-new" in read(archive, edition)
    assert "B-new" not in read(archive, loaded)


def disposed(city: City, number: str) -> tuple[Correcting, str]:
    """Part of a lot burned at the incinerator: the disposal's event."""
    event_id = city.dispose(number, 5_000, moisture_bp=8000, final=False).event_id
    return Correcting(city, Stream(StreamKind.FACILITY, "S-INC")), event_id


def effect(engine: Engine, proposal: str) -> str:
    """The event by which a proposal took effect."""
    with engine.connect() as connection:
        corrects = connection.execute(
            select(correction.c.corrects).where(correction.c.proposal_id == proposal)
        ).scalar_one()
        return next(
            entry.claim.event_id
            for entry in corrections_of(connection, [corrects])[corrects]
            if entry.claim.figures["proposal"] == proposal
        )


def test_a_corrected_disposal_has_a_new_sheet_that_names_the_one_before(city: City, archive: Archive) -> None:
    number = delivered(city).stream.name
    made, event_id = disposed(city, number)
    (before,) = archive.record(event_id)
    proposal = made.propose("site", event_id, wet_kg=4_000)

    (edition,) = archive.record(effect(archive.engine, proposal))

    shown = read(archive, edition)
    assert "更正·处置第2版" in shown
    assert before.file_digest.hex() in shown
    assert "5.000t→4.000t" in shown
    assert "0.800" in shown  # dry solids of 4 t at 80 %
    assert (before.ordinal, edition.ordinal) == (1, 2)
    assert archive.record(event_id) == [before]


def test_asking_for_the_newest_edition_makes_those_before_it(city: City, archive: Archive) -> None:
    number = delivered(city).stream.name
    made, event_id = disposed(city, number)
    made.propose("site", event_id, wet_kg=4_000)
    second = made.propose("site", event_id, wet_kg=4_500)

    archive.record(effect(archive.engine, second))

    assert [sheet.ordinal for sheet in archive.sheets()] == [1, 2, 3]


def test_after_a_lock_the_authority_s_word_is_on_the_sheet_too(city: City, archive: Archive) -> None:
    city.produce(day=date(2026, 2, 2))
    number = city.delivered()
    made, event_id = disposed(city, number)
    city.clock.forward(days=40)
    said = LockPeriod(event_id=new_id(), division="4107", month="2026-03")
    city.act("regulator", lambda ctx: locking.lock_period(ctx, said))
    proposal = made.propose("site", event_id, wet_kg=4_000)
    made.approve("regulator", proposal)

    (edition,) = archive.record(effect(archive.engine, proposal))

    assert "新乡市排水管理处周监管" in read(archive, edition)
