"""``sludgetrack rebuild-projections``: tables that follow from the record, written anew."""

from __future__ import annotations

import click

from sludgetrack import tx
from sludgetrack.cli.common import open_engine
from sludgetrack.services.rebuilding import rebuild


@click.command("rebuild-projections")
def rebuild_projections() -> None:
    """Write manifests, parties, names and running sums anew from the entries and postings.

    For after an audit that found these wrong and nothing else; it does not touch the record. Writers wait meanwhile.
    """
    for what, count in tx.run(open_engine(pool_size=1), rebuild).items():
        click.echo(f"{what}: {count}", err=True)
