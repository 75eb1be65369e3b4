"""The paper fallback: a pre-printed form, one number a page, with room to write by hand and to sign.

It is used when the system cannot be reached, and entered afterwards under its printed number.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sludgetrack.documents import head as heads
from sludgetrack.documents import qr
from sludgetrack.documents.content import BlankContent, Words
from sludgetrack.documents.fonts import REGULAR
from sludgetrack.documents.head import SMALL, SMALL_ENGLISH, Head
from sludgetrack.documents.look import BOTTOM, INK, TOP, WIDTH, Look, look
from sludgetrack.documents.page import Cell, Row, Section, flowed
from sludgetrack.documents.paper import Metadata, Paper
from sludgetrack.documents.table import AIR, heading
from sludgetrack.documents.text import Line, Span, Style, line, wrap
from sludgetrack.domain import numbers

TEMPLATE = "blank-1"
"""Names this layout and wording."""

WRITING = 33.0
"""Height of a box to write in, 11.6 mm."""

SIGNING = 68.0
"""Height of a box to sign in, 24 mm."""

_PRINTED = Style(REGULAR, 9.6, INK)
_EMPTY = Line((), 0.0)
_DATE = Words("　　　　年　　月　　日　　时　　分")

_Box = tuple[float, Words, Words | None]
"""Share of the page's width, label, and what is printed under it to be ticked or filled in."""


def render(contents: Sequence[BlankContent]) -> bytes:
    """The forms as one PDF, a page each. ``contents`` must not be empty."""
    first = contents[0]
    span = first.number if len(contents) == 1 else f"{first.number} - {contents[-1].number}"
    paper = Paper(
        Metadata(span, "污泥转移联单 应急纸质", author=first.producer.name, keywords=first.template_version, at=None)
    )
    for content in contents:
        _page(paper, content)
    return paper.finished()


def _page(paper: Paper, content: BlankContent) -> None:
    head = _head(content)
    top = TOP - heads.height(head)
    (placed,) = flowed(_sections(content, look()), first=top, top=top, bottom=BOTTOM)
    heads.draw(paper, head)
    paper.body(placed)
    made = (Span("版式 ", SMALL), Span(f"Template {content.template_version}", SMALL_ENGLISH))
    heads.foot(paper, 1, 1, name=numbers.grouped(content.number), made=made)
    paper.showPage()


def _head(content: BlankContent) -> Head:
    return Head(
        title=Words("污泥转移联单", "Sludge transfer manifest"),
        subtitle=Words("应急纸质表（系统无法使用时填写）", "Paper form for when the system cannot be reached"),
        number_label=Words("联单编号", "No."),
        number=numbers.grouped(content.number),
        lines=((Words("领用", "Held by"), content.held_by),) if content.held_by else (),
        flags=(),
        url=qr.manifest_url(content.address, content.number, content.public_code),
    )


def _sections(content: BlankContent, style: Look) -> tuple[Section, ...]:
    return (
        _section(style, "一", Words("产生单位与出厂", "Producer and departure"), _producer(content)),
        _section(style, "二", Words("运输单位", "Hauler"), _HAULER),
        _section(style, "三", Words("接收单位与进厂", "Receiver and arrival"), _RECEIVER),
        _section(style, "四", Words("利用处置", "Disposal"), _DISPOSAL),
        _section(style, "五", Words("备注", "Remarks"), _REMARKS),
        Section((_signatures(style),), (heading(style, ("", Words("签字", "Signatures"))),)),
        Section((_hint(style, content.back_entry_days),)),
    )


def _section(style: Look, numeral: str, title: Words, rows: Sequence[Sequence[_Box]]) -> Section:
    return Section(tuple(_boxes(style, boxes) for boxes in rows), (heading(style, (numeral, title)),))


def _producer(content: BlankContent) -> tuple[tuple[_Box, ...], ...]:
    party = content.producer
    name = Words(party.name, " ".join(filter(None, (party.code, party.credit_code))))
    return (
        ((3, Words("名称", "Name"), name), (1, Words("经办人", "Clerk"), None)),
        (
            (1, Words("批次", "Batch"), None),
            (1, Words("污泥种类", "Kind"), None),
            (1, Words("含水率", "Moisture, %"), None),
            (1, Words("检测方法", "Method"), None),
        ),
        _weighing("出厂", "out"),
        (
            (2, Words("装运时间", "Loaded at"), _DATE),
            (1, Words("外部联单号", "External no."), None),
            (1, Words("合同号", "Contract"), None),
        ),
    )


def _weighing(zh: str, en: str) -> tuple[_Box, ...]:
    return (
        (1, Words(f"{zh}毛重", f"Gross {en}, t"), None),
        (1, Words(f"{zh}皮重", f"Tare {en}, t"), None),
        (1, Words(f"{zh}净重", f"Net {en}, t"), None),
        (1, Words(f"{zh}磅单号", f"Ticket {en}"), None),
    )


