"""Pictures as inline SVG: colours come from style sheets by the ink's name, nothing is styled in the markup.

A page has every picture in several widths and shows the one that fits; each is one image to a screen reader, with a
title and a description, and the same figures stand in a table below it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup, escape

from sludgetrack.charts.marks import Band, Box, Curve, Dot, Mark, Picture, Rule, Text


@dataclass(frozen=True, slots=True)
class Width:
    """A width a picture is drawn for: the name its rule in the style sheet has, its units and its text's size."""

    name: str
    units: int
    size: float


WIDTHS = (Width("small", 340, 12.5), Width("medium", 560, 13), Width("large", 980, 14))


def drawn(name: str, title: str, description: str, draw: Callable[[Width], Picture]) -> Markup:
    """The picture in every width. ``name`` is unique on its page."""
    return Markup("").join(_svg(f"{name}-{width.name}", width, title, description, draw(width)) for width in WIDTHS)


def _svg(name: str, width: Width, title: str, description: str, picture: Picture) -> Markup:
    inside = Markup("").join(_mark(mark) for mark in picture.marks)
    box = f"0 0 {_n(picture.width)} {_n(picture.height)}"
    return Markup(
        '<svg class="chart-svg chart-{}" viewBox="{}" role="img" aria-labelledby="{n}-t" aria-describedby="{n}-d">'
        '<title id="{n}-t">{}</title><desc id="{n}-d">{}</desc>{}</svg>'
    ).format(width.name, box, title, description, inside, n=name)


def _mark(mark: Mark) -> Markup:
    if isinstance(mark, Box):
        shape = Markup('<rect class="ink-{}" x="{}" y="{}" width="{}" height="{}"').format(
            mark.ink, *map(_n, (mark.x, mark.y, mark.width, mark.height))
        )
        return _hinted("rect", shape, mark.hint)
    if isinstance(mark, Band):
        return _hinted(
            "path", Markup('<path class="chart-band ink-{}" d="{}"').format(mark.ink, _path(mark)), mark.hint
        )
    if isinstance(mark, Rule):
        return _rule(mark)
    if isinstance(mark, Dot):
        looks = "chart-hollow line" if mark.hollow else "ink"
        dot = Markup('<circle class="{}-{}" cx="{}" cy="{}" r="{}"').format(
            looks, mark.ink, *map(_n, (mark.x, mark.y, mark.radius))
        )
        return _hinted("circle", dot, mark.hint)
    return _text(mark)


def _hinted(tag: str, start: Markup, hint: str) -> Markup:
    if not hint:
        return start + Markup("/>")
    return Markup("{}><title>{}</title></{}>").format(start, hint, tag)


def _path(band: Band) -> str:
    """The shape's outline, its points rounded to a hundredth."""
    parts = [f"M{_point(band.start)}"]
    for step in band.steps:
        if isinstance(step, Curve):
            parts.append(f"C{_point(step.one)} {_point(step.two)} {_point(step.to)}")
        else:
            parts.append(f"L{_point(step)}")
    return "".join((*parts, "Z"))


def _rule(rule: Rule) -> Markup:
    looks = f"chart-dashed line-{rule.ink}" if rule.dashed else f"line-{rule.ink}"
    points = " ".join(map(_point, rule.points))
    return Markup('<polyline class="{}" stroke-width="{}" points="{}"/>').format(looks, _n(rule.thick), points)


def _text(text: Text) -> Markup:
    looks = f"ink-{text.ink} chart-bold" if text.bold else f"ink-{text.ink}"
    anchor = "" if text.anchor == "start" else Markup(' text-anchor="{}"').format(text.anchor)
    return Markup('<text class="{}" x="{}" y="{}" font-size="{}"{}>{}</text>').format(
        looks, _n(text.x), _n(text.y), _n(text.size), anchor, escape(text.text)
    )


def _point(point: tuple[float, float]) -> str:
    return f"{_n(point[0])},{_n(point[1])}"


def _n(value: float) -> str:
    return f"{round(value, 2):g}"
