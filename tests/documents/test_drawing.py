"""Pictures on paper: every mark where it belongs, as vectors, the text as it can be copied."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pytest
from PIL import Image

from sludgetrack.charts.marks import Band, Box, Curve, Dot, Ink, Mark, Picture, Rule, Text
from sludgetrack.documents import drawing
from sludgetrack.documents.look import PAGE_HEIGHT
from sludgetrack.documents.paper import Metadata, Paper
from tests.documents import pdf

DPI = 72


def drawn(*marks: Mark) -> bytes:
    """The marks on a page whose points are the picture's units, its upper left corner that of the page."""
    paper = Paper(Metadata("", "", "", "", None))
    drawing.draw(paper, Picture(100, 100, marks), x=0, top=PAGE_HEIGHT)
    paper.showPage()
    return paper.finished()


def colour(document: bytes, x: int, y: int) -> tuple[int, int, int]:
    """The colour of a place on the page, in points from its upper left corner."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "page.pdf"), Path(folder, "page")
        source.write_bytes(document)
        command = ["pdftoppm", "-r", str(DPI), "-singlefile", "-png", str(source), str(target)]
        subprocess.run([str(word) for word in command], check=True)
        with Image.open(target.with_suffix(".png")) as page:
            found = page.convert("RGB").getpixel((x, y))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


def bytes_of(ink: Ink) -> tuple[int, ...]:
    return tuple(round(part * 255) for part in drawing.COLOURS[ink])


def is_near(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= 2 for one, other in zip(found, wanted, strict=True))


def test_every_ink_has_a_colour() -> None:
    assert set(drawing.COLOURS) == set(Ink)


@pytest.mark.parametrize("ink", [Ink.GOOD, Ink.DANGER, Ink.SOURCE])
def test_a_box_fills_its_place_counted_from_above(ink: Ink) -> None:
    made = drawn(Box(10, 20, 30, 40, ink))

    assert is_near(colour(made, 25, 40), bytes_of(ink))
    assert colour(made, 25, 65) == colour(made, 5, 40) == (255, 255, 255)


def test_a_band_lets_what_lies_under_it_through() -> None:
    band = Band((0, 0), (Curve((50, 0), (50, 0), (100, 0)), (100, 50), Curve((50, 50), (50, 50), (0, 50))), Ink.FIRE)
    found = colour(drawn(band), 50, 25)

    assert found != (255, 255, 255)
    assert not is_near(found, bytes_of(Ink.FIRE))


def test_a_hollow_dot_is_white_inside() -> None:
    assert colour(drawn(Dot(50, 50, 10, Ink.GOOD, hollow=True)), 50, 50) == (255, 255, 255)
    assert is_near(colour(drawn(Dot(50, 50, 10, Ink.GOOD)), 50, 50), bytes_of(Ink.GOOD))


def test_a_line_goes_through_its_points() -> None:
    made = drawn(Rule(((10, 50), (90, 50)), Ink.TARGET, 10))

    assert is_near(colour(made, 50, 50), bytes_of(Ink.TARGET))


def test_text_can_be_copied_and_stands_where_it_is_anchored() -> None:
    made = drawn(
        Text(100, 20, "骆驼湾 12.3 t", 10, "end"),
        Text(100, 40, "wide", 10, "start"),
        Text(100, 60, "mid", 10, "middle"),
    )

    assert pdf.text(made, layout=False).split("\n")[:3] == ["骆驼湾 12.3 t", "wide", "mid"]
    assert colour(made, 110, 17) == (255, 255, 255)


def test_what_follows_a_band_is_solid() -> None:
    band = Band((0, 0), ((10, 0), (10, 10), (0, 10)), Ink.FIRE)

    assert is_near(colour(drawn(band, Box(50, 50, 20, 20, Ink.GOOD)), 60, 60), bytes_of(Ink.GOOD))


def test_pictures_are_vectors() -> None:
    assert b"/Subtype /Image" not in drawn(Box(10, 20, 30, 40, Ink.GOOD))
