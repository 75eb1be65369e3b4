"""The report of a division and a period: its content out of the record, and the file it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sludgetrack.documents import period as document
from sludgetrack.documents.content import Words
from sludgetrack.documents.period_content import (
    Amount,
    Balance,
    Chart,
    Charts,
    Definition,
    GroupLine,
    GroupTable,
    LogHead,
    PeriodContent,
    RateLine,
    RouteLine,
    TargetLine,
    Term,
)
from sludgetrack.domain.mass import Account
from sludgetrack.domain.quantities import percent_of
from sludgetrack.domain.rates import Sums
from sludgetrack.services import picturing, reporting
from sludgetrack.services import report_words as words
from sludgetrack.services.reading.pictures import SHOWN_RATES, Pictures, Scope, pictures
from sludgetrack.services.reporting import RateReport
from sludgetrack.services.targeting import Place, Standing, Targeting, places
from sludgetrack.store import log, picture_reading, registry_reading, rules
from sludgetrack.store.rates import Grouping, Period

MOST_LINES = 400
"""Groups in one table of the report; the rest is counted in a line of its own."""
ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Ordered:
    """A report somebody asks for: whose figures, over which days, made when (aware), verified at which address."""

    period: Period
    division: str
    now: datetime
    address: str


def period_report(connection: Connection, ordered: Ordered) -> bytes:
    """The report as a PDF. The same record and the same moment give the same bytes."""
    return document.render(content(connection, ordered))


def content(connection: Connection, ordered: Ordered) -> PeriodContent:
    """Everything the report shows."""
    seen = pictures(connection, ordered.period, Scope(ordered.division), ordered.now)
    tables = _Tables(connection, ordered)
    total = reporting.grouped_sums(connection, ordered.period, Grouping.TOTAL, ordered.division)[1]
    targeting = Targeting(rules.tables(connection), ordered.period)
    report = tables.report(Grouping.TOTAL)
    return PeriodContent(
        division=ordered.division,
        first=ordered.period.first,
        last=ordered.period.last,
        made_at=ordered.now,
        zone=ZONE,
        log=_log_head(connection),
        address=ordered.address,
        balance=_balance(total),
        rates=tuple(_rates(report, targeting, Place(ordered.division, seen.city_class))),
        targets=tuple(_targets(tables, targeting, ordered)),
        charts=_charts(seen),
        flow_sums=_flow_sums(seen),
        stock_day=seen.stock.day,
        routes=tuple(_routes(total)),
        causes=tuple(Amount(words.CAUSES[cause], units) for cause, units in sorted(total.unaccounted.items())),
        tables=(tables.of(Grouping.DIVISION), tables.of(Grouping.PLANT), tables.of(Grouping.MONTH)),
        apart=tuple(_apart(connection, ordered)),
        measures=tuple(_measures(seen)),
        notes=tuple(_notes(connection, ordered, total, report)),
    )


@dataclass(frozen=True, slots=True)
class _Tables:
    """The tables of a report, by what they have a line for."""

    connection: Connection
    ordered: Ordered

    def report(self, by: Grouping) -> RateReport:
        """The rates by anything."""
        o = self.ordered
        return reporting.rates(self.connection, o.period, by, division_prefix=o.division, now=o.now)

    def of(self, by: Grouping) -> GroupTable:
        """A table with a total below its lines."""
        report = self.report(by)
        plants = registry_reading.facilities_under(self.connection, self.ordered.division)
        names = {row.code: row.name for row in plants} if by is Grouping.PLANT else {}
        lines = [_group_line(names.get(row["group"], row["group"]), row) for row in report.rows[:MOST_LINES]]
        left_out = len(report.rows) - len(lines)
        more = [_dash(Words(f"另有 {left_out} 个", f"{left_out} more"))] if left_out else []
        total = [_group_line(Words("合计", "Total"), report.total)]
        return GroupTable(*_TITLES[by], (*lines, *more, *total))


_TITLES: Mapping[Grouping, tuple[Words, Words]] = {
    Grouping.DIVISION: (Words("各行政区划（t，%）", "By division (t, %)"), Words("区划", "Division")),
    Grouping.PLANT: (Words("各污水处理厂（t，%）", "By plant (t, %)"), Words("污水处理厂", "Plant")),
    Grouping.MONTH: (Words("各月（t，%）", "By month (t, %)"), Words("月份", "Month")),
}


def _group_line(name: str | Words, row: Any) -> GroupLine:
    return GroupLine(
        name,
        row["produced"],
        row["opening_stock"],
        row["harmless"],
        row["noncompliant"],
        row["unaccounted"],
        row["closing_stock"],
        row["harmless_rate"],
        row["landfill_rate"],
        row["resource_rate"],
    )


def _dash(name: Words) -> GroupLine:
    return GroupLine(name, None, None, "", "", None, None, None, None, None)


def _log_head(connection: Connection) -> LogHead:
    head = log.current(connection)
    newest = next(iter(log.newest_checkpoints(connection, 1)), None)
    return LogHead(head.size, head.root.hex(), newest.recorded_at if newest else None)


def _balance(total: Sums) -> Balance:
    return Balance(
        (
            Term("P", Words("产生", "produced"), total.produced),
            Term("K0", Words("期初存量", "opening stock"), total.opening),
        ),
        (
            Term("H", Words("无害化", "harmless"), total.harmless),
            Term("N", Words("不合规", "non-compliant"), total.noncompliant),
            Term("U", Words("去向不明", "unaccounted for"), total.missing),
            Term("K1", Words("期末存量", "closing stock"), total.closing),
        ),
    )


def _rates(report: RateReport, targeting: Targeting, place: Place) -> Iterator[RateLine]:
    row: Mapping[str, Any] = report.total
    for key, (name, formula) in words.RATES.items():
        one = targeting.standing(place, key, row[key])
        judged = one.judged
        yield RateLine(
            name,
            formula,
            row[key],
            provisional=key in report.provisional,
            target=f"{words.target_text(judged.target)} ({judged.target.year})" if judged else None,
            met=judged.met if judged else None,
            baseline=_baseline(one),
        )


def _baseline(one: Standing) -> str | None:
    return "; ".join(f"{base.year}: {base.value_pct:f} %" for base in one.baselines) or None


def _targets(tables: _Tables, targeting: Targeting, ordered: Ordered) -> Iterator[TargetLine]:
    """The division's own, then those of each class of places in it."""
    facilities = registry_reading.facilities_under(tables.connection, ordered.division)
    report = tables.report(Grouping.CITY_CLASS)
    where = places(Grouping.CITY_CLASS, ordered.division, facilities)
    lines: list[tuple[Place, Words, Mapping[str, Any]]] = [
        (Place(ordered.division), Words("全辖区", "whole division"), report.total)
    ]
    lines += [(where[row["group"]], words.CLASSES[row["group"]], row) for row in report.rows if row["group"] in where]
    for place, name, row in lines:
        for one in targeting.standings(place, row):
            for held in one.held:
                target = held.target
                source = Words(f"{words.source(target.source).zh} · {target.year}", words.source(target.source).en)
                yield TargetLine(name, words.RATES[one.rate][0], one.value, words.target_text(target), held.met, source)


