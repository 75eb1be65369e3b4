"""The disposal sheet: the final act on a lot, judged at its gates, with every manifest it draws on."""

from __future__ import annotations

from sludgetrack.documents import head as heads
from sludgetrack.documents import notes, qr, show, words
from sludgetrack.documents.content import DisposalContent, Draw, Gate, Words
from sludgetrack.documents.fonts import BOLD
from sludgetrack.documents.head import Head
from sludgetrack.documents.look import ACCENT, BOTTOM, INK, TOP, WHITE, Look, look
from sludgetrack.documents.page import Banner, Section, flowed
from sludgetrack.documents.paper import Metadata, Paper
from sludgetrack.documents.show import Clock, Spans
from sludgetrack.documents.table import Column, Field, Table, heading, pairs, wide
from sludgetrack.documents.text import Span, Style, line
from sludgetrack.domain import numbers

TEMPLATE = "disposal-1"
"""Names this layout and wording; a change to either is a new version, stored with the event."""

BANNER_WIDTH = 92.0


def render(content: DisposalContent) -> bytes:
    """The sheet as a PDF; the manifests go on over as many pages as they need."""
    head = _head(content)
    clock = Clock(content.zone, content.evidence.recorded_at)
    top = TOP - heads.height(head)
    pages = flowed(_sections(content, look(), clock), first=top, top=top, bottom=BOTTOM)
    paper = Paper(
        Metadata(
            title=content.disposal,
            subject=f"{head.title.zh} {head.subtitle.zh}",
            author=content.site.name,
            keywords=notes.keywords(content.evidence),
            at=content.evidence.recorded_at,
        )
    )
    for page, placed in enumerate(pages, start=1):
        heads.draw(paper, head)
        paper.body(placed)
        made = notes.made(content.evidence, clock)
        heads.foot(paper, page, len(pages), name=content.disposal, made=made)
        paper.showPage()
    return paper.finished()


def _head(content: DisposalContent) -> Head:
    return Head(
        title=Words("污泥处置单", "Sludge disposal sheet"),
        subtitle=_subtitle(content),
        number_label=Words("处置编号", "No."),
        number=content.disposal,
        lines=(),
        flags=content.flags,
        url=qr.public_url(content.address, content.public_path),
    )


def _subtitle(content: DisposalContent) -> Words:
    lot = Words(f"料批 {_named(content.lot)}", f"Lot; draws on {_counted(len(content.draws))}")
    if content.revised is None:
        return lot
    edition = words.edition(content.revised)
    return Words(f"{edition.zh}  {lot.zh}", edition.en)


def _sections(content: DisposalContent, style: Look, clock: Clock) -> tuple[Section, ...]:
    url = qr.public_url(content.address, content.public_path)
    previous = Words("更正前的处置单 SHA-256", "Before") if content.evidence.previous_sheet else None
    return (
        _act(content, style, clock),
        _site_and_lot(content, style),
        _gates(content, style),
        notes.remarks(content.remarks, content.corrections, style, clock),
        notes.evidence(content.evidence, style, clock, url=url, previous=previous),
        _draws(content, style),
    )


def _act(content: DisposalContent, style: Look, clock: Clock) -> Section:
    """What was done, and whether it complied."""
    start = BANNER_WIDTH
    when = Field(Words("时间", "Time"), show.spans(clock.time(content.occurred_at), style, style.strong))
    route = Field(Words("处置方式", "Route"), show.spans(content.route, style, style.strong))
    verdict = show.verdict(content.compliant, content.why, style)
    rows = (
        *pairs(style, (when,), (route,), start),
        *wide(style, (Field(Words("合规判定", "Compliance"), verdict),), start),
        *wide(style, (Field(Words("处置凭证", "Evidence"), show.spans(content.proof, style)),), start),
    )
    words_ = line(Span("处置", Style(BOLD, 16, WHITE))), line(Span("Disposed", Style(BOLD, 8.4, WHITE)))
    return Section(rows, banner=Banner(words_, start, INK if content.compliant is False else ACCENT))


