from __future__ import annotations

from sludgetrack.documents.look import INK, WIDTH, look
from sludgetrack.documents.page import Banner, Cell, Placed, Row, Section, banners, columns, dividers, flowed, row
from sludgetrack.documents.text import Span, line

LOOK = look()


def made(name: str, lines: int = 1) -> Row:
    return row(LOOK, [Cell(0, 100, tuple(line(Span(f"{name}.{n}", LOOK.value)) for n in range(lines)))])


def names(page: list[Placed]) -> list[str]:
    return [each.pieces[0].text for placed in page for cell in placed.row.cells for each in cell.lines]


ONE = made("x").height


def flow(*sections: Section, rows: float) -> list[list[Placed]]:
    return flowed(sections, first=rows * ONE, top=rows * ONE, bottom=0)


def test_rows_follow_each_other_down_the_page() -> None:
    (page,) = flow(Section((made("a"), made("b"))), rows=3)

    assert names(page) == ["a.0", "b.0"]
    assert page[0].bottom == page[1].top


def test_rows_that_do_not_fit_go_on_under_the_repeated_heads() -> None:
    pages = flow(Section(tuple(made(f"r{n}") for n in range(5)), (made("head"),)), rows=3.5)

    assert [names(page) for page in pages] == [
        ["head.0", "r0.0", "r1.0"],
        ["head.0", "r2.0", "r3.0"],
        ["head.0", "r4.0"],
    ]


def test_heads_never_stand_alone_at_the_foot_of_a_page() -> None:
    pages = flow(Section((made("a"),)), Section((made("b"),), (made("head"),)), rows=2.5)

    assert [names(page) for page in pages] == [["a.0"], ["head.0", "b.0"]]


def test_a_section_that_belongs_together_is_not_divided() -> None:
    pages = flow(Section((made("a"),)), Section((made("b"), made("c")), together=True), rows=2.5)

    assert [names(page) for page in pages] == [["a.0"], ["b.0", "c.0"]]


def test_a_row_taller_than_a_page_is_divided_between_its_lines() -> None:
    pages = flow(Section((made("tall", 40),)), rows=10)

    assert [text for page in pages for text in names(page)] == [f"tall.{n}" for n in range(40)]
    assert len(pages) > 3
    assert all(placed.bottom >= -1e-6 for page in pages for placed in page)


def test_a_row_keeps_room_for_handwriting() -> None:
    assert Row((), leading=10, baseline=8, pad=1).height == 12
    assert Row((), leading=10, baseline=8, pad=1, least=30).height == 30


def test_a_cell_sets_its_lines_left_right_or_in_the_middle() -> None:
    text = line(Span("一二", LOOK.value))
    cells = [Cell(10, 100, (text,), align) for align in ("left", "centre", "right")]

    assert [cell.offset(text) for cell in cells] == [10, 10 + (100 - text.width) / 2, 110 - text.width]


def test_columns_fill_the_page_and_are_divided_between() -> None:
    edges = columns(100, 0, 50)

    assert edges[1] == (100, WIDTH - 150)
    assert dividers(edges) == (100, WIDTH - 50)


def test_a_banner_spans_the_rows_of_its_section() -> None:
    banner = Banner((line(Span("装运", LOOK.value)),), 90, INK)
    (page,) = flow(Section((made("a"), made("b")), banner=banner), Section((made("c"),)), rows=9)

    assert list(banners(page)) == [(banner, page[0].top, page[1].bottom)]
