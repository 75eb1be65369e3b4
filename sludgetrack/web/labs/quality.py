"""泥质变化: what a facility reported over time, parameter by parameter, with a route's limits as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from sludgetrack.charts import readings as chart
from sludgetrack.charts.legend import Key
from sludgetrack.charts.marks import Ink, Picture
from sludgetrack.charts.readings import Bound, Point, Readings
from sludgetrack.domain.labs import in_unit
from sludgetrack.domain.limits import Limit
from sludgetrack.services.context import Context
from sludgetrack.services.reading import labs, stock
from sludgetrack.services.reading.labs import Quality
from sludgetrack.store.directory import Facility
from sludgetrack.store.lab_reading import ReportRow
from sludgetrack.web import exports
from sludgetrack.web.acting import do
from sludgetrack.web.drawing import Width, drawn
from sludgetrack.web.exports import Cell
from sludgetrack.web.forms import reading as page_reading
from sludgetrack.web.labs import desk
from sludgetrack.web.labs.desk import READERS, blueprint, limit_word, number, parameter_word, unit_word
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import route_word


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose quality is shown, which parameter is drawn, and whose limits it is held to."""

    quality: Quality
    parameter: str
    route: str

    @property
    def limits(self) -> list[Limit]:
        """The route's limits of the parameter."""
        return [one for one in self.quality.rulebook.limits.of(self.route) if one.parameter == self.parameter]

    @property
    def routes(self) -> list[str]:
        """The routes that limit the parameter."""
        limits = self.quality.rulebook.limits
        stated = {code: {one.parameter for one in limits.of(code)} for code in self.quality.rulebook.routes}
        return [code for code, parameters in stated.items() if self.parameter in parameters]


@blueprint.get("/quality")
@signed_in_only(*READERS)
def quality() -> ResponseReturnValue:
    """The chart of one parameter and the table of all."""
    own, asked = do(_asked)
    if asked is None:
        return render_template("labs/no_facility.html")
    made = _readings(asked)
    return render_template(
        "labs/quality.html",
        at=asked.quality.at,
        tabs=_tabs(own, asked.quality.at),
        asked=asked,
        picture=_drawn(asked, made) if made.points else "",
        apart=[bound for bound in made.bounds if bound not in made.drawn],
        parameters=[_chip(asked, name, asked.route, parameter_word(name)) for name in asked.quality.parameters],
        routes=[_chip(asked, asked.parameter, code, route_word(code)) for code in asked.routes],
        unverified=any(not limit.is_checked for limit in asked.limits),
        rows=_rows(asked.quality),
        words=desk,
    )


@blueprint.get("/quality.<kind>")
@signed_in_only(*READERS)
def quality_file(kind: str) -> ResponseReturnValue:
    """The table of all as a file."""
    _own, asked = do(_asked)
    if asked is None:
        return render_template("labs/no_facility.html")
    names = asked.quality.parameters
    head = [_("采样日期"), _("报告编号"), _("检测对象"), *(parameter_word(name) for name in names)]
    rows: list[list[Cell]] = [
        [row.sampled_on.isoformat(), row.name, row.subject, *(_cell(text) for text in texts)]
        for row, texts in _rows(asked.quality)
    ]
    return exports.download(kind, f"{asked.quality.at.code}-quality", head, rows)


def _asked(ctx: Context) -> tuple[list[Facility], Asked | None]:
    own = stock.facilities(ctx)
    code = request.args.get("at") or next((facility.code for facility in own), None)
    if code is None:
        return own, None
    found = labs.quality(ctx, code)
    known = found.parameters
    parameter = request.args.get("parameter", "")
    parameter = parameter if parameter in known else next(iter(known), "")
    asked = Asked(found, parameter, request.args.get("route", ""))
    return own, asked if asked.limits else Asked(found, parameter, next(iter(asked.routes), ""))


def _readings(asked: Asked) -> Readings:
    unit = asked.limits[0].unit if asked.limits else ""
    words = page_reading()
    points = []
    for row in asked.quality.reports:
        stated = row.report.readings.get(asked.parameter)
        value = None if stated is None else in_unit(stated, unit or stated.unit)
        if value is not None:
            beyond = any(not limit.is_met_by(value) for limit in asked.limits)
            points.append(Point(row.sampled_on, words.day(row.sampled_on), value, number(value), beyond))
    keys = [Key(Ink.GOOD, _("符合限值")), Key(Ink.DANGER, _("不符合")), Key(Ink.TARGET, _("限值"), "dashes")]
    return Readings(tuple(points), _bounds(asked.limits), unit_word(unit), tuple(keys if asked.limits else ()))


def _bounds(limits: Sequence[Limit]) -> tuple[Bound, ...]:
    texts: dict[Decimal, list[str]] = {}
    for limit in limits:
        condition = desk.condition_word(limit)
        text = f"{limit_word(limit)} {condition}".strip()
        if text not in texts.setdefault(limit.value, []):
            texts[limit.value].append(text)
    return tuple(Bound(value, " / ".join(words)) for value, words in texts.items())


def _drawn(asked: Asked, made: Readings) -> Markup:
    title = f"{parameter_word(asked.parameter)} {asked.quality.at.name}"
    newest = made.points[-1]
    says = _("最近一次 %(day)s：%(value)s %(unit)s。", day=newest.label, value=newest.text, unit=made.unit)

    def draw(width: Width) -> Picture:
        return chart.picture(made, width=width.units, height=width.size * 13, size=width.size)

    return drawn("quality", title, says, draw)


def _rows(found: Quality) -> list[tuple[ReportRow, list[str]]]:
    """Every report, the latest first, with the value of each parameter as it was stated."""
    return [(row, [_stated(row, name) for name in found.parameters]) for row in reversed(found.reports)]


def _stated(row: ReportRow, parameter: str) -> str:
    reading = row.report.readings.get(parameter)
    return "" if reading is None else f"{number(reading.value)} {unit_word(reading.unit)}".strip()


def _cell(text: str) -> Cell:
    """A bare number as a number, so that a spreadsheet counts with it."""
    return Decimal(text) if text and text.replace(".", "", 1).isdigit() else text or None


def _chip(asked: Asked, parameter: str, route: str, label: str) -> dict[str, object]:
    here = (parameter, route) == (asked.parameter, asked.route)
    address = url_for("labs.quality", at=asked.quality.at.code, parameter=parameter, route=route or None)
    return {"href": address, "label": label, "current": here}


def _tabs(own: Sequence[Facility], at: Facility) -> list[dict[str, object]]:
    if len(own) < 2 or at.code not in {facility.code for facility in own}:
        return []
    return [
        {"href": url_for("labs.quality", at=one.code), "label": one.name, "current": one.code == at.code} for one in own
    ]