def _charts(seen: Pictures) -> Charts:
    said = words.wording(seen.names)
    return Charts(
        flow=picturing.sankey(seen.flow, said),
        rates=tuple(
            Chart(words.RATES[rate][0], picturing.line(seen.months, seen.goals[rate], said)) for rate in SHOWN_RATES
        ),
        ages=picturing.ages(seen.stock, said),
        stocks=picturing.stocks(seen.stock, said),
        capacity=picturing.capacity(seen.loads, said),
        four=picturing.four(seen.measures, seen.goals, said),
    )


def _flow_sums(seen: Pictures) -> tuple[tuple[Amount, ...], tuple[Amount, ...]]:
    flow = seen.flow
    came = [Amount(Words("产生", "produced"), flow.produced), Amount(Words("期初存量", "opening stock"), flow.opening)]
    if flow.surplus:
        came.append(Amount(Words("账外多出", "more than was booked"), flow.surplus))
    went = (Amount(words.end(end), units) for end, units in flow.by_end().items())
    return tuple(came), tuple(went)


def _routes(total: Sums) -> Iterator[RouteLine]:
    return (
        RouteLine(words.route(code), amount.compliant, amount.noncompliant)
        for code, amount in sorted(total.disposed.items())
    )


def _apart(connection: Connection, ordered: Ordered) -> Iterator[Amount]:
    """Production is negative in the book: mass enters it from there."""
    for row in picture_reading.apart(connection, ordered.period, ordered.division):
        kind, account = words.KINDS.get(row.kind, Words(row.kind)), words.ACCOUNTS[Account(row.account)]
        units = -row.units if row.account == Account.PRODUCED else row.units
        if units:
            yield Amount(Words(f"{kind.zh}：{account.zh}", f"{kind.en}: {account.en}"), units)


