"""QR codes as one filled path, for paper and for pages.

A code that is drawn as one path has no seams between modules, so it decodes at every resolution. The address is in
capitals where that changes nothing (scheme and host), which lets the denser alphanumeric mode carry it; a path with
other characters falls back to bytes and still decodes. Error correction level Q bears a quarter of the code being
covered by dirt.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportlab.pdfgen.canvas import Canvas

QUIET_MODULES = 4
"""White modules that the standard (GB/T 18284, ISO/IEC 18004) wants around the code."""

MASK = 0
"""Every mask decodes. One mask for all spares scoring the eight, which costs more than the rest of the code, and keeps
a later version of the library that scores otherwise from changing what a sheet looks like."""

Matrix = tuple[tuple[bool, ...], ...]


def public_url(address: str, path: str) -> str:
    """``path`` under the public address, scheme and host in capitals; characters no URL may hold are escaped."""
    parts = urlsplit(address)
    prefix = parts.path.strip("/")
    whole = "/".join(part for part in (prefix, path.strip("/")) if part)
    return f"{parts.scheme.upper()}://{parts.netloc.upper()}/{quote(whole, safe='/-._~:')}"


def manifest_url(address: str, number: str, public_code: str) -> str:
    """What a manifest's QR holds: ``HTTPS://HOST/M/<20 digits>/<6 characters>``."""
    return public_url(address, f"M/{number}/{public_code}")


@lru_cache(maxsize=256)
def matrix(text: str) -> Matrix:
    """Rows of modules, True for dark, without the quiet zone."""
    code = QRCode(error_correction=ERROR_CORRECT_Q, border=0, mask_pattern=MASK)
    code.add_data(text, optimize=0)
    code.make()
    return tuple(tuple(bool(module) for module in row) for row in code.modules)


def rectangles(modules: Matrix) -> Iterator[tuple[int, int, int, int]]:
    """The dark modules as (column, row, width, height): runs along a row, grown down while rows repeat them."""
    open_runs: dict[tuple[int, int], int] = {}
    for y, row in enumerate((*modules, ())):
        runs = dict.fromkeys(_runs(row))
        for (x, width), top in list(open_runs.items()):
            if (x, width) not in runs:
                del open_runs[x, width]
                yield x, top, width, y - top
        for run in runs:
            open_runs.setdefault(run, y)


def _runs(row: tuple[bool, ...]) -> Iterator[tuple[int, int]]:
    start = None
    for x, dark in enumerate((*row, False)):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            yield start, x - start
            start = None


def draw(canvas: Canvas, text: str, *, x: float, y: float, size: float) -> None:
    """Fill the code with its lower left corner at (x, y), ``size`` points wide without the quiet zone."""
    modules = matrix(text)
    count = len(modules)
    module = size / count
    path = canvas.beginPath()
    for column, row, width, height in rectangles(modules):
        path.rect(x + column * module, y + (count - row - height) * module, width * module, height * module)
    canvas.drawPath(path, stroke=0, fill=1, fillMode=1)


def svg(text: str, label: str = "", *, css_class: str = "qr") -> str:
    """An inline SVG of the code on white with its quiet zone; sized by the page's style. Refers to nothing outside."""
    modules = matrix(text)
    side = len(modules) + 2 * QUIET_MODULES
    path = "".join(
        f"M{x + QUIET_MODULES} {y + QUIET_MODULES}h{width}v{height}h-{width}z"
        for x, y, width, height in rectangles(modules)
    )
    name = f' role="img" aria-label="{escape(label)}"' if label else ' aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{escape(css_class)}" viewBox="0 0 {side} {side}"{name}'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="#000" d="{path}"/></svg>'
    )
