"""Ledgers as files: the table as it is shown in CSV, and a workbook with the summary and every entry behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO
from zoneinfo import ZoneInfo

from flask import Response

from sludgetrack.services.context import Context
from sludgetrack.services.reading import ledgers as service
from sludgetrack.services.reading.ledger_rows import By, Ledger, Row
from sludgetrack.web import exports
from sludgetrack.web import format as shown
from sludgetrack.web.forms import reading
from sludgetrack.web.ledgers import lines
from sludgetrack.web.ledgers.columns import Column, Measure, of_facility
from sludgetrack.web.ledgers.desk import Wanted, log_line
from sludgetrack.web.ledgers.lines import dry, tonnes
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import event_word, route_word
from sludgetrack.web.workbooks import COUNT, PERCENT, TONNES, Book, Field

_KINDS = {Measure.TIMES: COUNT, Measure.PERCENT: PERCENT, Measure.MINUTES: COUNT, Measure.KM: COUNT}


def label(asked: Wanted, row: Row) -> str:
    """What a row is about: a month of a year, else a day."""
    return reading().month(row.first) if asked.by is By.YEAR else reading().day(row.first)


def field_of(column: Column) -> Field:
    """A column of the page as one of a sheet, under its group."""
    return Field(column.label, _KINDS.get(column.measure, TONNES), 13, column.group)


def facility_csv(ledger: Ledger, asked: Wanted) -> Response:
    """The table as it is shown."""
    columns = of_facility(ledger)
    head = [_("期间"), *(column.head for column in columns), _("补记")]
    return exports.download(exports.CSV, _name(ledger, asked), head, _summary(ledger, asked, columns))


def facility_workbook(ctx: Context, code: str, asked: Wanted) -> tuple[IO[bytes], str]:
    """The workbook and its name. Raises NotFound for a facility that is not the reader's to open."""
    ledger = service.facility_ledger(ctx, code, asked.span)
    book = Book()
    _write_summary(book, ledger, asked)
    _write_ways(book, ledger)
    _write_routes(book, ledger)
    _write_details(book, ctx, code, asked)
    return book.content(), _name(ledger, asked)


def _name(ledger: Ledger, asked: Wanted) -> str:
    return f"{_('台账')} {ledger.facility.code} {asked.code}"


def _summary(ledger: Ledger, asked: Wanted, columns: Sequence[Column]) -> Iterator[list[exports.Cell]]:
    for row in ledger.rows:
        yield [label(asked, row), *(column.number(row) for column in columns), row.later]
    total = ledger.total
    yield [_("合计"), *(column.number(total) for column in columns), total.later]


def _write_summary(book: Book, ledger: Ledger, asked: Wanted) -> None:
    at, columns = ledger.facility, of_facility(ledger)
    titles = [
        f"{at.name} {at.code} · {_('台账')} {asked.title} · {_('计量单位：吨')}",
        f"{ledger.organisation} · {log_line(ledger.log_size)}",
    ]
    fields = [Field(_("期间"), width=14), *map(field_of, columns), Field(_("补记"), COUNT, 8)]
    sheet = book.sheet(_("汇总"), fields, above=titles)
    for cells in _summary(ledger, asked, columns):
        sheet.add(cells)


def _write_ways(book: Book, ledger: Ledger) -> None:
    fields = [
        Field(_("编号")),
        Field(_("单位"), width=28),
        Field(_("途径"), width=18),
        Field(_("车次"), COUNT, 8),
        Field(_("湿 t"), TONNES),
        Field(_("干 t"), TONNES, 14),
    ]
    for title, ways in ((_("运出去向"), ledger.sent_to), (_("接收来源"), ledger.received_from)):
        for way in ways:
            amount, route = way.amount, route_word(way.route) if way.route else None
            cells = [way.code, way.name, route, amount.count, tonnes(amount.wet_kg), dry(amount.dry_units)]
            book.sheet(title, fields).add(cells)


def _write_routes(book: Book, ledger: Ledger) -> None:
    heads = (_("合规 湿 t"), _("合规 干 t"), _("不合规 湿 t"), _("不合规 干 t"))
    fields = [Field(_("途径"), width=24), *(Field(head, TONNES, 15) for head in heads)]
    for one in ledger.disposed_by:
        good, bad = one.harmless, one.noncompliant
        cells = [tonnes(good.wet_kg), dry(good.dry_units), tonnes(bad.wet_kg), dry(bad.dry_units)]
        book.sheet(_("处置途径"), fields).add([route_word(one.route), *cells])


def _write_details(book: Book, ctx: Context, code: str, asked: Wanted) -> None:
    """Every entry on the sheet of its event, read week by week."""
    zone = ZoneInfo(ctx.directory.facility(code).zone)
    entries, runs, refused = lines.entry_fields(), lines.run_fields(), lines.refusal_fields()
    for first, last in service.weeks(asked.first, asked.last):
        for line in service.entries(ctx, code, first, last):
            entry = lines.entry_of(line, code, ctx.actor)
            cells = lines.entry_cells(entry, zone)
            book.sheet(shown.label(event_word(line.row.type)), entries).add(cells)
        for lot in service.run_lots(ctx, code, first, last):
            book.sheet(_("处理明细"), runs).add(lines.run_cells(lot))
        for refusal in service.refusals(ctx, code, first, last):
            book.sheet(_("进厂拒收"), refused).add(lines.refusal_cells(refusal, zone))
