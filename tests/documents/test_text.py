from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sludgetrack.documents import fonts
from sludgetrack.documents.fonts import BOLD, REGULAR
from sludgetrack.documents.look import GREY, INK
from sludgetrack.documents.text import Line, Span, Style, fitted, line, width, wrap

PLAIN = Style(REGULAR, 10, INK)
STRONG = Style(BOLD, 10, INK)
SMALL = Style(REGULAR, 8, GREY)


def said(lines: tuple[Line, ...]) -> list[str]:
    return ["".join(piece.text for piece in each.pieces) for each in lines]


@given(
    st.lists(st.tuples(st.text(max_size=40), st.sampled_from((PLAIN, STRONG, SMALL))), max_size=4), st.floats(30, 300)
)
@settings(deadline=None)
def test_wrapping_loses_no_character_and_keeps_every_line_inside(texts: list[tuple[str, Style]], room: float) -> None:
    lines = wrap((Span(*each) for each in texts), room)

    wanted = "".join(text for text, _ in texts).replace("\r\n", "\n")
    assert "".join(said(lines)).replace(" ", "") == fonts.printable(wanted).replace("[U+000A]", "").replace(" ", "")
    assert all(each.width <= room + 1e-6 for each in lines)


@given(st.text(max_size=60), st.floats(30, 300))
@settings(deadline=None)
def test_fitting_loses_no_character_and_keeps_every_line_inside(text: str, room: float) -> None:
    lines = fitted((Span(text, PLAIN),), room)

    solid = fonts.printable(text.replace("\r\n", "\n")).replace("[U+000A]", "")
    assert "".join(said(lines)).replace(" ", "").replace("[U+000A]", "") == solid.replace(" ", "")
    assert all(each.width <= room + 1e-6 for each in lines)


def test_chinese_breaks_anywhere_but_before_its_punctuation() -> None:
    assert said(wrap((Span("污水处理，厂", PLAIN),), 41)) == ["污水处", "理，厂"]


def test_latin_words_and_figures_stay_whole() -> None:
    assert said(wrap((Span("含水率 2025-02-01 quick meter", PLAIN),), 60)) == ["含水率", "2025-02-01", "quick meter"]


def test_a_short_name_between_spaces_stays_whole() -> None:
    assert said(wrap((Span("污水处理厂 李秀英", PLAIN),), 62)) == ["污水处理厂", "李秀英"]


def test_a_word_wider_than_the_line_is_broken() -> None:
    assert len(wrap((Span("P" * 40, PLAIN),), 100)) > 1


def test_a_line_feed_ends_a_line() -> None:
    assert said(wrap((Span("一\n\n二", PLAIN),), 100)) == ["一", "", "二"]


def test_styles_change_within_a_line() -> None:
    (set_,) = wrap((Span("湿重", STRONG), Span(" Wet", SMALL)), 100)

    assert [(piece.text, piece.style) for piece in set_.pieces] == [("湿重", STRONG), (" Wet", SMALL)]
    assert set_.pieces[1].x == width("湿重", STRONG) == 20


def test_a_line_is_as_wide_as_its_pieces() -> None:
    assert line(Span("一二", PLAIN), Span("三", SMALL)).width == 28


def test_a_figure_is_set_smaller_before_it_is_wrapped() -> None:
    (set_,) = fitted((Span("16.460", PLAIN),), 25)

    assert 6 <= set_.pieces[0].style.size < 10


def test_what_would_be_too_small_is_wrapped() -> None:
    lines = fitted((Span("污水处理厂污水处理厂", PLAIN),), 30)

    assert len(lines) > 1
    assert lines[0].pieces[0].style.size == 6
