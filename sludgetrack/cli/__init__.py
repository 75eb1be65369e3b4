"""The command line: ``sludgetrack COMMAND``. Answers on standard output, messages on standard error.

Exit codes: 0 good, 1 findings or refused input, 2 wrong usage.
"""

from __future__ import annotations

import click

from sludgetrack import __version__
from sludgetrack.cli.audit import audit
from sludgetrack.cli.common import Session
from sludgetrack.cli.database import migrate
from sludgetrack.cli.demo import demo
from sludgetrack.cli.importing import import_
from sludgetrack.cli.people import person
from sludgetrack.cli.periods import periods
from sludgetrack.cli.rates import balance, rates
from sludgetrack.cli.rebuilding import rebuild_projections
from sludgetrack.cli.report import report
from sludgetrack.cli.serving import serve
from sludgetrack.cli.sheets import sheets
from sludgetrack.cli.worker import worker


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sludgetrack")
@click.pass_context
def main(context: click.Context) -> None:
    """Manifests that follow sewage sludge from plant to disposal, handoff by handoff, tonne by tonne."""
    context.ensure_object(Session)


for command in (
    audit,
    balance,
    demo,
    import_,
    migrate,
    periods,
    person,
    rates,
    rebuild_projections,
    report,
    serve,
    sheets,
    worker,
):
    main.add_command(command)
