"""The passage of a load: its weighings with their differences, and who had it when."""

from __future__ import annotations

from sludgetrack.documents import show, words
from sludgetrack.documents.content import Handoff, SheetContent, Weighing, Words, difference
from sludgetrack.documents.look import Look
from sludgetrack.documents.page import Section
from sludgetrack.documents.show import Clock, Spans
from sludgetrack.documents.table import Column, Table, heading
from sludgetrack.documents.text import Span
from sludgetrack.domain import quantities

_WEIGHING = (
    Column(Words("", ""), 76),
    Column(Words("毛重", "Gross t"), 47, "right"),
    Column(Words("皮重", "Tare t"), 47, "right"),
    Column(Words("净重", "Net t"), 47, "right"),
    Column(Words("含水率", "Moisture %"), 52, "right"),
    Column(Words("干固体", "Dry solids t"), 48, "right"),
    Column(Words("折80%", "At 80 % t"), 47, "right"),
    Column(Words("磅单·地磅·时间", "Ticket, scale, time"), 0),
)


_CUSTODY = (
    Column(Words("序", "#"), 20, "centre"),
    Column(Words("事件", "Event"), 70),
    Column(Words("时间", "Time"), 74),
    Column(Words("交出 → 接手", "From → to"), 0),
    Column(Words("确认方式", "Confirmed"), 66),
    Column(Words("地点", "Place"), 66),
)


def weighing(content: SheetContent, look: Look, clock: Clock) -> Section:
    """The weighings below each other with their differences."""
    table = Table(look, _WEIGHING)
    out, into, back = (each or Weighing() for each in (content.weighed_out, content.weighed_in, content.returned))
    rows = [
        table.row(_weighed(Words("出厂", "Out"), out, look, clock)),
        table.row(_weighed(Words("进厂", "In"), into, look, clock)),
        table.row(_compared(Words("差 Δ", "in − out"), out, into, look)),
    ]
    if content.returned:
        rows.append(table.row(_weighed(Words("退回", "Returned"), back, look, clock)))
        rows.append(table.row(_compared(Words("差 Δ", "back − refused"), _refused_load(content), back, look)))
    return Section(tuple(rows), (heading(look, ("", Words("过磅", "Weighing"))), table.head()), together=True)


def _weighed(name: Words, weighing: Weighing, look: Look, clock: Clock) -> tuple[Spans, ...]:
    moisture = weighing.moisture
    percent = show.spans(show.bare_percent(moisture), look)
    if moisture and moisture.estimated:
        percent = (*percent, Span(f"{show.NBSP}估", look.english))
    dry = weighing.dry_units
    return (
        show.spans(name, look),
        show.spans(show.bare_tonnes(weighing.gross_kg), look),
        show.spans(show.bare_tonnes(weighing.tare_kg), look),
        show.spans(show.bare_tonnes(weighing.net_kg), look, look.strong),
        percent,
        show.spans(show.bare_dry(dry), look),
        show.spans(show.bare_t80(dry), look),
        _ticket(weighing, look, clock),
    )


def _ticket(weighing: Weighing, look: Look, clock: Clock) -> Spans:
    """Ticket and scale, and under them the time and how the moisture was measured."""
    source = show.joined(look, weighing.ticket, weighing.scale, style=look.small)
    method = weighing.moisture.method if weighing.moisture else None
    if weighing.at is None and method is None:
        return source
    chinese = method.zh if isinstance(method, Words) else method
    measured = show.joined(look, clock.time(weighing.at), chinese, style=look.small)
    return (*source, Span("\n", look.small), *measured)


def _compared(name: Words, before: Weighing, after: Weighing, look: Look) -> tuple[Spans, ...]:
    less = difference(before, after)
    none = show.spans(None, look)
    dry = less.dry_units
    share = None if less.net_kg is None else quantities.percent_of(less.net_kg, less.of_net_kg or 0)
    points = None if less.moisture_bp is None else quantities.percent_from_bp(less.moisture_bp)
    said = show.joined(look, share and f"净重 {show.signed(share)}{show.NBSP}%", after.verdict, style=look.small)
    return (
        show.spans(name, look),
        none,
        none,
        show.spans(show.signed(show.bare_tonnes(less.net_kg)), look, look.strong),
        show.spans(show.signed(points), look),
        show.spans(show.signed(show.bare_dry(dry)), look),
        show.spans(show.signed(show.bare_t80(dry)), look),
        said,
    )


def _refused_load(content: SheetContent) -> Weighing:
    """What should come back: the refused part at the gate's moisture, or all that left where nothing was weighed in."""
    receiver, into = content.receiver, content.weighed_in
    if receiver.refused_kg is None or into is None:
        return content.weighed_out or Weighing()
    dry = None if into.moisture is None else quantities.dry_units(receiver.refused_kg, into.moisture.bp)
    return Weighing(net_kg=receiver.refused_kg, moisture=into.moisture, dry_units=dry)


def custody(content: SheetContent, look: Look, clock: Clock) -> Section:
    """Who had the load when; the row of this sheet's event is marked."""
    table = Table(look, _CUSTODY)
    rows = [table.row(_custody_row(each, look, clock), marked=each.n == content.event_n) for each in content.custody]
    return Section(tuple(rows), (heading(look, ("", Words("交接记录", "Custody"))), table.head()))


def _custody_row(handoff: Handoff, look: Look, clock: Clock) -> tuple[Spans, ...]:
    small = look.small
    marks = tuple(Span(f"\n〔{words.of(words.FLAGS, mark).zh}〕", look.label_english) for mark in handoff.marks)
    passing: Spans = show.spans(handoff.giver, look, small)
    if handoff.taker:
        passing = (*passing, Span(" → ", small), Span(handoff.taker, small))
    return (
        show.spans(str(handoff.n), look, small),
        (*show.spans(words.of(words.EVENTS, handoff.event), look, small), *marks),
        show.spans(clock.time(handoff.at), look, small),
        passing,
        show.confirmed(handoff, look, small),
        show.spans(handoff.place, look, small),
    )
