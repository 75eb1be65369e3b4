"""Parts I to IV of a handoff sheet, and the event that the sheet records, as sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sludgetrack.documents import show, words
from sludgetrack.documents.content import (
    BatchLine,
    Fate,
    Handoff,
    Party,
    Receiver,
    SheetContent,
    Words,
)
from sludgetrack.documents.fonts import BOLD
from sludgetrack.documents.look import ACCENT, INK, WHITE, Look
from sludgetrack.documents.page import Banner, Row, Section
from sludgetrack.documents.show import Clock, Spans
from sludgetrack.documents.table import Column, Field, Table, heading, pairs, wide
from sludgetrack.documents.text import Line, Span, Style, line

BANNER_WIDTH = 92.0
BATCHES_SHOWN = 4
"""More batches than this are listed in a table of their own."""

_ENDINGS = frozenset(("voided", "lost"))
"""Events after which nothing is left to hand over: their banner is black."""


def event(content: SheetContent, look: Look, clock: Clock) -> Section:
    """What this sheet records, set apart from all that was known before."""
    handoff, start = content.handoff, BANNER_WIDTH
    when = Field(Words("时间", "Time"), show.spans(clock.time(handoff.at), look, look.strong))
    place = Field(Words("地点", "Place"), show.spans(handoff.place, look))
    rows = (
        *pairs(look, (when,), (place,), start),
        *_parties(handoff, look),
        *wide(look, (Field(Words("确认方式", "Confirmed"), show.confirmed(handoff, look)),), start),
        *wide(look, (Field(detail.label, show.spans(detail.value, look)) for detail in content.details), start),
    )
    return Section(rows, banner=_banner(content))


def _parties(handoff: Handoff, look: Look) -> tuple[Row, ...]:
    """Giver and taker side by side; who did it, where nothing changed hands."""
    giver = show.spans(handoff.giver, look)
    if handoff.taker is None:
        return wide(look, (Field(Words("办理", "By"), giver),), BANNER_WIDTH)
    taker = Field(Words("接手", "To"), show.spans(handoff.taker, look))
    return pairs(look, (Field(Words("交出", "From"), giver),), (taker,), BANNER_WIDTH)


def _banner(content: SheetContent) -> Banner:
    pair = words.of(words.EVENTS, content.event)
    if content.event == "received" and content.receiver.decision:
        pair = words.of(words.DECISIONS, content.receiver.decision)
    zh, en = Style(BOLD, 16, WHITE), Style(BOLD, 8.4, WHITE)
    colour = INK if content.event in _ENDINGS else ACCENT
    return Banner((line(Span(pair.zh, zh)), line(Span(pair.en, en)), *_revised(content, en)), BANNER_WIDTH, colour)


def _revised(content: SheetContent, style: Style) -> tuple[Line, ...]:
    """What a correction's sheet is a new edition of."""
    if content.revised is None:
        return ()
    event = words.of(words.EVENTS, content.revised.event)
    return (line(Span(f"{event.zh} 第 {content.revised.edition} 版", replace(style, font=BOLD))),)


