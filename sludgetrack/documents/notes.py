"""Remarks, corrections and the evidence that ties a document to the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sludgetrack.documents import show, words
from sludgetrack.documents.content import Correction, Evidence, Words
from sludgetrack.documents.head import SMALL, SMALL_ENGLISH
from sludgetrack.documents.look import WIDTH, Look
from sludgetrack.documents.page import Cell, Row, Section, row
from sludgetrack.documents.show import Clock, Spans
from sludgetrack.documents.table import AIR, Field, heading, wide
from sludgetrack.documents.text import Span, wrap

EVIDENCE_LABEL = 124.0


def remarks(
    texts: Sequence[str], corrections: Sequence[Correction], look: Look, clock: Clock, *, numeral: str = ""
) -> Section:
    """Remarks and corrections, a correction with old and new; one dash where there are none."""
    fields = [Field(Words("备注", "Remark"), show.spans(text, look)) for text in texts or ("",)]
    fields += [Field(Words("更正", "Correction"), _correction(each, look, clock)) for each in corrections]
    return Section(wide(look, fields), (heading(look, (numeral, Words("备注与更正", "Remarks and corrections"))),))


def _correction(correction: Correction, look: Look, clock: Clock) -> Spans:
    old, new = (_measured(value, correction.measure) or words.DASH for value in (correction.old, correction.new))
    change = (Span("：", look.value), Span(old, look.value), Span(" → ", look.value), Span(new, look.strong))
    known = [text for text in (correction.reason, clock.time(correction.at), correction.by) if text]
    rest = (Span("·", look.english), *show.joined(look, *known)) if known else ()
    return (*show.spans(correction.field, look), *change, *rest)


def _measured(value: str | int | None, measure: str) -> str | None:
    if not isinstance(value, int):
        return value
    return {"kg": show.tonnes, "bp": show.percent}.get(measure, str)(value)


def evidence(proof: Evidence, look: Look, clock: Clock, *, url: str, previous: Words | None) -> Section:
    """The digests that anyone can check, and how to. ``previous`` labels that of the sheet before, if wanted."""
    fields = [
        Field(Words("事件编号", "Event id"), _digest(proof.event_id, look)),
        Field(Words("事件 SHA-256", "Event"), _digest(proof.event_sha256, look)),
        Field(Words("记录哈希", "Entry hash"), _digest(proof.entry_hash, look)),
        Field(Words("日志位置", "Log position"), _position(proof, look)),
        Field(Words("日志根", f"Root at {proof.log_size}"), _digest(proof.log_root, look)),
    ]
    if previous:
        first = show.spans(_FIRST, look, look.digest)
        fields.append(Field(previous, _digest(proof.previous_sheet, look) if proof.previous_sheet else first))
    fields.append(Field(Words("核验地址", "Verify at"), _digest(url, look)))
    rows = (*tight(wide(look, fields, label_room=EVIDENCE_LABEL)), how_to_verify(look, clock))
    return Section(rows, (heading(look, ("", Words("记录凭证", "Evidence"))),), together=True)


def tight(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Rows of digests, set closer than values."""
    return tuple(replace(each, leading=each.leading * 0.86, baseline=each.baseline * 0.9) for each in rows)


_FIRST = Words("— 首张", "first sheet")


def _position(proof: Evidence, look: Look) -> Spans:
    text = f"第 {proof.log_position} 条，日志共 {proof.log_size} 条"
    return show.spans(Words(text, f"leaf {proof.log_position} of {proof.log_size}"), look, look.digest)


def _digest(text: str, look: Look) -> Spans:
    return (Span(text, look.digest),)


def how_to_verify(look: Look, clock: Clock) -> Row:
    """One sentence in each language on what the page is and how to check it."""
    zh = (
        "本页由系统在事件入账后生成并封存；扫码或打开核验地址，对照本页哈希与公开日志即可核验。记录证明何人何时作何申报"
        f"且未被改动，不证明申报属实。时间均为 {clock.name} 法定时间（{clock.offset}）。"
    )
    en = (
        " Sealed by the system once the event was on record. Scan the code or open the address and compare these "
        "digests with the public log: the record proves who claimed what, when and unchanged, not that the claim is "
        f"true. Times are legal time of {clock.name}."
    )
    room = WIDTH - 2 * AIR
    lines = wrap((Span(zh, look.label), Span(en, look.label_english)), room)
    return row(look, (Cell(AIR, room, lines),))


def keywords(evidence: Evidence) -> str:
    """The digests in the file's properties, for programs."""
    return f"event {evidence.event_sha256} entry {evidence.entry_hash} log {evidence.log_size} {evidence.log_root}"


def made(evidence: Evidence, clock: Clock) -> tuple[Span, ...]:
    """When the event was recorded, in which zone, and the version of the layout."""
    return (
        Span("入账 ", SMALL),
        Span("Recorded ", SMALL_ENGLISH),
        Span(f"{clock.stamp(evidence.recorded_at)} {clock.name}", SMALL),
        Span(f"  {evidence.template_version}", SMALL_ENGLISH),
    )