def _measures(seen: Pictures) -> Iterator[Definition]:
    one = seen.measures
    put_in, came_out = words.wet(one.wet.treated_in), words.wet(one.wet.treated_out)
    produced, disposed = words.wet(one.wet.produced), words.wet(one.wet.disposed)
    yield Definition(
        Words("减量化", "Reduction"),
        Words(
            f"（进入处理的湿重 {put_in} \u2212 产出湿重 {came_out}）÷ 进入处理的湿重，按设施所在地；"
            f"同期产泥湿重 {produced}，处置湿重 {disposed}。",
            "Wet mass into treatment less wet mass out of it, by where the facility lies; beside it wet mass produced "
            "and disposed of.",
        ),
    )
    stable, gone = words.tonnes(one.stable.stable), words.tonnes(one.stable.disposed)
    yield Definition(
        Words("稳定化", "Stabilisation"),
        Words(f"来自已稳定料批的处置量 {stable} ÷ 全部处置量 {gone}。", "Dry solids disposed of out of stable lots."),
    )
    yield Definition(
        Words("无害化", "Harmlessness"),
        Words(
            f"无害化处置 H {seen.total['harmless']} t ÷ 产生 P {seen.total['produced']} t。",
            "Harmless disposal over production; may exceed 100 % when old stock is cleared.",
        ),
    )
    yield Definition(
        Words("资源化", "Resource use"),
        Words("合规的土地利用与建材利用 ÷ 产生 P。", "Compliant land use and building material over production."),
    )


def _notes(connection: Connection, ordered: Ordered, total: Sums, report: RateReport) -> Iterator[Words]:
    share = percent_of(total.estimated, total.produced)
    if total.estimated:
        yield Words(
            f"产量的 {share} % 由估计的含水率算出（缺检测值时取 7 日内化验值，否则 80 %）。",
            f"{share} % of production comes from estimated moisture: the plant's lab value of up to 7 days, else 80 %.",
        )
    else:
        yield Words("产量全部由实测含水率算出。", "All production comes from measured moisture.")
    if report.provisional:
        until = ordered.period.cohort_until
        yield Words(
            f"* 暂定：按批次的无害化处置率在 {until} 之前还会变。",
            f"* Provisional: the rate by batches may change until {until}.",
        )
    yield _limits_note(connection, ordered)
    if report.locked_through:
        yield Words(f"{report.locked_through} 及以前已锁定。", f"Locked through {report.locked_through}.")
    else:
        yield Words(
            "本期间没有锁定，数字还会随更正和迟到的记录变化。",
            "Not locked: corrections and late entries may change these figures.",
        )
    yield Words(
        "K0、K1 为厂内、在途与处置设施存量之和；H 只计合规且无害的处置，其余处置均为 N；U 为正表示缺少。",
        "K0, K1: stock at plants, on the road and at sites. H: compliant and harmless; every other disposal is N. U is "
        "positive where mass is missing.",
    )


def _limits_note(connection: Connection, ordered: Ordered) -> Words:
    limits = rules.tables(connection).limits(ordered.period.last)
    unchecked = sum(1 for limit in limits if not limit.checked_by)
    if not unchecked:
        return Words(
            "判断处置所用的限值均已由署名人员核对。",
            "Every limit disposals are judged by was checked by a named person.",
        )
    return Words(
        f"判断处置所用的 {len(limits)} 项限值中，{unchecked} 项尚未由署名人员与标准原文核对。",
        f"Unverified: {unchecked} of {len(limits)} limits were not yet compared with the printed standards by a named "
        "person.",
    )
