"""``sludgetrack audit``: the whole record replayed and everything that follows from it compared."""

from __future__ import annotations

import json
import sys

import click

from sludgetrack.cli.common import open_engine, open_store
from sludgetrack.cli.progress import Ticker
from sludgetrack.services import audit as service
from sludgetrack.services.audit import AuditReport, KeptHead, Outcome
from sludgetrack.store.blobs import BlobDamaged, BlobMissing, BlobStore


class _Head(click.ParamType[KeptHead]):
    name = "SIZE:ROOT"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> KeptHead:
        """A head as a sheet prints it."""
        if isinstance(value, KeptHead):
            return value
        try:
            return KeptHead.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.option(
    "--head",
    "heads",
    multiple=True,
    type=_Head(),
    help="A head of the log kept elsewhere (every sheet prints one): the log must still begin with it.",
)
@click.option("--format", "layout", type=click.Choice(("text", "json")), default="text", show_default=True)
def audit(heads: tuple[KeptHead, ...], layout: str) -> None:
    """Replay the whole record: chains, log, projections, mass ledger, running sums, stored sheets.

    Names the first row that disagrees in each area and counts the others. Exit code 0 only if all agree.
    """
    blobs = open_store()
    engine = open_engine(pool_size=1)
    ticker = Ticker()
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as reading:
            report = service.audit(reading, lambda digest: _read(blobs, digest), kept_heads=heads, progress=ticker.tick)
    except OSError as error:
        raise click.ClickException(f"the sheets cannot be read: {error}") from error
    finally:
        ticker.clear()
    if layout == "json":
        click.echo(json.dumps(report.document(), ensure_ascii=False, indent=1))
    else:
        _show(report)
    sys.exit(0 if report.agrees else 1)


def _read(blobs: BlobStore, digest: bytes) -> bytes | None:
    """A kept file; what was found instead of it where it is damaged."""
    try:
        return blobs.get(digest)
    except BlobMissing:
        return None
    except BlobDamaged:
        return b""


def _show(report: AuditReport) -> None:
    for outcome in report.outcomes:
        if outcome.first is not None:
            click.echo(f"{outcome.first.where}: {outcome.first.code}: {outcome.first.detail}")
        click.echo(_summary(outcome), err=True)
    click.echo(f"log {report.log_size}:{report.log_root.hex()}")


def _summary(outcome: Outcome) -> str:
    said = "agree" if not outcome.found else f"{outcome.found} disagree"
    return f"{outcome.area:<10} {outcome.checked:>12,} checked, {said}{', stopped' if outcome.stopped else ''}"
