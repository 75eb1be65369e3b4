"""The sections of a period's report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sludgetrack.charts import bars, sankey
from sludgetrack.charts import lines as line_charts
from sludgetrack.charts.marks import Picture
from sludgetrack.documents import show, words
from sludgetrack.documents.content import Words
from sludgetrack.documents.look import WIDTH, Look
from sludgetrack.documents.page import Cell, Pasted, Row, Section, row
from sludgetrack.documents.period_content import Amount, GroupLine, GroupTable, PeriodContent, Term
from sludgetrack.documents.show import Clock, Spans
from sludgetrack.documents.table import AIR, Column, Field, Table, heading, wide
from sludgetrack.documents.text import Span, wrap
from sludgetrack.domain.quantities import tonnes_from_units

SIZE = 7.2
"""The size of a picture's text in points."""
MET = Words("达标", "met")
MISSED = Words("未达标", "not met")


def balance(content: PeriodContent, look: Look) -> Section:
    """The equation with its numbers, and both sides' sums."""
    book = content.balance
    left, right = (sum(term.units for term in side) for side in (book.left, book.right))
    sums = (
        Span(f"{_t(left)} = {_t(right)} t", look.strong),
        Span("  差 ", look.value),
        Span("difference ", look.english),
        Span(f"{tonnes_from_units(book.difference, 7)} t", look.strong),
    )
    equation = (*_side(book.left, look), Span("  =  ", look.strong), *_side(book.right, look))
    rows = (_text_row(equation, look), _text_row(sums, look))
    return Section(rows, (heading(look, ("一", Words("平衡", "Balance"))),), together=True)


def flow(content: PeriodContent, look: Look) -> Section:
    """Where the sludge came from and went."""
    picture = sankey.picture(content.charts.flow, width=WIDTH - 4 * AIR, size=SIZE, body=SIZE * 23)
    note = Words(
        "宽度是源头干固体；左右两边相等。低于零的去向（透支、盘盈）移到左边，不合规与去向不明以红、黄标出。",
        "Widths are origin dry solids; both sides are equal. Red: does not count as harmless. Amber: unaccounted for.",
    )
    came, went = (_amounts(side, look) for side in content.flow_sums)
    total = Span(f"  =  {_t(sum(amount.units for amount in content.flow_sums[0]))} t  =  ", look.strong)
    rows = (
        _picture_row(look, ((2 * AIR, picture),)),
        _text_row((*came, total, *went), look),
        _text_row(show.spans(note, look, look.label), look),
    )
    return Section(rows, (heading(look, ("二", Words("污泥去向", "Where it went"))),), together=True)


def rates(content: PeriodContent, look: Look) -> Section:
    """Every rate with its formula, the target it is judged by and where the place started from."""
    table = Table(
        look,
        (
            Column(Words("率", "Rate"), 0),
            Column(Words("公式", "Formula"), 84),
            Column(Words("本期 %", "This period %"), 58, "right"),
            Column(Words("目标", "Target"), 92),
            Column(Words("结论", "Verdict"), 62),
            Column(Words("基线", "Baseline"), 76),
        ),
    )
    rows = [
        table.row(
            (
                show.spans(each.name, look, look.small),
                show.spans(each.formula, look, look.small),
                show.spans(_figure(each.value, provisional=each.provisional), look),
                show.spans(each.target, look, look.small),
                show.spans(_verdict(each.met), look, look.small),
                show.spans(each.baseline, look, look.small),
            )
        )
        for each in content.rates
    ]
    return Section(tuple(rows), (heading(look, ("三", Words("各项率", "Rates"))), table.head()))


def lines(content: PeriodContent, look: Look) -> Section:
    """Rates by month."""
    charts = content.charts.rates
    room = WIDTH / len(charts)
    inside = room - 4 * AIR
    pictures = tuple(
        (n * room + 2 * AIR, line_charts.picture(chart.line, width=inside, height=SIZE * 11, size=SIZE))
        for n, chart in enumerate(charts)
    )
    titles = heading(look, *(("", chart.title) for chart in charts))
    pasted = _picture_row(look, pictures)
    pasted = replace(pasted, dividers=tuple(n * room for n in range(1, len(charts))))
    return Section((pasted,), (titles,), together=True)


