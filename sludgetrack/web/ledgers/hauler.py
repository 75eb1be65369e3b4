"""The ledger of a hauler: a day with its trips, a month by its days, a year by its months, and as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO
from zoneinfo import ZoneInfo

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from sludgetrack.domain.times import LEGAL_ZONE
from sludgetrack.services.context import Context
from sludgetrack.services.reading import haulage
from sludgetrack.services.reading.haulage import HaulerLedger, Trip, TripsOf, TripsOn
from sludgetrack.services.reading.ledger_rows import By
from sludgetrack.services.reading.ledgers import weeks
from sludgetrack.web import exports, workbooks
from sludgetrack.web.acting import do
from sludgetrack.web.format import number_text, plate
from sludgetrack.web.forms import reading
from sludgetrack.web.ledgers.books import field_of
from sludgetrack.web.ledgers.columns import Column, groups, of_hauler, text_of
from sludgetrack.web.ledgers.desk import READERS, Wanted, address, around, blueprint, log_line, maker, steps, wanted
from sludgetrack.web.ledgers.lines import tonnes
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import route_word, state_words
from sludgetrack.web.workbooks import COUNT, DAY, TONNES, Book, Field

TRIPS_SHOWN = 200
"""How many trips one page shows."""
PAGE = "ledgers.of_hauler"


@dataclass(frozen=True, slots=True)
class TripPage:
    """A page of the trips of a period, and the addresses of the pages beside it."""

    items: tuple[Trip, ...]
    older: str
    newer: str


@blueprint.get("/haulers/<code>", endpoint="of_hauler")
@signed_in_only(*READERS)
def page(code: str) -> ResponseReturnValue:
    """One hauler's ledger."""
    asked = wanted()
    with_trips = asked.by is By.DAY or (asked.by is By.MONTH and "entries" in request.args)
    ledger = do(lambda ctx: haulage.hauler_ledger(ctx, code, asked.span))
    columns = of_hauler(ledger)
    return render_template(
        "ledgers/hauler.html",
        ledger=ledger,
        asked=asked,
        steps=steps(PAGE, asked, code=code),
        columns=columns,
        groups=groups(columns),
        rows=[(row.trips, _label(asked, row), _inside(code, asked, row)) for row in ledger.rows],
        vehicles=[(one.trips, one.name, "") for one in ledger.vehicles],
        drivers=[(one.trips, one.name, "") for one in ledger.drivers or ()],
        trips=_trips(code, asked) if with_trips else None,
        figure=text_of,
        entries_href=address(PAGE, asked, code=code, entries=1) if asked.by is By.MONTH else "",
        csv=address("ledgers.hauler_file", asked, code=code, kind=exports.CSV),
        xlsx=address("ledgers.hauler_file", asked, code=code, kind=exports.XLSX),
        source=log_line(ledger.log_size),
        maker=maker(),
    )


@blueprint.get("/haulers/<code>/ledger.<kind>")
@signed_in_only(*READERS)
def hauler_file(code: str, kind: str) -> ResponseReturnValue:
    """The table as it is shown (CSV), or the workbook with every trip (XLSX)."""
    asked = wanted()
    if kind == exports.XLSX:
        return workbooks.answer(*do(lambda ctx: _workbook(ctx, code, asked)))
    if kind != exports.CSV:
        abort(404)
    ledger = do(lambda ctx: haulage.hauler_ledger(ctx, code, asked.span))
    columns = of_hauler(ledger)
    head = [_("期间"), *(column.head for column in columns)]
    return exports.download(exports.CSV, _name(ledger, asked), head, _summary(ledger, asked, columns))


def _trips(code: str, asked: Wanted) -> TripPage:
    number = max(1, request.args.get("page", 1, int))
    first = (number - 1) * TRIPS_SHOWN
    found = do(
        lambda ctx: haulage.trips(ctx, code, asked.first, asked.last, limit=TRIPS_SHOWN + 1, offset=first),
    )

    def at(other: int) -> str:
        return address(PAGE, asked, code=code, entries=1, page=other)

    older = at(number + 1) if len(found) > TRIPS_SHOWN else ""
    return TripPage(tuple(found[:TRIPS_SHOWN]), older, at(number - 1) if number > 1 else "")


