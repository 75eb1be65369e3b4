"""``sludgetrack migrate``: the schema of a database that is not the embedded one."""

from __future__ import annotations

import click

from sludgetrack.cli.common import migrate_given


@click.command()
def migrate() -> None:
    """Bring the database of DATABASE_OWNER_URL to the newest schema."""
    migrate_given()
    click.echo("the database has the newest schema", err=True)
