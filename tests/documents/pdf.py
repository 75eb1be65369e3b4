"""A finished PDF seen through other people's eyes: poppler reads its text, fonts and pages, zxing its code."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import zxingcpp
from PIL import Image


class Code(NamedTuple):
    """A decoded QR code and the width of its symbol in millimetres."""

    text: str
    width_mm: float


def text(document: bytes, *, layout: bool = True) -> str:
    """What can be copied out of it, page by page with form feeds between."""
    return _run(document, "pdftotext", *(["-layout"] if layout else ["-raw"]), "-enc", "UTF-8", after=["-"])


def pages(document: bytes) -> list[str]:
    """The text of each page."""
    return text(document).split("\f")[:-1]


def solid(copied: str) -> str:
    """Text without any white space."""
    return "".join(copied.split())


def fonts(document: bytes) -> list[list[str]]:
    """The rows of pdffonts: name, type, encoding, emb, sub, uni, object."""
    return [row.split() for row in _run(document, "pdffonts").splitlines()[2:]]


def info(document: bytes) -> dict[str, str]:
    """The properties that pdfinfo lists."""
    pairs = (row.partition(":") for row in _run(document, "pdfinfo", "-isodates").splitlines())
    return {key: value.strip() for key, _, value in pairs}


def codes(document: bytes, dpi: int) -> list[Code]:
    """The QR codes on the first page as rendered at ``dpi``."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "sheet.pdf")
        source.write_bytes(document)
        target = Path(folder, "page")
        subprocess.run(["pdftoppm", "-r", str(dpi), "-l", "1", "-singlefile", "-png", source, target], check=True)
        with Image.open(target.with_suffix(".png")) as page:
            found = zxingcpp.read_barcodes(page.convert("L"))
    return [Code(each.text, _width(each.position) / dpi * 25.4) for each in found]


def _width(position: zxingcpp.Position) -> float:
    left, right = position.top_left, position.top_right
    return float(((right.x - left.x) ** 2 + (right.y - left.y) ** 2) ** 0.5)


def _run(document: bytes, tool: str, *options: str, after: list[str] | None = None) -> str:
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(document)
        file.flush()
        done = subprocess.run([tool, *options, file.name, *(after or [])], capture_output=True, check=True)
    assert not done.stderr, done.stderr
    return done.stdout.decode()
