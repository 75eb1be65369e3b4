from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sludgetrack.documents import fonts
from sludgetrack.documents.look import INK, LEFT, TOP
from sludgetrack.documents.paper import Metadata, Paper
from sludgetrack.documents.text import Span, Style, line
from tests.documents import pdf

PER_LINE, PER_PAGE = 40, 60
STANDARD_BEYOND_BMP = (
    "𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍣𫍯𫍲𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎"
    "𫔶𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𫢸𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩𬀪𬂩𬃊𬇕𬇙𬇹𬉼𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟𬟁𬟽𬣙𬣞𬣡𬣳"
    "𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓"
)
"""The 196 characters of the 通用规范汉字表 outside the basic plane."""


def _gbk() -> Iterator[str]:
    """Every Chinese character of GBK."""
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            character = bytes((lead, trail)).decode("gbk", "ignore")
            if len(character) == 1 and character >= "\u4e00":
                yield character


GBK = tuple(dict.fromkeys(_gbk()))
EXTENSION_A = tuple(map(chr, range(0x3400, 0x4DB6)))
NAMES = (*GBK, *EXTENSION_A, *STANDARD_BEYOND_BMP)


def printed(characters: str, font: str = fonts.REGULAR) -> bytes:
    """A document of nothing but these characters, in lines."""
    paper = Paper(Metadata("1", "2", "3", "4", None))
    style = Style(font, 10, INK)
    rows = [characters[at : at + PER_LINE] for at in range(0, len(characters), PER_LINE)]
    for page in range(0, len(rows), PER_PAGE):
        block = enumerate(rows[page : page + PER_PAGE])
        paper.write([(LEFT, TOP - 12 * n, line(Span(row, style))) for n, row in block])
        paper.showPage()
    return paper.finished()


def test_every_character_a_name_may_hold_has_a_glyph() -> None:
    missing = [character for character in NAMES if character not in fonts.printed_characters()]

    assert len(GBK) > 20_900
    assert missing == []


@pytest.mark.parametrize("font", [fonts.REGULAR, fonts.BOLD])
def test_names_are_drawn_and_copied_as_they_are_written(font: str) -> None:
    every = "".join(NAMES[::7]) + STANDARD_BEYOND_BMP + "㵐𬭎䶮㛃"

    assert pdf.solid(pdf.text(printed(every, font))) == every


def test_everything_the_fonts_print_is_copied_as_printed() -> None:
    every = "".join(sorted(each for each in fonts.printed_characters() if not each.isspace()))

    assert pdf.solid(pdf.text(printed(every))) == every


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Zs"]), max_size=80))
@settings(max_examples=25, deadline=None)
def test_whatever_is_written_is_copied_as_printed(written: str) -> None:
    wanted = fonts.printable(written)

    assert pdf.solid(pdf.text(printed("x" + written))) == "x" + pdf.solid(wanted)


def test_a_character_outside_the_fonts_is_named_by_its_code_point() -> None:
    assert fonts.printable("王\U0001f600㵐") == "王[U+1F600]㵐"


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u00ad", "\ufeff", "\x00", "\x1b", "\u0301", "\ufe00"])
def test_a_character_that_would_leave_no_mark_is_named(hidden: str) -> None:
    assert fonts.printable(f"a{hidden}b") == f"a[U+{ord(hidden):04X}]b"


def test_registering_again_keeps_the_same_fonts() -> None:
    fonts.register()
    before = fonts.widths()
    fonts.register()

    assert fonts.widths() is before


def test_the_map_writes_characters_beyond_the_basic_plane_as_two_units() -> None:
    mapping = fonts.to_unicode_map("AAAAAA+X", [0, ord("一"), 0x2CB4E])

    assert "<01> <4E00>" in mapping
    assert "<02> <D872DF4E>" in mapping
    assert "<00> <" not in mapping.split("endcodespacerange")[1]


def test_the_map_keeps_to_a_hundred_entries_a_block() -> None:
    mapping = fonts.to_unicode_map("AAAAAA+X", [0, *range(0x4E00, 0x4E00 + 255)])

    assert [row for row in mapping.splitlines() if row.endswith("beginbfchar")] == [
        "100 beginbfchar",
        "100 beginbfchar",
        "55 beginbfchar",
    ]
