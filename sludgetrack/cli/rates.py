"""``sludgetrack rates`` and ``sludgetrack balance``: figures of a period, for people and for programs."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import click

from sludgetrack import tx
from sludgetrack.cli.common import open_engine
from sludgetrack.cli.table import Label, figures_table
from sludgetrack.services import reporting
from sludgetrack.services.reporting import BalanceReport, Grouping, Period, RateReport

Report = RateReport | BalanceReport
Command = Callable[..., None]

YEARS = range(1900, 3000)

RATE_LABELS: Mapping[str, Label] = {
    "produced": Label("产生", "t"),
    "opening_stock": Label("期初存量", "t"),
    "closing_stock": Label("期末存量", "t"),
    "harmless": Label("无害化处置", "t"),
    "noncompliant": Label("不合规处置", "t"),
    "landfilled": Label("填埋", "t"),
    "unaccounted": Label("去向不明", "t"),
    "unaccounted_by_cause": Label("原因", "t"),
    "by_route": Label("方式", "t"),
    "estimated_share": Label("含水率估算占比", "%"),
    "harmless_rate": Label("无害化处置率", "%"),
    "harmless_rate_stock_adjusted": Label("无害化处置率（扣库存）", "%"),
    "harmless_rate_cohort": Label("无害化处置率（按批次）", "%"),
    "landfill_rate": Label("填埋率", "%"),
    "landfill_rate_of_disposed": Label("填埋率（占处置量）", "%"),
    "resource_rate": Label("资源化利用率", "%"),
    "resource_rate_broad": Label("资源化利用率（宽）", "%"),
}
BALANCE_LABELS: Mapping[str, Label] = {
    **{name: RATE_LABELS[name] for name in ("produced", "opening_stock")},
    "left": Label("产生 + 期初", "t"),
    **{name: RATE_LABELS[name] for name in ("harmless", "noncompliant", "unaccounted", "unaccounted_by_cause")},
    "closing_stock": RATE_LABELS["closing_stock"],
    "right": Label("去向 + 期末", "t"),
    "difference": Label("差额", "t"),
}


class Day(click.ParamType[date]):
    """A legal day on the command line."""

    name = "DATE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """A legal day, as 2025-01-31."""
        if isinstance(value, date):
            return value
        try:
            day = datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007 - a legal day has no zone
        except ValueError:
            self.fail(f"{value!r} is no date such as 2025-01-31", param, ctx)
        if day.year not in YEARS:
            self.fail(f"{value} lies outside the years {YEARS[0]} to {YEARS[-1]}", param, ctx)
        return day


def _options(command: Command) -> Command:
    """What both commands may be asked."""
    for option in reversed(
        (
            click.option("--from", "first", type=Day(), required=True, help="First legal day."),
            click.option("--to", "last", type=Day(), required=True, help="Last legal day, included."),
            click.option("--division", default="", help="Only what plants under this division prefix produced."),
            click.option("--by", type=click.Choice([str(g) for g in Grouping]), default="division", show_default=True),
            click.option(
                "--format", "layout", type=click.Choice(("table", "json", "csv")), default="table", show_default=True
            ),
        )
    ):
        command = option(command)
    return command


@click.command()
@_options
def rates(first: date, last: date, division: str, by: str, layout: str) -> None:
    """Rates of a period, on origin dry solids, by division, city class, plant, route or month."""
    period, grouping, now = period_of(first, last), Grouping(by), datetime.now(UTC)
    prefix = prefix_of(division)
    report = tx.run(
        open_engine(pool_size=1),
        lambda connection: reporting.rates(connection, period, grouping, division_prefix=prefix, now=now),
    )
    _show(report, layout, RATE_LABELS)


@click.command()
@_options
def balance(first: date, last: date, division: str, by: str, layout: str) -> None:
    """Mass balance of a period: produced + opening = harmless + non-compliant + unaccounted + closing.

    Exit code 1 where the two sides differ.
    """
    period, grouping = period_of(first, last), Grouping(by)
    prefix = prefix_of(division)
    report = tx.run(
        open_engine(pool_size=1),
        lambda connection: reporting.balance(connection, period, grouping, division_prefix=prefix),
    )
    _show(report, layout, BALANCE_LABELS)
    for group, units in report.differences.items():
        click.echo(f"{group}: the two sides differ by {units} x 0.1 g: run `sludgetrack audit`", err=True)
    sys.exit(1 if report.differences else 0)


def period_of(first: date, last: date) -> Period:
    """The days asked for. Raises BadParameter where the last lies before the first."""
    try:
        return Period(first, last)
    except ValueError as error:
        raise click.BadParameter(f"{error}, the first day", param_hint="--to") from error


def prefix_of(text: str) -> str:
    """The division asked for. Raises BadParameter for anything that is none."""
    if text and not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise click.BadParameter(f"{text!r} is no division prefix of up to 6 digits", param_hint="--division")
    return text


def _show(report: Report, layout: str, labels: Mapping[str, Label]) -> None:
    document = report.document()
    if layout == "json":
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
    elif layout == "csv":
        click.echo(_csv(_lines(document)), nl=False)
    else:
        click.echo(f"{document['from']} – {document['to']}  干基 {document['basis']}")
        click.echo(figures_table(_lines(document), labels, marked=frozenset(document["provisional"])))
        if document["provisional"]:
            click.echo("* 暂定 provisional")


def _lines(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rows and the total, which may be the only row already."""
    by_total = document["by"] == Grouping.TOTAL
    return [document["total"]] if by_total else [*document["rows"], document["total"]]


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows with the columns of the JSON; an object of figures becomes a column for each (``by_route.I1``)."""
    flat = [_flat(row) for row in rows]
    columns = [name for key in rows[0] for name in _columns(key, rows)]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    return text.getvalue()


def _columns(key: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    parts = sorted({part for row in rows if isinstance(row[key], dict) for part in row[key]})
    nested = any(isinstance(row[key], dict) for row in rows)
    return [f"{key}.{part}" for part in parts] if nested else [key]


def _flat(row: Mapping[str, Any]) -> dict[str, str | None]:
    flat: dict[str, str | None] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{part}": figure for part, figure in value.items()}
        elif value is not None:
            flat[key] = value
    return flat
