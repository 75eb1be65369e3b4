"""The two embedded fonts: registered once, able to say what they cannot print, and searchable beyond U+FFFF."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from threading import Lock
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont

from sludgetrack import assets

REGULAR = "NotoSansSC-Regular"
BOLD = "NotoSansSC-Bold"
_FILES = {REGULAR: assets.REGULAR, BOLD: assets.BOLD}

LOCK = Lock()
"""Held while fonts are registered or a document is written out: reportlab's font parser keeps one read position."""

_UNPRINTABLE = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Zl", "Zp"))
"""Categories without a mark of their own on paper: controls, direction overrides, selectors, marks that combine."""

_BFCHAR_LIMIT = 100
"""Entries a ``beginbfchar`` block may hold (PDF 32000-1, 9.10.3 and the CMap rules it refers to)."""


class SheetFont(TTFont):  # type: ignore[misc]  # reportlab has no types
    """A TrueType font whose text can be copied and searched as it was printed.

    reportlab writes a character beyond U+FFFF into the ToUnicode map as five hex digits, which readers take for another
    character. The map wants UTF-16BE (PDF 32000-1, 9.10.3), so the maps are replaced after reportlab made the subsets.
    """

    def addObjects(self, doc: Any) -> None:  # noqa: N802 (reportlab's name)
        """Add the font's objects to a document, with mended maps."""
        subsets = list(self.state[doc].subsets)
        super().addObjects(doc)
        for n, codes in enumerate(subsets):
            name = f"{SUBSETN(n).decode()}+{self.face.name.decode()}{self.face.subfontNameX.decode()}"
            doc.idToObject[f"toUnicodeCMap:{name}"].content = to_unicode_map(name, codes)


def to_unicode_map(name: str, codes: list[int]) -> str:
    """The CMap from one-byte codes, in order, to the characters they print; code 0 prints none."""
    entries = [f"<{at:02X}> <{chr(code).encode('utf-16-be').hex().upper()}>" for at, code in enumerate(codes) if code]
    blocks = [entries[at : at + _BFCHAR_LIMIT] for at in range(0, len(entries), _BFCHAR_LIMIT)]
    return "\n".join(
        (
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            f"/CMapName /{name} def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<00> <FF>",
            "endcodespacerange",
            *(line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")),
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        )
    )


@lru_cache(maxsize=1)
def _registered() -> tuple[dict[str, dict[str, int]], frozenset[str]]:
    """Advance widths by font and character, and the characters both fonts print; registers the fonts."""
    fonts = [SheetFont(name, str(assets.font(file)), asciiReadable=False) for name, file in _FILES.items()]
    for font in fonts:
        del font.face.table["name"]  # the licence texts; reportlab would copy them into every subset of every file
        pdfmetrics.registerFont(font)
    both = set.intersection(*(set(font.face.charToGlyph) for font in fonts))
    printed = frozenset(chr(code) for code in both if unicodedata.category(chr(code)) not in _UNPRINTABLE)
    advances = {font.fontName: {each: font.face.charWidths[ord(each)] for each in printed} for font in fonts}
    return advances, printed


def register() -> None:
    """Make both fonts known to reportlab, once per process."""
    widths()


def widths() -> dict[str, dict[str, int]]:
    """Advance widths in thousandths of the size, by font name and printed character."""
    with LOCK:
        return _registered()[0]


def printed_characters() -> frozenset[str]:
    """The characters that have a glyph of their own."""
    with LOCK:
        return _registered()[1]


def printable(text: str) -> str:
    """``text`` with every character that cannot be printed as its code point in brackets: ``[U+1F600]``."""
    known = printed_characters()
    if known.issuperset(text):
        return text
    return "".join(character if character in known else f"[U+{ord(character):04X}]" for character in text)
