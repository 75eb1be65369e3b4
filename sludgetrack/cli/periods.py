"""``sludgetrack periods``: which months are closed, and closing one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
import uuid_utils

from sludgetrack import tx
from sludgetrack.cli.common import open_engine
from sludgetrack.domain.errors import AlreadyLocked, OutOfRange, PeriodNotOver
from sludgetrack.domain.registrations import LockPeriod
from sludgetrack.services.locking import lock_as_operator
from sludgetrack.store import periods as store

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_DIVISION = re.compile(r"[0-9]{2}([0-9]{2}){0,2}")


@click.group()
def periods() -> None:
    """Months that are closed: what is booked later for one of their days counts on the first open day."""


@periods.command("list")
@click.option("--division", default="", help="Only locks that concern this division.")
def list_(division: str) -> None:
    """Print every lock, the newest month first: division, month, when it was locked, by whom."""
    for one in tx.run(open_engine(), lambda connection: store.locks(connection, division)):
        click.echo(f"{one.division:6}  {one.month:%Y-%m}  {one.recorded_at:%Y-%m-%dT%H:%M:%SZ}  {one.organisation}")


@periods.command()
@click.argument("division")
@click.argument("month")
def lock(division: str, month: str) -> None:
    """Close MONTH (2025-01) and all months before it for DIVISION and everything under it. This is not undone."""
    if not _DIVISION.fullmatch(division):
        raise click.UsageError(f"{division} is no division: 2, 4 or 6 digits")
    if not _MONTH.fullmatch(month):
        raise click.UsageError(f"{month} is no month: write it as 2025-01")

    def work(connection: Connection) -> None:
        said = LockPeriod(event_id=str(uuid_utils.uuid7()), division=division, month=month)
        lock_as_operator(connection, said, datetime.now(UTC))

    try:
        tx.run(open_engine(), work)
    except PeriodNotOver as error:
        raise click.ClickException(f"{month} is not over yet") from error
    except AlreadyLocked as error:
        raise click.ClickException(f"{division} is locked through {error.facts['month']} already") from error
    except OutOfRange as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{division} is locked through {month}", err=True)
