"""Pictures on paper, as vectors in the documents' own fonts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sludgetrack.charts.marks import Band, Box, Curve, Dot, Ink, Mark, Picture, Rule, Text
from sludgetrack.documents.fonts import BOLD, REGULAR
from sludgetrack.documents.look import ACCENT, GREY, INK, RULE, TINT, WHITE
from sludgetrack.documents.paper import Paper
from sludgetrack.documents.text import Colour, Span, Style, line

TRANSLUCENT = 0.42
"""How much of a band's colour covers what lies under it."""

COLOURS: Mapping[Ink, Colour] = {
    Ink.TEXT: INK,
    Ink.SOFT: GREY,
    Ink.GRID: (0.86, 0.89, 0.88),
    Ink.AXIS: RULE,
    Ink.TRACK: TINT,
    Ink.GOOD: ACCENT,
    Ink.WARNING: (0.71, 0.47, 0.06),
    Ink.DANGER: (0.75, 0.22, 0.23),
    Ink.TARGET: (0.75, 0.22, 0.23),
    Ink.BAND: (0.88, 0.95, 0.92),
    Ink.BASELINE: (0.42, 0.36, 0.65),
    Ink.SOURCE: (0.29, 0.35, 0.33),
    Ink.PROCESS: (0.06, 0.48, 0.42),
    Ink.FIRE: (0.16, 0.62, 0.56),
    Ink.LAND: (0.42, 0.62, 0.23),
    Ink.BUILDING: (0.24, 0.48, 0.72),
    Ink.LANDFILL: (0.54, 0.42, 0.69),
    Ink.OTHER: (0.50, 0.54, 0.53),
    Ink.STOCK: (0.60, 0.66, 0.69),
    Ink.ROAD: (0.37, 0.69, 0.82),
}


class Place(NamedTuple):
    """Where a picture's upper left corner lies on the page."""

    x: float
    top: float

    def y(self, y: float) -> float:
        """From the picture's way down to the page's way up."""
        return round(self.top - y, 2)

    def at(self, x: float) -> float:
        """Across the page."""
        return round(self.x + x, 2)


def draw(paper: Paper, picture: Picture, *, x: float, top: float) -> None:
    """The picture with its upper left corner at (x, top), its units being points."""
    place = Place(x, top)
    for mark in picture.marks:
        _mark(paper, mark, place)


def _mark(paper: Paper, mark: Mark, place: Place) -> None:
    if isinstance(mark, Box):
        paper.box(place.at(mark.x), place.y(mark.y + mark.height), mark.width, mark.height, COLOURS[mark.ink])
    elif isinstance(mark, Band):
        _band(paper, mark, place)
    elif isinstance(mark, Rule):
        _rule(paper, mark, place)
    elif isinstance(mark, Dot):
        _dot(paper, mark, place)
    else:
        _text(paper, mark, place)


def _band(paper: Paper, band: Band, place: Place) -> None:
    path = paper.beginPath()
    path.moveTo(place.at(band.start[0]), place.y(band.start[1]))
    for step in band.steps:
        if isinstance(step, Curve):
            points = [value for x, y in (step.one, step.two, step.to) for value in (place.at(x), place.y(y))]
            path.curveTo(*points)
        else:
            path.lineTo(place.at(step[0]), place.y(step[1]))
    path.close()
    paper.saveState()
    paper.setFillColorRGB(*COLOURS[band.ink])
    paper.setFillAlpha(TRANSLUCENT)
    paper.drawPath(path, stroke=0, fill=1)
    paper.restoreState()


def _rule(paper: Paper, rule: Rule, place: Place) -> None:
    paper.saveState()
    paper.setStrokeColorRGB(*COLOURS[rule.ink])
    paper.setLineWidth(round(rule.thick * 0.6, 2))
    if rule.dashed:
        paper.setDash(3, 2.4)
    path = paper.beginPath()
    (x, y), *others = rule.points
    path.moveTo(place.at(x), place.y(y))
    for x, y in others:
        path.lineTo(place.at(x), place.y(y))
    paper.drawPath(path, stroke=1, fill=0)
    paper.restoreState()


def _dot(paper: Paper, dot: Dot, place: Place) -> None:
    paper.saveState()
    paper.setStrokeColorRGB(*COLOURS[dot.ink])
    paper.setFillColorRGB(*(WHITE if dot.hollow else COLOURS[dot.ink]))
    paper.setLineWidth(1)
    paper.circle(place.at(dot.x), place.y(dot.y), round(dot.radius, 2), stroke=1, fill=1)
    paper.restoreState()


def _text(paper: Paper, text: Text, place: Place) -> None:
    style = Style(BOLD if text.bold else REGULAR, round(text.size, 2), COLOURS[text.ink])
    made = line(Span(text.text, style))
    back = {"start": 0.0, "middle": made.width / 2, "end": made.width}[text.anchor]
    paper.write([(place.at(text.x - back), place.y(text.y), made)])
