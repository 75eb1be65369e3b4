"""A PDF on A4 that comes out the same byte for byte every time, and the drawing of rows on it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from sludgetrack.documents import fonts, qr
from sludgetrack.documents.look import (
    ACCENT,
    FRAME,
    HAIRLINE,
    INK,
    LEFT,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    QR_SIZE,
    RULE,
    WIDTH,
)
from sludgetrack.documents.page import Banner, Placed, banners
from sludgetrack.documents.text import Colour, Line


@dataclass(frozen=True, slots=True)
class Metadata:
    """The document's properties. ``at`` is the day its content was recorded, not the day it was rendered."""

    title: str
    subject: str
    author: str
    keywords: str
    at: datetime | None


class Paper(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas without any trace of when, where or in which environment it is drawn."""

    def __init__(self, metadata: Metadata) -> None:
        fonts.register()
        options: dict[str, Any] = {"initialFontName": fonts.REGULAR, "initialFontSize": 8, "lang": "zh-CN"}
        self._file = BytesIO()
        super().__init__(self._file, (PAGE_WIDTH, PAGE_HEIGHT), pageCompression=1, invariant=1, **options)
        # reportlab lets SOURCE_DATE_EPOCH into the file's id and dates even when it is told to be invariant.
        vars(self)["_doc"].signature = hashlib.md5(usedforsecurity=False)
        stamp = metadata.at.astimezone(UTC).strftime("D:%Y%m%d%H%M%S+00'00'") if metadata.at else "D:20000101000000Z"
        self.setDateFormatter(lambda *_: stamp)
        self.setTitle(metadata.title)
        self.setSubject(metadata.subject)
        self.setAuthor(metadata.author)
        self.setKeywords(metadata.keywords)
        self.setCreator("sludgetrack")
        self.setViewerPreference("DisplayDocTitle", "true")

    def write(self, lines: Sequence[tuple[float, float, Line]]) -> None:
        """Set lines at their (x, y) baselines, in reading order."""
        text = self.beginText()
        styled = coloured = None
        for x, y, line in lines:
            for piece in line.pieces:
                if piece.style != styled:
                    styled = piece.style
                    text.setFont(styled.font, round(styled.size, 3))
                if styled.colour != coloured:
                    coloured = styled.colour
                    text.setFillColorRGB(*coloured)
                text.setTextOrigin(round(x + piece.x, 2), round(y, 2))
                text.textOut(piece.text)
        self.drawText(text)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Fill a rectangle."""
        self.setFillColorRGB(*colour)
        self.rect(round(x, 2), round(y, 2), round(width, 2), round(height, 2), stroke=0, fill=1)

    def frame(self, x: float, y: float, width: float, height: float, colour: Colour = INK, line: float = FRAME) -> None:
        """Draw a rectangle's outline."""
        self.setStrokeColorRGB(*colour)
        self.setLineWidth(line)
        self.rect(round(x, 2), round(y, 2), round(width, 2), round(height, 2), stroke=1, fill=0)

    def rules(self, segments: Sequence[tuple[float, float, float, float]], colour: Colour, line: float) -> None:
        """Draw straight lines (x1, y1, x2, y2)."""
        self.setStrokeColorRGB(*colour)
        self.setLineWidth(line)
        self.lines([tuple(round(value, 2) for value in segment) for segment in segments])

    def code(self, text: str, *, x: float, y: float) -> None:
        """The QR code with its lower left corner at (x, y), which also opens the address on a screen."""
        self.setFillColorRGB(0, 0, 0)
        qr.draw(self, text, x=x, y=y, size=QR_SIZE)
        self.linkURL(text, (x, y, x + QR_SIZE, y + QR_SIZE))

    def finished(self) -> bytes:
        """The whole file. The paper cannot be used afterwards."""
        with fonts.LOCK:
            self.save()
        return self._file.getvalue()

    def body(self, placed: Sequence[Placed]) -> None:
        """The rows of a page with their fills, rules, banners and texts."""
        self._fills(placed)
        self.rules([rule for each in placed for rule in _row_rules(each)], RULE, HAIRLINE)
        heads = [(each, before) for before, each in pairwise(placed) if each.row.heading]
        self.rules([(LEFT, each.top, LEFT + WIDTH, each.top) for each, _ in heads], INK, HAIRLINE * 1.5)
        for banner, top, bottom in banners(placed):
            self._banner(banner, top, bottom)
        self.frame(LEFT, placed[-1].bottom, WIDTH, placed[0].top - placed[-1].bottom)
        self.write([line for each in placed for line in _row_lines(each)])

    def _fills(self, placed: Sequence[Placed]) -> None:
        for each in placed:
            if each.row.fill:
                self.box(LEFT, each.bottom, WIDTH, each.row.height, each.row.fill)
            if each.row.marked:
                self.box(LEFT, each.bottom, 2.6, each.row.height, ACCENT)

    def _banner(self, banner: Banner, top: float, bottom: float) -> None:
        self.box(LEFT, bottom, banner.width, top - bottom, banner.colour)
        pitch = [max(piece.style.size for piece in line.pieces) * 1.35 for line in banner.lines]
        y = (top + bottom + sum(pitch)) / 2
        lines = []
        for line, height in zip(banner.lines, pitch, strict=True):
            lines.append((LEFT + (banner.width - line.width) / 2, y - height * 0.76, line))
            y -= height
        self.write(lines)


def _row_rules(placed: Placed) -> list[tuple[float, float, float, float]]:
    start = LEFT + (placed.banner.width if placed.banner else 0)
    across = (start, placed.top, LEFT + WIDTH, placed.top)
    down = [(LEFT + x, placed.top, LEFT + x, placed.bottom) for x in placed.row.dividers]
    return [across, *down]


def _row_lines(placed: Placed) -> list[tuple[float, float, Line]]:
    row = placed.row
    first = placed.top - row.pad - row.baseline
    return [
        (LEFT + cell.offset(line), first - n * row.leading, line)
        for cell in row.cells
        for n, line in enumerate(cell.lines)
    ]
