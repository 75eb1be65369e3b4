"""通沟污泥: what was cleaned out of sewers, apart from every rate: how much, where it is, what lies how long."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue

from sludgetrack.domain.times import legal_day
from sludgetrack.services.context import Context
from sludgetrack.services.reading.regulator import require_inspector
from sludgetrack.store import apart_reading
from sludgetrack.store.apart_reading import SewerFigures, SewerLot
from sludgetrack.web.acting import acting, do
from sludgetrack.web.regulator.desk import blueprint, for_inspectors
from sludgetrack.web.runtime import runtime


@blueprint.get("/sewer-sludge")
@for_inspectors
def sewer() -> ResponseReturnValue:
    """The division's sewer-cleaning sludge."""

    def read(ctx: Context) -> tuple[Sequence[SewerFigures], Sequence[SewerLot]]:
        require_inspector(ctx)
        found = apart_reading.sewer_figures(ctx.connection, ctx.actor)
        return found, apart_reading.sewer_lots(ctx.connection, ctx.actor)

    figures, lots = do(read)
    names = ("produced", "at_plant", "on_road", "at_sites", "disposed", "of_it_harmless", "unaccounted")
    today = legal_day(runtime().now())
    return render_template(
        "regulator/sewer.html",
        division=acting().actor.division,
        figures=figures,
        total={name: sum(getattr(one, name) for one in figures) for name in names},
        lots=[(lot, (today - lot.day).days) for lot in lots],
    )
