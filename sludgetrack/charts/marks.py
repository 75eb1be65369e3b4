"""What a picture is made of: a few kinds of marks on a plane whose y grows downwards, in units of its own width.

A picture knows no colours and no fonts, only inks by name and sizes; pages and documents give both. Floats are for
coordinates only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]


class Ink(StrEnum):
    """What a mark stands for, which decides its colour."""

    TEXT = "text"
    SOFT = "soft"
    GRID = "grid"
    AXIS = "axis"
    TRACK = "track"
    GOOD = "good"
    WARNING = "warning"
    DANGER = "danger"
    TARGET = "target"
    BAND = "band"
    BASELINE = "baseline"
    SOURCE = "source"
    PROCESS = "process"
    FIRE = "fire"
    LAND = "land"
    BUILDING = "building"
    LANDFILL = "landfill"
    OTHER = "other"
    STOCK = "stock"
    ROAD = "road"


class Box(NamedTuple):
    """A filled rectangle; ``hint`` says what it is to whoever points at it."""

    x: float
    y: float
    width: float
    height: float
    ink: Ink
    hint: str = ""


class Curve(NamedTuple):
    """From where the path is: two control points and where it goes."""

    one: Point
    two: Point
    to: Point


class Band(NamedTuple):
    """A filled shape: from ``start`` by lines (points) and curves, back to where it began. Drawn translucent."""

    start: Point
    steps: tuple[Point | Curve, ...]
    ink: Ink
    hint: str = ""


class Rule(NamedTuple):
    """A line through points; a dashed one is dashed."""

    points: tuple[Point, ...]
    ink: Ink
    thick: float = 1.0
    dashed: bool = False


class Dot(NamedTuple):
    """A point of a line; a hollow one stands for what may still change."""

    x: float
    y: float
    radius: float
    ink: Ink
    hollow: bool = False
    hint: str = ""


class Text(NamedTuple):
    """One line of text with its baseline at ``y``."""

    x: float
    y: float
    text: str
    size: float
    anchor: Anchor = "start"
    ink: Ink = Ink.TEXT
    bold: bool = False


Mark = Box | Band | Rule | Dot | Text


@dataclass(frozen=True, slots=True)
class Picture:
    """Marks in the order they are drawn, on a plane of so much width and height."""

    width: float
    height: float
    marks: tuple[Mark, ...]
