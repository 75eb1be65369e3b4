"""The report of a division and a period, on A4 in Chinese and English, with its pictures as vectors.

A pure function of its content. The same content gives the same bytes on every machine with the same libraries.
"""

from __future__ import annotations

from collections.abc import Iterator

from sludgetrack.documents import drawing, head, period_parts
from sludgetrack.documents.content import Words
from sludgetrack.documents.fonts import BOLD, REGULAR
from sludgetrack.documents.head import SMALL, SMALL_ENGLISH
from sludgetrack.documents.look import BOTTOM, GREY, INK, LEFT, RIGHT, TOP, WIDTH, Look, look
from sludgetrack.documents.page import Placed, Section, flowed
from sludgetrack.documents.paper import Metadata, Paper
from sludgetrack.documents.period_content import PeriodContent
from sludgetrack.documents.show import Clock
from sludgetrack.documents.text import Span, Style, line, wrap

TEMPLATE = "period-1"
"""Names this layout and wording; a change to either is a new version."""

TITLE = Words("污泥去向期间报告", "Sewage sludge: where it went")
_TITLE, _TITLE_ENGLISH = Style(BOLD, 20, INK), Style(REGULAR, 10.5, GREY)
_FACT, _FACT_ENGLISH = Style(BOLD, 10, INK), Style(REGULAR, 8, GREY)
HEAD = 68.0
"""Points the first page's head takes."""
RUNNING = 18.0
"""Points the other pages' head takes."""


def render(content: PeriodContent) -> bytes:
    """The report as a PDF."""
    clock = Clock(content.zone, content.made_at)
    pages = flowed(_sections(content, look(), clock), first=TOP - HEAD, top=TOP - RUNNING, bottom=BOTTOM)
    paper = Paper(_metadata(content))
    for n, placed in enumerate(pages, start=1):
        _first_head(paper, content) if n == 1 else _running_head(paper, content)
        paper.body(placed)
        _pictures(paper, placed)
        head.foot(paper, n, len(pages), name=_name(content), made=_made(content, clock))
        paper.showPage()
    return paper.finished()


def _sections(content: PeriodContent, style: Look, clock: Clock) -> Iterator[Section]:
    yield period_parts.balance(content, style)
    yield period_parts.flow(content, style)
    yield period_parts.rates(content, style)
    yield period_parts.lines(content, style)
    if content.targets:
        yield period_parts.targets(content, style)
    yield period_parts.four(content, style)
    yield period_parts.routes(content, style)
    yield period_parts.stock(content, style)
    yield period_parts.capacity(content, style)
    for table in content.tables:
        yield period_parts.groups(table, style)
    yield period_parts.apart(content, style)
    yield period_parts.notes(content, style)
    yield period_parts.evidence(content, style, clock)


def _pictures(paper: Paper, placed: list[Placed]) -> None:
    for each in placed:
        for pasted in each.row.pictures:
            drawing.draw(paper, pasted.picture, x=LEFT + pasted.x, top=each.top - pasted.below)


def _first_head(paper: Paper, content: PeriodContent) -> None:
    title = line(Span(TITLE.zh, _TITLE), Span(f"  {TITLE.en}", _TITLE_ENGLISH))
    division = content.division or "全国"
    facts = line(
        Span(f"{content.first}—{content.last}", _FACT),
        Span("  行政区划 ", SMALL),
        Span("Division ", SMALL_ENGLISH),
        Span(division, _FACT),
    )
    basis = wrap(
        (
            Span("干固体，按产生地归属，单位 t；每个数按 0.1 克的整数相加，只在显示时舍入一次。", SMALL),
            Span(" Dry solids by place of production, in t; summed in units of 0.1 g, rounded once.", SMALL_ENGLISH),
        ),
        WIDTH,
    )
    below = [(LEFT, TOP - 50 - 9.5 * n, each) for n, each in enumerate(basis)]
    paper.write([(LEFT, TOP - 18, title), (LEFT, TOP - 36, facts), *below])


def _running_head(paper: Paper, content: PeriodContent) -> None:
    left = line(Span(TITLE.zh, SMALL), Span(f"  {TITLE.en}", SMALL_ENGLISH))
    right = line(Span(f"{content.division} {content.first}—{content.last}", SMALL))
    paper.write([(LEFT, TOP - 8, left), (RIGHT - right.width, TOP - 8, right)])


def _metadata(content: PeriodContent) -> Metadata:
    return Metadata(
        title=f"{TITLE.zh} {_name(content)}",
        subject=f"{TITLE.en} {content.first} {content.last}",
        author="sludgetrack",
        keywords=f"log {content.log.size} {content.log.root}",
        at=content.made_at,
    )


def _name(content: PeriodContent) -> str:
    return f"{content.division} {content.first}—{content.last}".strip()


def _made(content: PeriodContent, clock: Clock) -> tuple[Span, ...]:
    return (
        Span("生成 ", SMALL),
        Span("Made ", SMALL_ENGLISH),
        Span(f"{clock.stamp(content.made_at)} {clock.name}", SMALL),
        Span(f"  {TEMPLATE}", SMALL_ENGLISH),
    )