def targets(content: PeriodContent, look: Look) -> Section:
    """Every target of the division and of the classes of places in it."""
    table = Table(
        look,
        (
            Column(Words("范围", "For"), 120),
            Column(Words("率", "Rate"), 0),
            Column(Words("本期 %", "This period %"), 58, "right"),
            Column(Words("目标", "Target"), 54, "right"),
            Column(Words("结论", "Verdict"), 62),
            Column(Words("依据", "Source"), 128),
        ),
    )
    rows = [
        table.row(
            (
                show.spans(each.place, look, look.small),
                show.spans(each.rate, look, look.small),
                show.spans(each.value, look, look.small),
                show.spans(each.target, look, look.small),
                show.spans(_verdict(each.met), look, look.small),
                show.spans(each.source, look, look.small),
            )
        )
        for each in content.targets
    ]
    return Section(tuple(rows), (heading(look, ("", Words("目标", "Targets"))), table.head()))


def four(content: PeriodContent, look: Look) -> Section:
    """The four measures as bars, and what each is made of."""
    picture = bars.rows(content.charts.four, width=WIDTH - 4 * AIR, size=SIZE)
    fields = [Field(each.name, show.spans(each.text, look, look.small)) for each in content.measures]
    title = Words("减量化、稳定化、无害化、资源化", "Reduction, stabilisation, harmlessness, resource use")
    rows = (_picture_row(look, ((2 * AIR, picture),)), *wide(look, fields, label_room=112))
    return Section(rows, (heading(look, ("四", title)),), together=True)


def routes(content: PeriodContent, look: Look) -> Section:
    """What was disposed of by route, and what is missing by cause."""
    table = Table(
        look,
        (
            Column(Words("处置途径", "Route"), 0),
            Column(Words("无害化 t", "Harmless t"), 80, "right"),
            Column(Words("不合规 t", "Non-compliant t"), 80, "right"),
            Column(Words("合计 t", "Total t"), 80, "right"),
        ),
    )
    rows = [
        table.row(
            (
                show.spans(each.route, look),
                show.spans(_t(each.harmless), look),
                show.spans(_t(each.noncompliant), look),
                show.spans(_t(each.harmless + each.noncompliant), look),
            )
        )
        for each in content.routes
    ]
    missing = "；".join(f"{each.name.zh} {each.name.en} {_t(each.units)} t" for each in content.causes)
    cause = Field(Words("去向不明，按原因", "Unaccounted, by cause"), show.spans(missing, look))
    rows = rows or [table.row([show.spans(None, look)] * 4)]
    title = Words("处置途径与去向不明", "Disposal by route, and what is missing")
    return Section((*rows, *wide(look, (cause,), label_room=130)), (heading(look, ("五", title)), table.head()))


def stock(content: PeriodContent, look: Look) -> Section:
    """Stock by age and by facility, side by side."""
    half = WIDTH / 2
    pictures = (
        (2 * AIR, bars.columns(content.charts.ages, width=half - 4 * AIR, height=SIZE * 13, size=SIZE)),
        (half + 2 * AIR, bars.rows(content.charts.stocks, width=half - 4 * AIR, size=SIZE)),
    )
    day = content.stock_day
    titles = heading(
        look,
        ("六", Words(f"存量与堆存天数（{day} 日终）", "Stock by age")),
        ("", Words("各设施存量", "Stock by facility")),
    )
    row_ = replace(_picture_row(look, pictures), dividers=(half,))
    return Section((row_,), (titles,), together=True)


def capacity(content: PeriodContent, look: Look) -> Section:
    """What sites took in a day on average against what they may."""
    picture = bars.rows(content.charts.capacity, width=WIDTH - 4 * AIR, size=SIZE)
    title = Words("处置能力利用（折80% 含水率，t/日）", "Use of permitted capacity, t a day at 80 % moisture")
    return Section((_picture_row(look, ((2 * AIR, picture),)),), (heading(look, ("七", title)),), together=True)


_GROUP_WIDTH = 45.5


def groups(table_: GroupTable, look: Look) -> Section:
    """The figures of each group."""
    figures = (
        Words("产生 P", "Produced"),
        Words("期初 K0", "Opening"),
        Words("无害化 H", "Harmless"),
        Words("不合规 N", "Non-compl."),
        Words("不明 U", "Missing"),
        Words("期末 K1", "Closing"),
        Words("无害化率 %", "Harmless %"),
        Words("填埋率 %", "Landfill %"),
        Words("资源化率 %", "Resource %"),
    )
    columns = (Column(table_.group, 0), *(Column(title, _GROUP_WIDTH, "right") for title in figures))
    table = Table(look, columns)
    rows = [table.row(_group_cells(each, look)) for each in table_.lines]
    rows = rows or [table.row([show.spans(None, look)] * len(columns))]
    return Section(tuple(rows), (heading(look, ("", table_.title)), table.head()))


