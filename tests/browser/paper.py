"""A printed sheet: the PDF as poppler puts it on paper, and the code a camera reads there."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import zxingcpp
from PIL import Image

DPI = 150
"""What an ordinary office printer and a telephone's camera make of it at the worst."""


def code_on_paper(document: bytes) -> str:
    """What the one QR code on the first page says."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "sheet.pdf"), Path(folder, "page")
        source.write_bytes(document)
        subprocess.run(["pdftoppm", "-r", str(DPI), "-l", "1", "-singlefile", "-png", source, target], check=True)
        with Image.open(target.with_suffix(".png")) as page:
            found = zxingcpp.read_barcodes(page.convert("L"))
    assert len(found) == 1, f"{len(found)} codes on the page"
    return found[0].text