_HAULER: tuple[tuple[_Box, ...], ...] = (
    (
        (2, Words("名称", "Name"), None),
        (1, Words("车牌号", "Plate"), None),
        (1, Words("驾驶员", "Driver"), None),
    ),
    (
        (2, Words("道路运输经营许可证号", "Road licence"), None),
        (1, Words("核定载重", "Rated load, t"), None),
        (1, Words("铅封号", "Seal"), None),
    ),
)

_RECEIVER: tuple[tuple[_Box, ...], ...] = (
    (
        (2, Words("名称", "Name"), None),
        (1, Words("计划处置方式", "Planned route"), None),
        (1, Words("铅封完好", "Seal intact"), Words("□ 是 Yes　　□ 否 No")),
    ),
    _weighing("进厂", "in"),
    (
        (2, Words("到厂时间", "Arrived at"), _DATE),
        (1, Words("含水率", "Moisture, %"), None),
        (1, Words("卸料点", "Unloading point"), None),
    ),
    (
        (2, Words("处理意见", "Decision"), Words("□ 接收 Accepted　□ 部分接收 Partly　□ 拒收 Refused")),
        (1, Words("接收数量", "Accepted, t"), None),
        (1, Words("拒收数量", "Refused, t"), None),
    ),
    ((1, Words("拒收原因", "Why refused"), None),),
)

_DISPOSAL: tuple[tuple[_Box, ...], ...] = (
    (
        (1, Words("处置方式", "Route"), None),
        (1, Words("处置日期", "Date"), None),
        (1, Words("处置数量", "Wet mass, t"), None),
        (1, Words("处置凭证", "Evidence"), None),
    ),
)

_REMARKS: tuple[tuple[_Box, ...], ...] = (
    ((1, Words("系统无法使用的原因", "Why the system could not be used"), None),),
    ((1, Words("其他", "Other"), None),),
)


def _boxes(style: Look, boxes: Sequence[_Box]) -> Row:
    """Boxes side by side, the label small in the upper corner."""
    total = sum(share for share, _, _ in boxes)
    x = 0.0
    cells = []
    for share, label, printed in boxes:
        room = WIDTH * share / total
        cells.append(Cell(x + AIR, room - 2 * AIR, _box(style, label, printed, room - 2 * AIR)))
        x += room
    return _row(cells, WRITING)


def _box(style: Look, label: Words, printed: Words | None, room: float) -> tuple[Line, ...]:
    title = line(Span(label.zh, style.label), Span(f"  {label.en}", style.label_english))
    if printed is None:
        return (title,)
    return (title, *wrap((Span(printed.zh, _PRINTED), Span(f"  {printed.en}", style.english)), room))


def _signatures(style: Look) -> Row:
    """Three boxes: who gave the load, who drove it, who took it."""
    room = WIDTH / 3
    signers = (Words("产生单位经办人", "Clerk"), Words("驾驶员", "Driver"), Words("接收单位签收人", "Receiver"))
    date = line(Span(_DATE.zh, style.label))
    cells = []
    for n, signer in enumerate(signers):
        title = line(Span(f"{signer.zh}（签字）", style.label), Span(f" {signer.en}, signed", style.label_english))
        cells.append(Cell(n * room + AIR, room - 2 * AIR, (title,)))
        cells.append(Cell(n * room + AIR, room - 2 * AIR, (_EMPTY, _EMPTY, _EMPTY, date), "right"))
    return _row(cells, SIGNING, every=2)


def _row(cells: Sequence[Cell], least: float, every: int = 1) -> Row:
    edges = tuple(after.x - AIR for before, after in pairwise(cells[::every]) if after.x > before.x)
    return Row(tuple(cells), leading=14, baseline=9.5, pad=1.6, dividers=edges, least=least)


def _hint(style: Look, days: int) -> Row:
    bold = (Span("补录 ", style.strong), Span(f"系统恢复后 {days} 个工作日内按本表编号补录。", style.strong))
    zh = "一表一车，编号只用一次；写错或未用的表也须按此编号登记作废。补录的记录标为“纸质补录”，确认方式记为“无确认”。"
    en = (
        f" Enter this form under its number within {days} working days of the system's return. One form, one truck, "
        "one use; a spoilt or unused form is entered as void. The record is marked as from paper, unconfirmed."
    )
    lines = wrap((*bold, Span(zh, style.label), Span(en, style.label_english)), WIDTH - 2 * AIR)
    return Row((Cell(AIR, WIDTH - 2 * AIR, lines),), leading=10.2, baseline=8, pad=2.5)