def _site_and_lot(content: DisposalContent, style: Look) -> Section:
    site = content.site
    left = (
        Field(Words("名称", "Name"), show.named(site, style)),
        Field(Words("信用代码", "Credit code"), show.spans(site.credit_code, style)),
        Field(Words("许可批复", "Permit"), show.spans(site.permit, style)),
        Field(Words("地址", "Address"), show.spans(site.address, style)),
        Field(Words("确认人", "Confirmed by"), show.spans(site.person, style)),
        Field(Words("执行标准", "Standard"), show.spans(content.standard, style)),
        Field(Words("认定机关", "Decided by"), show.spans(content.decided_by, style)),
    )
    right = (
        Field(Words("料批", "Lot"), show.spans(_named(content.lot), style, style.strong)),
        Field(Words("种类", "Kind"), show.spans(content.lot_kind, style)),
        Field(Words("湿重", "Wet mass"), show.spans(show.tonnes(content.wet_kg), style, style.strong)),
        Field(Words("含水率", "Moisture"), show.moisture(content.moisture, style)),
        Field(Words("干固体", "Dry solids"), show.dry(content.dry_units, style)),
        Field(Words("源头干固体", "Origin"), show.spans(show.dry_tonnes(content.origin_units), style)),
        Field(Words("料批用尽", "Lot finished"), show.spans(show.yes_no(content.final), style)),
    )
    titles = ("", Words("处置单位", "Disposal site")), ("", Words("处置对象", "What was disposed of"))
    return Section(pairs(style, left, right), (heading(style, *titles),))


def _gates(content: DisposalContent, style: Look) -> Section:
    """What the route demands, what was found, and the judgement of each."""
    table = Table(
        style,
        (
            Column(Words("条件", "Gate"), 130),
            Column(Words("规定", "Wanted"), 130),
            Column(Words("实际", "Found"), 0),
            Column(Words("结果", "Result"), 90),
        ),
    )
    rows = [table.row(_gate(gate, style)) for gate in content.gates]
    rows = rows or [table.row([show.spans(None, style)] * 4)]
    return Section(tuple(rows), (heading(style, ("", Words("处置条件", "Gates"))), table.head()))


def _gate(gate: Gate, style: Look) -> tuple[Spans, ...]:
    result = None if gate.passed is None else words.PASSED if gate.passed else words.FAILED
    return (
        show.spans(gate.name, style),
        show.spans(gate.wanted, style),
        show.spans(gate.found, style),
        show.spans(result, style, style.strong),
    )


def _draws(content: DisposalContent, style: Look) -> Section:
    """The manifests whose sludge this was, however many."""
    table = Table(
        style,
        (
            Column(Words("序", "#"), 26, "centre"),
            Column(Words("联单编号", "Manifest"), 118),
            Column(Words("外部联单号", "External no."), 106),
            Column(Words("产生单位", "Producer"), 0),
            Column(Words("接收日", "Received"), 56),
            Column(Words("源头干固体", "Origin dry t"), 54, "right"),
        ),
    )
    rows = [table.row(_draw(n, draw, style)) for n, draw in enumerate(content.draws, start=1)]
    rows = rows or [table.row([show.spans(None, style)] * 6)]
    count = Words(f"来源联单（{len(content.draws)} 份）", "Manifests it draws on")
    return Section(tuple(rows), (heading(style, ("", count)), table.head()))


def _draw(n: int, draw: Draw, style: Look) -> tuple[Spans, ...]:
    small = style.small
    number = _named(draw.manifest)
    return (
        show.spans(str(n), style, small),
        show.spans(number, style, small),
        show.spans(draw.external_number, style, small),
        show.spans(draw.producer, style, small),
        show.spans(show.day(draw.received_on), style, small),
        show.spans(show.bare_dry(draw.origin_units), style, small),
    )


def _named(name: str) -> str:
    """A lot or manifest as people write it: a manifest number in groups, any other name as it is."""
    return numbers.grouped(name) if len(name) == 20 and name.isdecimal() else name


def _counted(manifests: int) -> str:
    return "1 manifest" if manifests == 1 else f"{manifests} manifests"