def apart(content: PeriodContent, look: Look) -> Section:
    """Sewer-cleaning sludge and by-products, which are in no figure above."""
    none = Words("本期没有。", "None in this period.")
    fields = [Field(each.name, show.spans(f"{_t(each.units)} t", look)) for each in content.apart]
    rows = wide(look, fields, label_room=250) if fields else (_text_row(show.spans(none, look), look),)
    title = Words("另计：通沟污泥与副产物，不在以上各数之内", "Apart: sewer-cleaning sludge and by-products")
    return Section(rows, (heading(look, ("", title)),), together=True)


def notes(content: PeriodContent, look: Look) -> Section:
    """What a reader must know about the figures."""
    rows = tuple(_text_row(show.spans(note, look), look) for note in content.notes)
    return Section(rows, (heading(look, ("", Words("说明", "Notes"))),), together=True)


def evidence(content: PeriodContent, look: Look, clock: Clock) -> Section:
    """How far the record went when these figures were read from it."""
    log = content.log
    fields = (
        Field(Words("日志条数", "Log size"), show.spans(str(log.size), look, look.digest)),
        Field(Words("日志根", "Log root"), show.spans(log.root, look, look.digest)),
        Field(Words("最后入账", "Last recorded"), show.spans(clock.time(log.at), look, look.digest)),
        Field(Words("生成时间", "Made at"), show.spans(clock.stamp(content.made_at), look, look.digest)),
        Field(Words("系统地址", "System at"), show.spans(content.address, look, look.digest)),
    )
    text = Words(
        "以上数字由该日志根所覆盖的记录算出；任何人可用公开日志核对此根，并由主管部门以同一记录重算。记录证明何人何时作何申报且"
        "未被改动，不证明申报属实。",
        "Every figure follows from the record under this root, which anyone can hold against the public log. The "
        "record proves who claimed what and when, unchanged, not that the claim is true.",
    )
    rows = (*wide(look, fields, label_room=112), _text_row(show.spans(text, look, look.label), look))
    return Section(rows, (heading(look, ("", Words("记录凭证", "Evidence"))),), together=True)


def _side(terms: Sequence[Term], look: Look) -> Spans:
    spans: list[Span] = []
    for n, term in enumerate(terms):
        spans += [Span("  +  ", look.value)] if n else []
        spans += [
            Span(f"{term.name.zh} ", look.value),
            Span(f"{term.name.en} {term.symbol} ", look.english),
            Span(_t(term.units), look.strong),
        ]
    return tuple(spans)


def _amounts(amounts: Sequence[Amount], look: Look) -> Spans:
    spans: list[Span] = []
    for n, amount in enumerate(amounts):
        spans += [Span(" + ", look.value)] if n else []
        spans += [Span(f"{amount.name.zh} ", look.small), Span(f"{amount.name.en} ", look.english)]
        spans += [Span(_t(amount.units), look.small)]
    return tuple(spans)


def _text_row(spans: Spans, look: Look) -> Row:
    room = WIDTH - 2 * AIR
    return row(look, (Cell(AIR, room, wrap(spans, room)),))


def _picture_row(look: Look, pictures: Sequence[tuple[float, Picture]]) -> Row:
    """A row as tall as the tallest of its pictures, each with its left edge."""
    air = 2 * AIR
    tallest = max(picture.height for _, picture in pictures)
    pasted = tuple(Pasted(x, air, picture) for x, picture in pictures)
    return row(look, (), least=tallest + 2 * air, pictures=pasted)


def _group_cells(each: GroupLine, look: Look) -> list[Spans]:
    figures = (
        each.produced,
        each.opening,
        each.harmless,
        each.noncompliant,
        each.unaccounted,
        each.closing,
        each.harmless_rate,
        each.landfill_rate,
        each.resource_rate,
    )
    return [show.spans(each.name, look, look.small), *(show.spans(_commas(one), look, look.small) for one in figures)]


def _verdict(met: bool | None) -> Words | None:
    return None if met is None else MET if met else MISSED


def _figure(value: str | None, *, provisional: bool) -> str:
    return words.DASH if value is None else f"{value}{' *' if provisional else ''}"


def _t(units: int) -> str:
    return _commas(tonnes_from_units(units)) or ""


def _commas(text: str | None) -> str | None:
    """Thousands set apart, minus signs as they are printed."""
    if text is None:
        return None
    whole, _, decimals = text.lstrip("-").partition(".")
    sign = show.MINUS if text.startswith("-") else ""
    return f"{sign}{int(whole):,}.{decimals}" if decimals else f"{sign}{int(whole):,}"