def giver_and_hauler(content: SheetContent, look: Look) -> Section:
    """Parts I and II."""
    producer, hauler = content.producer, content.hauler
    left = (
        *_party(producer.party, look),
        Field(Words("地址", "Address"), show.spans(producer.party.address, look)),
        Field(Words("经办人", "Clerk"), show.spans(producer.party.person, look)),
        Field(Words("批次", "Batches"), show.spans(_batches(producer.batches), look)),
        Field(Words("污泥种类", "Kind"), show.spans(producer.kind, look)),
        Field(Words("含水率", "Moisture"), show.moisture(producer.moisture, look)),
        Field(Words("检测报告", "Lab report"), show.spans(producer.lab_report, look)),
        Field(Words("合同号", "Contract"), show.spans(producer.contract, look)),
    )
    right = (
        Field(Words("名称", "Name"), show.spans(hauler.name, look, look.strong)),
        Field(Words("信用代码", "Credit code"), show.spans(hauler.credit_code, look)),
        Field(Words("道路许可", "Licence"), show.spans(hauler.road_licence, look)),
        Field(Words("车牌号", "Plate"), show.spans(hauler.plate, look, look.strong)),
        Field(Words("核定载重", "Rated load"), show.spans(show.tonnes(hauler.rated_load_kg), look)),
        Field(Words("驾驶员", "Driver"), show.spans(hauler.driver, look)),
        Field(Words("从业资格", "Certificate"), show.spans(hauler.driver_licence, look)),
        Field(Words("铅封号", "Seal"), show.spans(hauler.seal, look)),
        Field(Words("计划数量", "Planned"), show.spans(show.tonnes(producer.planned_kg), look)),
        Field(Words("计划时长", "Trip time"), show.spans(show.minutes(hauler.planned_minutes), look)),
    )
    head = heading(look, ("一", Words("产生单位", "Producer")), ("二", Words("运输单位", "Hauler")))
    return Section(pairs(look, left, right), (head,))


def _party(party: Party, look: Look) -> tuple[Field, Field, Field]:
    return (
        Field(Words("名称", "Name"), show.named(party, look)),
        Field(Words("信用代码", "Credit code"), show.spans(party.credit_code, look)),
        Field(Words("排污许可", "Permit"), show.spans(party.permit, look)),
    )


def _batches(batches: Sequence[BatchLine]) -> Words | str | None:
    if len(batches) > BATCHES_SHOWN:
        return Words(f"共 {len(batches)} 批，见批次明细", "listed below")
    return "\n".join(_batch(batch) for batch in batches) or None


def _batch(batch: BatchLine) -> str:
    mass = show.tonnes(batch.net_kg)
    return f"{batch.batch}{show.NBSP}{mass}" if mass else batch.batch


def receiver_and_fate(content: SheetContent, look: Look, clock: Clock) -> Section:
    """Parts III and IV."""
    receiver = content.receiver
    actual = receiver.actual
    left = (
        Field(Words("计划去向", "Destination"), show.named(receiver.planned, look)),
        Field(Words("计划方式", "Route"), show.spans(receiver.route, look)),
        Field(Words("实际去向", "Actual site"), show.named(actual, look)),
        Field(Words("许可批复", "Permit"), show.spans((actual or receiver.planned).permit, look)),
        Field(Words("到厂时间", "Arrived"), show.spans(clock.time(receiver.arrived_at), look)),
        Field(Words("铅封完好", "Seal intact"), show.spans(show.yes_no(receiver.seal_intact), look)),
        Field(Words("处理意见", "Decision"), _decision(receiver, look)),
        Field(Words("接收数量", "Accepted"), _accepted(receiver, look)),
        Field(Words("拒收部分", "Refused"), _refused(receiver, look)),
        Field(Words("签收人", "Received by"), show.spans(actual.person if actual else None, look)),
    )
    head = heading(look, ("三", Words("接收单位", "Receiver")), ("四", Words("利用处置", "Disposal")))
    return Section(pairs(look, left, _fate(content.fates, look)), (head,))


def _decision(receiver: Receiver, look: Look) -> Spans:
    if receiver.decision is None:
        return show.spans(None, look)
    return show.spans(words.of(words.DECISIONS, receiver.decision), look, look.strong)


def _accepted(receiver: Receiver, look: Look) -> Spans:
    return show.joined(look, show.tonnes(receiver.accepted_kg), receiver.unload_point)


