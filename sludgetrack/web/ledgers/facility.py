"""The ledger of a facility: a day with its entries, a month by its days, a year by its months, and as files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from sludgetrack.domain.quantities import divide_half_even, percent_of
from sludgetrack.services.context import Context
from sludgetrack.services.reading import ledgers as service
from sludgetrack.services.reading.ledger_rows import By, Ledger, Row, Way
from sludgetrack.services.reading.ledgers import Line
from sludgetrack.web import exports, workbooks
from sludgetrack.web import format as shown
from sludgetrack.web.acting import acting, do
from sludgetrack.web.ledgers import books
from sludgetrack.web.ledgers.columns import groups, of_facility, text_of
from sludgetrack.web.ledgers.desk import READERS, Wanted, address, around, blueprint, log_line, maker, steps, wanted
from sludgetrack.web.ledgers.lines import Entry, entry_of
from sludgetrack.web.register_words import facility_kinds
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _

ENTRIES_SHOWN = 300
"""How many entries one page shows."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the balance: its sign, its name and its dry units."""

    sign: str
    label: str
    units: int


@dataclass(frozen=True, slots=True)
class Entries:
    """A page of the entries of a period, and the addresses of the pages beside it."""

    items: tuple[Entry, ...]
    count: int
    older: str
    newer: str


@blueprint.get("/facilities/<code>", endpoint="of_facility")
@signed_in_only(*READERS)
def page(code: str) -> ResponseReturnValue:
    """One facility's ledger."""
    asked = wanted()
    with_entries = asked.by is By.DAY or (asked.by is By.MONTH and "entries" in request.args)
    ledger, lines = do(lambda ctx: _read(ctx, code, asked, with_entries=with_entries))
    columns = of_facility(ledger)
    return render_template(
        "ledgers/facility.html",
        ledger=ledger,
        kind=facility_kinds().get(str(ledger.facility.kind), ""),
        asked=asked,
        steps=steps("ledgers.of_facility", asked, code=code),
        columns=columns,
        groups=groups(columns),
        rows=[(row, books.label(asked, row), _inside(code, asked, row)) for row in ledger.rows],
        terms=terms(ledger.total),
        facts=_facts(ledger),
        entries=_entries(code, asked, lines) if with_entries else None,
        entries_href=address("ledgers.of_facility", asked, code=code, entries=1) if asked.by is By.MONTH else "",
        csv=address("ledgers.facility_file", asked, code=code, kind=exports.CSV),
        xlsx=address("ledgers.facility_file", asked, code=code, kind=exports.XLSX),
        source=log_line(ledger.log_size),
        maker=maker(),
        figure=text_of,
        share=lambda way: _share(way, ledger),
    )


@blueprint.get("/facilities/<code>/ledger.<kind>")
@signed_in_only(*READERS)
def facility_file(code: str, kind: str) -> ResponseReturnValue:
    """The table as it is shown (CSV), or the workbook with every entry (XLSX)."""
    asked = wanted()
    if kind == exports.XLSX:
        return workbooks.answer(*do(lambda ctx: books.facility_workbook(ctx, code, asked)))
    if kind != exports.CSV:
        abort(404)
    return books.facility_csv(do(lambda ctx: service.facility_ledger(ctx, code, asked.span)), asked)


def terms(total: Row) -> tuple[list[Term], Term]:
    """The balance written out: what is added and taken off, those of nothing left out, and what remains."""
    named = [
        Term("", _("期初"), total.opening),
        Term("+", _("产生"), total.produced.dry_units),
        Term("+", _("通沟污泥"), total.sewer.dry_units),
        Term("+", _("副产物"), total.byproducts.dry_units),
        Term("+", _("进厂接收"), total.received.dry_units),
        Term("+", _("退回入库"), total.returned.dry_units),
        Term("+", _("处理产出"), total.came_out.dry_units),
        Term("−", _("处理投入"), total.put_in.dry_units),
        Term("−", _("运出"), total.sent.dry_units),
        Term("−", _("合规处置"), total.harmless.dry_units),
        Term("−", _("不合规处置"), total.noncompliant.dry_units),
        Term("−", _("去向不明"), total.missing),
    ]
    return [term for term in named if term.units or not term.sign], Term("=", _("期末"), total.closing)


def _read(ctx: Context, code: str, asked: Wanted, *, with_entries: bool) -> tuple[Ledger, list[Line]]:
    lines = service.entries(ctx, code, asked.first, asked.last) if with_entries else []
    return service.facility_ledger(ctx, code, asked.span), lines


def _entries(code: str, asked: Wanted, lines: Sequence[Line]) -> Entries:
    page = max(1, request.args.get("page", 1, int))
    first = (page - 1) * ENTRIES_SHOWN
    shown = lines[first : first + ENTRIES_SHOWN]
    reader = acting().actor

    def at(number: int) -> str:
        return address("ledgers.of_facility", asked, code=code, entries=1, page=number)

    return Entries(
        tuple(entry_of(line, code, reader) for line in shown),
        len(lines),
        at(page + 1) if len(lines) > first + ENTRIES_SHOWN else "",
        at(page - 1) if page > 1 else "",
    )


def _inside(code: str, asked: Wanted, row: Row) -> str:
    """The page a row opens into: a month of a year, a day of a month."""
    if asked.by is By.DAY:
        return ""
    by = By.MONTH if asked.by is By.YEAR else By.DAY
    return address("ledgers.of_facility", around(by, row.first, asked.today), code=code)


def _facts(ledger: Ledger) -> list[tuple[str, str]]:
    """Storage beside what is permitted, load beside capacity."""
    total, at = ledger.total, ledger.facility
    told = []
    load = total.load_bp(at.capacity_t80_kg_d)
    if load is not None and not ledger.is_plant:
        told.append((_("接收负荷（日均折80%% ÷ 许可能力）"), shown.moisture(load)))
    if total.given > 0:
        days = divide_half_even(total.closing * _days_in_use(ledger), total.given)
        told.append((_("周转天数（期末存量 ÷ 日均出库）"), _("%(n)s 天", n=days)))
    if ledger.oldest_days is not None:
        text = _("%(n)s 天，贮存期限 %(limit)s 天", n=ledger.oldest_days, limit=at.storage_days)
        told.append((_("现存最久"), text))
    if total.gap:
        told.append(
            (
                _("进厂磅差（计入去向不明，不在本库存内）"),
                shown.dry_mass(total.gap),
            )
        )
    return told


def _days_in_use(ledger: Ledger) -> int:
    """The days of the period from the first on which anything lay here."""
    first = ledger.rows[0].first if ledger.rows and not ledger.total.opening else ledger.total.first
    return (ledger.total.last - first).days + 1


def _share(way: Way, ledger: Ledger) -> str:
    whole = ledger.total.sent if way in ledger.sent_to else ledger.total.received
    return shown.percent(percent_of(way.amount.dry_units, whole.dry_units))
