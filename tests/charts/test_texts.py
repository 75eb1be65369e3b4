"""Labels fit the room they have."""

from __future__ import annotations

import pytest

from sludgetrack.charts.texts import shortened, width_of, wrapped
from sludgetrack.documents.fonts import BOLD, REGULAR
from sludgetrack.documents.text import Style
from sludgetrack.documents.text import width as set_width


def test_a_short_label_is_one_line() -> None:
    assert wrapped("骆驼湾污水处理厂", 200, 12) == ("骆驼湾污水处理厂",)


def test_a_long_one_breaks_between_chinese_characters_and_latin_words() -> None:
    assert wrapped("制水泥 B1 cement co-processing", 90, 10) == ("制水泥 B1 cement", "co-processing")
    assert wrapped("新乡市骆驼湾污水处理厂", 60, 10) == ("新乡市骆驼湾", "污水处理厂")


@pytest.mark.parametrize("text", ["新乡市骆驼湾污水处理厂二期", "an unbreakablyveryverylongwordindeed", "x"])
def test_no_line_is_wider_than_its_room(text: str) -> None:
    assert all(width_of(line, 11) <= 80 for line in wrapped(text, 80, 11, most=1))


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    assert shortened("骆驼湾污水处理厂", 50, 10) == "骆驼湾污…"


@pytest.mark.parametrize("text", ["骆驼湾污水处理厂", "12,345.678 t", "存于处置设施 in stock", "MWh 100 % — ≥ 90"])
def test_room_is_taken_rather_too_large_than_too_small(text: str) -> None:
    regular, bold = (set_width(text, Style(font, 10, (0, 0, 0))) for font in (REGULAR, BOLD))

    assert regular <= width_of(text, 10) <= regular * 1.25
    assert bold <= width_of(text, 10, bold=True) * 1.04
