"""``sludgetrack sheets``: the recorded sheets of a manifest as files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Connection

from sludgetrack import tx
from sludgetrack.cli.common import open_engine, open_store, settings
from sludgetrack.domain import numbers
from sludgetrack.domain.errors import NotANumber
from sludgetrack.services.sheets import Press, render_and_record, sheets_of
from sludgetrack.store.blobs import BlobDamaged, BlobMissing, BlobStore
from sludgetrack.store.sheets import Sheet, manifests_called

Named = tuple[str, Sheet]
"""A file name and the sheet that goes into it."""


@click.command()
@click.argument("manifest")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder to write to; made if there is none. Default: here.",
)
def sheets(manifest: str, out: Path) -> None:
    """Write every sheet of MANIFEST, its number or its external number, as NUMBER-n-event.pdf.

    Sheets of imported history are made when they are first asked for, and stay. Prints the files' names.
    """
    given, blobs = settings(), open_store()

    def work(connection: Connection) -> list[Named]:
        return _recorded(Press(connection, blobs, datetime.now(UTC), given.public_address), manifest)

    named = tx.run(open_engine(pool_size=2), work)
    out.mkdir(parents=True, exist_ok=True)
    damaged = [each for each in named if not _written(blobs, each, out)]
    if damaged:
        raise click.ClickException(f"{len(damaged)} of {len(named)} sheets are not what was recorded")


def _written(blobs: BlobStore, named: Named, out: Path) -> bool:
    """Write a sheet's file and print its name; a file that is missing or changed is not written but reported."""
    name, sheet = named
    try:
        content = blobs.get(sheet.file_digest)
    except BlobMissing as error:
        click.echo(f"{name}: the file {error} is missing", err=True)
    except BlobDamaged as error:
        click.echo(f"{name}: the file {error} was changed", err=True)
    else:
        (out / name).write_bytes(content)
        click.echo(out / name)
        return True
    return False


def _recorded(press: Press, manifest: str) -> list[Named]:
    number, stream_id = _manifest(press.connection, manifest)
    listed = sheets_of(press.connection, stream_id)
    made = render_and_record(press, [each.event_id for each in listed])
    return [(f"{number}-{each.ordinal}-{each.type}.pdf", made[each.event_id]) for each in listed]


def _manifest(connection: Connection, text: str) -> tuple[str, int]:
    found = manifests_called(connection, text) or manifests_called(connection, _number(text))
    if len(found) == 1:
        return next(iter(found.items()))
    if found:
        raise click.ClickException(f"several manifests are called {text}: {', '.join(map(numbers.grouped, found))}")
    raise click.ClickException(f"no manifest is called {text}")


def _number(text: str) -> str:
    """The digits of a number as people write it; any other text as it is."""
    try:
        return str(numbers.parse(text))
    except NotANumber:
        return text
