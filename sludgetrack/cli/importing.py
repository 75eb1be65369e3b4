"""``sludgetrack import``: ledger files into the record."""

from __future__ import annotations

import gc
import gettext
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sludgetrack import i18n, tx
from sludgetrack.cli.common import open_engine, settings
from sludgetrack.domain.errors import NotAllowedNow
from sludgetrack.ledgerfiles.columns import FILES
from sludgetrack.ledgerfiles.findings import as_written
from sludgetrack.services.importing import (
    ImportRunning,
    Order,
    Outcome,
    Progress,
    Stage,
    finding_line,
    import_ledger,
)

if TYPE_CHECKING:
    from sludgetrack.ledgerfiles.findings import Finding
    from sludgetrack.ledgerfiles.shapes import Column

_LANGUAGE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_BAR = 30
_FEW_COLLECTIONS = 100_000


@click.command("import")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the files only; nothing is written.")
@click.option("--columns", is_flag=True, help="Print every file's columns with their headings, keys and codes.")
def import_(folder: Path | None, *, dry_run: bool, columns: bool) -> None:
    """Load the ledger files in FOLDER: CSV files, or one .xlsx with a sheet for each.

    Nothing is written unless every file is clean; every problem is listed as file:line:column: code: message. Live work
    goes on meanwhile, and an import that broke off is finished by running it again.
    """
    if columns:
        _print_columns()
        return
    if folder is None:
        raise click.UsageError("name the FOLDER with the ledger files")
    translate = _translate(os.environ)
    bar = _Bar()
    order = Order(
        folder=folder,
        zone=settings().time_zone.key,
        clock=lambda: datetime.now(UTC),
        dry_run=dry_run,
        watch=bar.show,
    )

    def tell(finding: Finding) -> None:
        bar.clear()
        click.echo(finding_line(finding, translate))

    outcome = _import(order, tell)
    bar.clear()
    _summarise(outcome, dry_run=dry_run)
    sys.exit(0 if outcome.is_clean else 1)


def _import(order: Order, tell: Callable[[Finding], None]) -> Outcome:
    try:
        with tx.session(open_engine(pool_size=1)) as connection, _few_collections():
            return import_ledger(connection, order, tell)
    except ImportRunning:
        raise click.ClickException("another import is running on this database; try again when it is done") from None
    except NotAllowedNow as error:
        name = error.facts["name"]
        message = (
            f"somebody went on with manifest {name} meanwhile; what came before it is recorded, run the import again"
        )
        raise click.ClickException(message) from error


@contextmanager
def _few_collections() -> Iterator[None]:
    """Millions of short-lived objects and hardly a circle among them: looking for circles would take a fifth of the
    time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_FEW_COLLECTIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _translate(environment: Mapping[str, str]) -> Callable[[str], str]:
    """Chinese, unless the environment asks for English."""
    asked = next((environment[name] for name in _LANGUAGE_VARIABLES if environment.get(name)), "")
    if not asked.startswith("en"):
        return as_written
    return gettext.translation("messages", i18n.CATALOGUES, [i18n.ENGLISH], fallback=True).gettext


def _summarise(outcome: Outcome, *, dry_run: bool) -> None:
    if not outcome.is_clean:
        click.echo(f"{outcome.findings} problems found, nothing was written", err=True)
        return
    for name, counts in outcome.files.items():
        said = f"{counts.new:>9,} new  {counts.updated:>9,} updated  {counts.unchanged:>9,} unchanged"
        click.echo(f"{name:<12}{said}", err=True)
    written = "checked only, nothing was written" if dry_run else f"{outcome.events:,} events recorded"
    click.echo(written, err=True)


class _Bar:
    """How far the import is, on a terminal."""

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()
        self._shown = ""

    def show(self, progress: Progress) -> None:
        """Draw the line anew where it would change."""
        line = _line(progress)
        if self._watched and line != self._shown:
            self._shown = line
            click.echo(f"\r\x1b[K{line}", nl=False, err=True)

    def clear(self) -> None:
        """Leave the line empty."""
        if self._shown:
            self._shown = ""
            click.echo("\r\x1b[K", nl=False, err=True)


def _line(progress: Progress) -> str:
    if progress.stage is Stage.RECORDING and progress.total:
        filled = _BAR * progress.done // progress.total
        share = f"{100 * progress.done // progress.total:>3} %"
        return f"{progress.stage} [{'#' * filled:<{_BAR}}] {share}  {progress.done:,} of {progress.total:,}"
    return f"{progress.stage} {progress.file} {progress.done:,}" if progress.file else f"{progress.stage} …"


def _print_columns() -> None:
    for file in FILES:
        click.echo(f"{file.name}  {' '.join(file.zh.split())}  {file.meaning_en}")
        for column in file.columns:
            click.echo(f"  {_described(column)}")
            for code in column.codes:
                click.echo(f"      {code.value}  {code.zh}  {code.en}".rstrip())
        click.echo()


def _described(column: Column) -> str:
    marks = [name for name, holds in (("key", column.key), ("required", column.required)) if holds]
    if column.default is not None:
        marks.append(f"default {column.default}")
    notes = f"  [{', '.join(marks)}]" if marks else ""
    return f"{column.name}  {column.zh}  {column.kind}{notes}  {column.meaning_en}"
