"""Flow pictures: what is drawn adds up, and nothing lies over anything else."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sludgetrack.charts.marks import Band, Box, Ink, Text
from sludgetrack.charts.sankey import Flow, Frame, Layout, Link, Node, Placed, layout, picture
from sludgetrack.charts.texts import width_of

WAYS = {
    ("A", "drying", "burned"): 500,
    ("A", "", "landfill"): 120,
    ("B", "drying", "burned"): 80,
    ("B", "", "burned"): 300,
    ("B", "compost", "land"): 55,
    ("C", "", "lost"): 1,
}


def node(key: str, value: int) -> Node:
    return Node(key, f"{key} 污水处理厂", f"{value} t", value, Ink.SOURCE)


def links() -> list[Link]:
    sums: dict[tuple[str, str], int] = {}
    for (source, process, end), value in WAYS.items():
        for step in ((source, process), (process, end)) if process else ((source, end),):
            sums[step] = sums.get(step, 0) + value
    return [Link(source, target, value, Ink.FIRE) for (source, target), value in sums.items()]


def flow() -> Flow:
    def column(at: int) -> tuple[Node, ...]:
        keys = dict.fromkeys(way[at] for way in WAYS if way[at])
        return tuple(node(key, sum(v for way, v in WAYS.items() if way[at] == key)) for key in keys)

    return Flow(("产生", "处理", "去向"), (column(0), column(1), column(2)), tuple(links()), "未经处理 421 t")


FRAMES = (Frame(980, 14, 280, beside=True), Frame(340, 12, 240, beside=False))


@pytest.fixture(params=FRAMES, ids=["wide", "narrow"])
def made(request: pytest.FixtureRequest) -> Layout:
    return layout(flow(), request.param)


def test_ribbons_at_either_end_of_a_node_are_as_thick_as_the_node_is_tall(made: Layout) -> None:
    for placed in made.nodes:
        leaving = sum(r.thickness for r in made.ribbons if r.link.source == placed.node.key)
        entering = sum(r.thickness for r in made.ribbons if r.link.target == placed.node.key)

        assert {round(leaving, 6), round(entering, 6)} <= {0.0, round(placed.height, 6)}


def test_every_height_is_its_value_at_one_scale(made: Layout) -> None:
    assert all(placed.height == pytest.approx(placed.node.value * made.scale) for placed in made.nodes)
    assert all(ribbon.thickness == pytest.approx(ribbon.link.value * made.scale) for ribbon in made.ribbons)


def test_the_first_and_the_last_column_are_equally_tall_together(made: Layout) -> None:
    def tall(column: int) -> float:
        return sum(placed.height for placed in made.nodes if placed.column == column)

    assert tall(0) == pytest.approx(tall(2)) == pytest.approx(sum(WAYS.values()) * made.scale)


def test_no_node_lies_over_another_or_beyond_the_picture(made: Layout) -> None:
    for column in range(3):
        nodes = sorted((p for p in made.nodes if p.column == column), key=lambda placed: placed.y)
        assert all(upper.y + upper.height < lower.y for upper, lower in pairwise(nodes))
        assert nodes[0].y >= 0
        assert nodes[-1].y + nodes[-1].height <= made.height


def test_ribbons_lie_side_by_side_where_they_leave_and_where_they_arrive(made: Layout) -> None:
    for place, end in ((0, "source"), (-1, "target")):
        for placed in made.nodes:
            spans = sorted(
                (r.through[place][1], r.through[place][1] + r.thickness)
                for r in made.ribbons
                if getattr(r.link, end) == placed.node.key
            )
            assert all(upper[1] <= lower[0] + 1e-6 for upper, lower in pairwise(spans))
            assert all(placed.y - 1e-6 <= top and low <= placed.y + placed.height + 1e-6 for top, low in spans)


def test_what_passes_a_column_by_passes_beside_its_nodes(made: Layout) -> None:
    middle = [placed for placed in made.nodes if placed.column == 1]
    passing = [ribbon for ribbon in made.ribbons if len(ribbon.through) == 3]

    assert {(r.link.source, r.link.target) for r in passing} == {("A", "landfill"), ("B", "burned"), ("C", "lost")}
    for ribbon in passing:
        y = ribbon.through[1][1]
        assert all(y >= placed.y + placed.height or y + ribbon.thickness <= placed.y for placed in middle)


@pytest.mark.parametrize("width", [340, 560, 980])
def test_labels_stay_in_the_picture_and_apart_from_each_other(width: int) -> None:
    drawn = picture(flow(), width=width, size=12, body=240)
    boxes = [box(mark) for mark in drawn.marks if isinstance(mark, Text)]

    assert all(left >= -1 and right <= width + 1 for left, right, _top, _low in boxes)
    assert not [(one, two) for n, one in enumerate(boxes) for two in boxes[n + 1 :] if overlap(one, two)]


def box(text: Text) -> tuple[float, float, float, float]:
    wide = width_of(text.text, text.size)
    left = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
    return left, left + wide, text.y - text.size * 0.85, text.y + text.size * 0.15


def overlap(one: tuple[float, ...], two: tuple[float, ...]) -> bool:
    return one[0] < two[1] and two[0] < one[1] and one[2] < two[3] and two[2] < one[3]


def test_the_least_flow_can_be_seen() -> None:
    drawn = picture(flow(), width=980, size=14, body=200)
    bands = [mark for mark in drawn.marks if isinstance(mark, Band)]
    boxes = [mark for mark in drawn.marks if isinstance(mark, Box)]

    assert len(bands) == len(links())
    assert min(mark.height for mark in boxes) >= 0.8


def test_an_empty_flow_draws_its_titles_only() -> None:
    drawn = picture(Flow(("产生", "去向"), ((), ()), ()), width=980, size=14, body=200)

    assert [mark.text for mark in drawn.marks if isinstance(mark, Text)] == ["产生", "去向"]


def test_without_treatment_there_are_two_columns() -> None:
    only = Flow(("产生", "去向"), ((node("A", 7),), (node("burned", 7),)), (Link("A", "burned", 7, Ink.FIRE),))

    placed: tuple[Placed, ...] = layout(only, FRAMES[0]).nodes

    assert [each.column for each in placed] == [0, 1]