def _label(asked: Wanted, row: TripsOn) -> str:
    return reading().month(row.first) if asked.by is By.YEAR else reading().day(row.first)


def _inside(code: str, asked: Wanted, row: TripsOn) -> str:
    if asked.by is By.DAY:
        return ""
    by = By.MONTH if asked.by is By.YEAR else By.DAY
    return address(PAGE, around(by, row.first, asked.today), code=code)


# Files


def _name(ledger: HaulerLedger, asked: Wanted) -> str:
    return f"{_('台账')} {ledger.code} {asked.code}"


def _summary(ledger: HaulerLedger, asked: Wanted, columns: Sequence[Column]) -> Iterator[list[exports.Cell]]:
    for row in ledger.rows:
        yield [_label(asked, row), *(column.number(row.trips) for column in columns)]
    yield [_("合计"), *(column.number(ledger.total) for column in columns)]


def _workbook(ctx: Context, code: str, asked: Wanted) -> tuple[IO[bytes], str]:
    ledger = haulage.hauler_ledger(ctx, code, asked.span)
    columns, book = of_hauler(ledger), Book()
    titles = [
        f"{ledger.name} {ledger.code} · {_('台账')} {asked.title} · {_('计量单位：吨')}",
        log_line(ledger.log_size),
    ]
    sheet = book.sheet(_("汇总"), [Field(_("期间"), width=14), *map(field_of, columns)], above=titles)
    for cells in _summary(ledger, asked, columns):
        sheet.add(cells)
    parts: list[tuple[str, str, Sequence[TripsOf]]] = [(_("按车辆"), _("车牌"), ledger.vehicles)]
    if ledger.drivers is not None:
        parts.append((_("按驾驶员"), _("驾驶员"), ledger.drivers))
    for title, head, found in parts:
        sheet = book.sheet(title, [Field(head, width=16), *map(field_of, columns)])
        for one in found:
            sheet.add([one.name, *(column.number(one.trips) for column in columns)])
    _write_trips(book, ctx, ledger)
    return book.content(), _name(ledger, asked)


def _write_trips(book: Book, ctx: Context, ledger: HaulerLedger) -> None:
    named = ledger.drivers is not None
    sheet = book.sheet(_("趟次明细"), _trip_fields(named=named))
    for first, last in weeks(ledger.span.first, ledger.span.last):
        for trip in haulage.trips(ctx, ledger.code, first, last):
            sheet.add(_trip_cells(trip, named=named))


def _trip_fields(*, named: bool) -> list[Field]:
    driver = [Field(_("驾驶员"), width=14)] if named else []
    return [
        Field(_("日期"), DAY),
        Field(_("联单编号"), width=26),
        Field(_("状态"), width=10),
        Field(_("车牌")),
        *driver,
        Field(_("产生单位"), width=24),
        Field(_("接收单位"), width=24),
        Field(_("处置途径"), width=18),
        Field(_("装运时间"), width=10),
        Field(_("进厂时间"), width=10),
        Field(_("装运 t"), TONNES),
        Field(_("送达 t"), TONNES),
        Field(_("拒收退回 t"), TONNES),
        Field(_("磅差 t"), TONNES),
        Field(_("用时 分钟"), COUNT, 10),
        Field(_("直线里程 km"), COUNT, 12),
    ]


def _trip_cells(trip: Trip, *, named: bool) -> list[exports.Cell]:
    row, zone = trip.row, ZoneInfo(LEGAL_ZONE)
    return [
        row.day,
        number_text(row.number),
        state_words().get(row.status, row.status),
        plate(row.plate) if row.plate else None,
        *([row.driver_name] if named else []),
        trip.origin,
        trip.destination,
        route_word(row.route),
        row.loaded_at.astimezone(zone).strftime("%H:%M"),
        row.ended_at.astimezone(zone).strftime("%H:%M") if row.ended_at else None,
        tonnes(row.loaded_kg),
        tonnes(row.delivered_kg),
        tonnes(row.refused_kg),
        tonnes(row.difference_kg),
        row.minutes,
        trip.km,
    ]
