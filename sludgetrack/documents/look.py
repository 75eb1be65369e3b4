"""The look of every document: A4 measures in points, colours, and the styles of one density."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sludgetrack.documents.fonts import BOLD, REGULAR
from sludgetrack.documents.text import Colour, Style

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT = 15 * MM, 195 * MM
TOP, BOTTOM = PAGE_HEIGHT - 10.5 * MM, 14 * MM
WIDTH = RIGHT - LEFT
QR_SIZE = 28 * MM

INK: Colour = (0.09, 0.11, 0.11)
GREY: Colour = (0.36, 0.40, 0.40)
ACCENT: Colour = (0.03, 0.33, 0.31)
"""Deep water green; dark enough to print black."""
TINT: Colour = (0.925, 0.95, 0.945)
RULE: Colour = (0.70, 0.75, 0.74)
WHITE: Colour = (1, 1, 1)

HAIRLINE, FRAME = 0.4, 0.9


@dataclass(frozen=True, slots=True)
class Look:
    """The styles at one density. ``leading`` is the pitch of value lines, ``pad`` the air above and below a row."""

    value: Style
    strong: Style
    english: Style
    label: Style
    label_english: Style
    head: Style
    head_english: Style
    digest: Style
    small: Style
    leading: float
    pad: float


@lru_cache(maxsize=8)
def look(scale: float = 1.0) -> Look:
    """The styles with every size multiplied by ``scale``."""
    return Look(
        value=Style(REGULAR, 8.6 * scale, INK),
        strong=Style(BOLD, 8.6 * scale, INK),
        english=Style(REGULAR, 7.2 * scale, GREY),
        label=Style(REGULAR, 7.6 * scale, GREY),
        label_english=Style(REGULAR, 6.2 * scale, GREY),
        head=Style(BOLD, 8.8 * scale, ACCENT),
        head_english=Style(REGULAR, 7.2 * scale, ACCENT),
        digest=Style(REGULAR, 7.2 * scale, INK),
        small=Style(REGULAR, 7.9 * scale, INK),
        leading=10.5 * scale,
        pad=1.1 * scale,
    )
