"""``sludgetrack report``: a division and a period as a document to print and file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from sludgetrack import tx
from sludgetrack.cli.common import open_engine, settings
from sludgetrack.cli.rates import Day, period_of, prefix_of
from sludgetrack.services.period_report import Ordered, period_report


@click.command()
@click.option("--from", "first", type=Day(), required=True, help="First legal day.")
@click.option("--to", "last", type=Day(), required=True, help="Last legal day, included.")
@click.option("--division", default="", help="Only what plants under this division prefix produced.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The PDF to write.")
def report(first: date, last: date, division: str, out: Path) -> None:
    """Write the report of a period as a PDF in Chinese and English: balance, rates, targets, flow and stock."""
    ordered = Ordered(period_of(first, last), prefix_of(division), datetime.now(UTC), settings().public_address)
    made = tx.run(open_engine(pool_size=1), lambda connection: period_report(connection, ordered))
    out.write_bytes(made)
    click.echo(out)
