"""The handoff sheet: what a manifest's record says after one of its events, frozen on paper.

A pure function of its content. The same content gives the same bytes on every machine with the same libraries.
"""

from __future__ import annotations

from sludgetrack.documents import head as heads
from sludgetrack.documents import notes, parts, passage, qr, words
from sludgetrack.documents.content import SheetContent, Words
from sludgetrack.documents.head import Head
from sludgetrack.documents.look import BOTTOM, TOP, Look, look
from sludgetrack.documents.page import Placed, Section, flowed
from sludgetrack.documents.paper import Metadata, Paper
from sludgetrack.documents.show import Clock
from sludgetrack.domain import numbers

TEMPLATE = "sheet-1"
"""Names this layout and wording; a change to either is a new version, stored with the event."""

_PREVIOUS = Words("上一交接单 SHA-256", "Previous sheet")

DENSER = (0.95, 0.9, 0.86)
"""Densities tried for a sheet that runs a little over one page; what does not fit then flows on at full size."""

SLACK = 1.03
"""Smaller text also wraps less, so that a sheet shrinks by a little more than its scale."""


def render(content: SheetContent) -> bytes:
    """The sheet as a PDF."""
    head = _head(content)
    clock = Clock(content.zone, content.evidence.recorded_at)
    return _drawn(content, head, clock, _laid_out(content, clock, TOP - heads.height(head)))


def _laid_out(content: SheetContent, clock: Clock, first: float) -> list[list[Placed]]:
    loose = _pages(content, look(), clock, first)
    if len(loose) != 2:
        return loose
    wanted = (first - BOTTOM) * SLACK / sum(each.row.height for page in loose for each in page)
    denser = (_pages(content, look(scale), clock, first) for scale in DENSER if scale <= wanted)
    return next((pages for pages in denser if len(pages) == 1), loose)


def _pages(content: SheetContent, style: Look, clock: Clock, first: float) -> list[list[Placed]]:
    return flowed(_sections(content, style, clock), first=first, top=first, bottom=BOTTOM)


def _sections(content: SheetContent, style: Look, clock: Clock) -> tuple[Section, ...]:
    sections = (
        parts.event(content, style, clock),
        parts.giver_and_hauler(content, style),
        parts.batches(content, style),
        parts.receiver_and_fate(content, style, clock),
        parts.fates(content, style),
        passage.weighing(content, style, clock),
        passage.custody(content, style, clock),
        notes.remarks(content.remarks, content.corrections, style, clock, numeral="五"),
        notes.evidence(content.evidence, style, clock, url=_url(content), previous=_PREVIOUS),
    )
    return tuple(section for section in sections if section)


def _url(content: SheetContent) -> str:
    return qr.manifest_url(content.address, content.number, content.public_code)


def _head(content: SheetContent) -> Head:
    event = words.of(words.EVENTS, content.event)
    if content.revised:
        event = words.edition(content.revised)
    return Head(
        title=Words("污泥转移联单", "Sludge transfer manifest"),
        subtitle=Words(
            f"交接单 {content.ordinal}/{content.sheets}·{event.zh}",
            f"Handoff sheet {content.ordinal} of {content.sheets}, {event.en.lower()}",
        ),
        number_label=Words("联单编号", "No."),
        number=numbers.grouped(content.number),
        lines=((Words("外部联单号", "External no."), content.external_number or words.DASH),),
        flags=content.flags,
        url=_url(content),
    )


def _drawn(content: SheetContent, head: Head, clock: Clock, pages: list[list[Placed]]) -> bytes:
    number = numbers.grouped(content.number)
    paper = Paper(
        Metadata(
            title=content.number,
            subject=f"{head.title.zh} {head.subtitle.zh}",
            author=content.producer.party.name,
            keywords=notes.keywords(content.evidence),
            at=content.evidence.recorded_at,
        )
    )
    for page, placed in enumerate(pages, start=1):
        heads.draw(paper, head)
        paper.body(placed)
        heads.foot(paper, page, len(pages), name=number, made=notes.made(content.evidence, clock))
        paper.showPage()
    return paper.finished()
