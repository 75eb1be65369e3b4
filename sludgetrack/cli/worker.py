"""``sludgetrack worker``: does what the outbox asks for, until it is told to stop."""

from __future__ import annotations

import signal
from types import FrameType

import click

from sludgetrack import telemetry
from sludgetrack.cli.common import open_engine, open_store, settings
from sludgetrack.worker import Loop


@click.command()
@click.option("--once", is_flag=True, help="Do what is waiting now, then end.")
def worker(*, once: bool) -> None:
    """Render and store the sheets of new events. SIGTERM ends it after the batch in hand."""
    telemetry.configure()
    given, blobs = settings(), open_store()
    loop = Loop(open_engine(pool_size=2), blobs, given.public_address)
    if once:
        click.echo(f"done: {loop.drain()}", err=True)
        return

    def end(_signal: int, _frame: FrameType | None) -> None:
        loop.stop()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)
    loop.run()
