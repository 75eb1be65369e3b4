"""图景 of an operator's own facilities: how old the stock is, how full the sites are, how the plants stand."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.identity import Role
from sludgetrack.services.reading.own_pictures import OwnPictures, own_pictures
from sludgetrack.web import charting, exports
from sludgetrack.web.acting import acting, do
from sludgetrack.web.charting import Chart
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import signed_in_only

blueprint = Blueprint("own_pictures", __name__, url_prefix="/pictures")


@blueprint.get("", endpoint="page")
@signed_in_only(Role.CLERK, Role.OPERATOR)
def page() -> ResponseReturnValue:
    """The pictures, each with its table."""
    return render_template(
        "own_pictures.html",
        charts=list(_charts(do(own_pictures))),
        organisation=acting().organisation_name,
        as_of=runtime().now(),
        file=lambda chart, kind: url_for("own_pictures.file", name=chart.name, kind=kind),
    )


@blueprint.get("/<name>.<kind>")
@signed_in_only(Role.CLERK, Role.OPERATOR)
def file(name: str, kind: str) -> ResponseReturnValue:
    """The figures of one picture as a file."""
    chart = next((chart for chart in _charts(do(own_pictures)) if chart.name == name), None)
    if chart is None:
        abort(404)
    return exports.download(kind, chart.title, chart.head, chart.rows)


def _charts(seen: OwnPictures) -> Iterator[Chart]:
    if seen.plants:
        yield charting.plants_chart(seen.plants)
    yield charting.stock_chart(seen.stock)
    yield charting.stocks_chart(seen.stock)
    if seen.has_sites:
        yield charting.capacity_chart(seen.loads)