def _refused(receiver: Receiver, look: Look) -> Spans:
    """The refused part in words: nothing, so much and why, or all of it unweighed."""
    if receiver.refused_kg is None and receiver.decision != "refused":
        return show.spans(None, look)
    if receiver.refused_kg == 0:
        return show.spans(Words("无", "Nothing refused"), look)
    if receiver.decision == "refused":
        mass = show.tonnes(receiver.refused_kg)
        unweighed = Words("全部拒收，未过磅", "All refused, not weighed")
        what = Words(f"全部拒收 {mass}", "All refused") if mass else unweighed
    else:
        what = Words(f"拒收 {show.tonnes(receiver.refused_kg)}", "Refused")
    reason = receiver.reason or Words("原因未述", "no reason given")
    return (*show.spans(what, look, look.strong), Span("：", look.value), *show.spans(reason, look))


_FATE = (
    Words("处置单位", "Site"),
    Words("处置方式", "Route"),
    Words("处置日期", "Date"),
    Words("处置数量", "Wet mass"),
    Words("含水率", "Moisture"),
    Words("干固体", "Dry solids"),
    Words("合规判定", "Compliance"),
    Words("处置凭证", "Evidence"),
    Words("确认人", "Confirmed by"),
    Words("认定机关", "Decided by"),
)


def _fate(fates: Sequence[Fate], look: Look) -> tuple[Field, ...]:
    if len(fates) == 1:
        values = _fate_values(fates[0], look)
    else:
        listed = Words(f"共 {len(fates)} 次，见处置明细", "listed below") if fates else None
        values = (show.spans(None, look), show.spans(listed, look), *[show.spans(None, look)] * (len(_FATE) - 2))
    return tuple(Field(label, value) for label, value in zip(_FATE, values, strict=True))


def _fate_values(fate: Fate, look: Look) -> tuple[Spans, ...]:
    return (
        show.spans(fate.site, look),
        show.spans(fate.route, look),
        show.spans(show.day(fate.disposed_on), look),
        show.spans(show.tonnes(fate.wet_kg), look),
        show.moisture(fate.moisture, look),
        show.dry(fate.dry_units, look),
        show.verdict(fate.compliant, fate.why, look),
        show.spans(fate.evidence, look),
        show.spans(fate.confirmed_by, look),
        show.spans(fate.decided_by, look),
    )


def batches(content: SheetContent, look: Look) -> Section | None:
    """The batches of a load that has more than Part I can name."""
    lines = content.producer.batches
    if len(lines) <= BATCHES_SHOWN:
        return None
    field = Field(Words(f"共 {len(lines)} 批", "in all"), show.spans("；".join(map(_batch, lines)), look))
    return Section(wide(look, (field,)), (heading(look, ("", Words("批次明细", "Batches"))),))


_FATES = (
    Column(Words("处置单位", "Site"), 116),
    Column(Words("处置方式", "Route"), 82),
    Column(Words("日期", "Date"), 54),
    Column(Words("数量", "Wet t"), 42, "right"),
    Column(Words("含水率", "Moisture %"), 44, "right"),
    Column(Words("干固体", "Dry t"), 38, "right"),
    Column(Words("合规判定·凭证", "Compliance, evidence"), 0),
)


def fates(content: SheetContent, look: Look) -> Section | None:
    """The disposals of a load that was disposed of in several."""
    if len(content.fates) <= 1:
        return None
    table = Table(look, _FATES)
    rows = [table.row(_fate_row(fate, look)) for fate in content.fates]
    return Section(tuple(rows), (heading(look, ("四", Words("处置明细", "Disposals"))), table.head()))


def _fate_row(fate: Fate, look: Look) -> tuple[Spans, ...]:
    small = look.small
    verdict = show.compliance(fate.compliant)
    return (
        show.spans(fate.site, look, small),
        show.spans(fate.route, look, small),
        show.spans(show.day(fate.disposed_on), look, small),
        show.spans(show.bare_tonnes(fate.wet_kg), look, small),
        show.spans(show.bare_percent(fate.moisture), look, small),
        show.spans(show.bare_dry(fate.dry_units), look, small),
        show.joined(look, verdict, fate.why, fate.evidence, fate.decided_by, style=small),
    )
