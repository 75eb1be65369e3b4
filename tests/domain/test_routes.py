import pytest

from sludgetrack import reference
from sludgetrack.domain.routes import Harmless, parse_routes


def test_every_shipped_route_is_read() -> None:
    codes = "L1 L2 L3 L4 F1 F2 F2c B1 B2 B3 I1 I2 I3 X2 X9"

    assert list(reference.routes()) == codes.split()


def test_a_route_carries_its_gates() -> None:
    landscaping = reference.routes()["L1"]

    assert (landscaping.moisture_max_bp, landscaping.moisture_op) == (4000, "<")
    assert landscaping.needs_lab
    assert landscaping.needs_stabilisation
    assert landscaping.harmless is Harmless.CONDITIONAL


def test_a_route_without_a_moisture_limit_has_none_and_would_compare_at_most() -> None:
    incineration = reference.routes()["I1"]

    assert (incineration.moisture_max_bp, incineration.moisture_op) == (None, "<=")


@pytest.mark.parametrize(
    ("code", "narrow", "broad", "landfill"),
    [("L2", True, True, False), ("B1", True, True, False), ("I3", False, True, False), ("F2c", False, False, True)],
)
def test_flags_say_what_a_route_counts_as(code: str, narrow: bool, broad: bool, landfill: bool) -> None:
    route = reference.routes()[code]

    assert (route.resource_narrow, route.resource_broad, route.landfill) == (narrow, broad, landfill)


def test_a_flag_that_is_neither_yes_nor_no_is_an_error() -> None:
    text = reference.table("routes").replace(",conditional,Y,Y,N,", ",conditional,yes,Y,N,", 1)

    with pytest.raises(ValueError, match="neither Y nor N"):
        parse_routes(text)


def test_dried_sludge_keeps_its_dry_solids_within_the_range() -> None:
    drying = reference.treatments()["T4"]

    assert drying.is_plausible(97, 100)
    assert drying.is_plausible(103, 100)
    assert not drying.is_plausible(96, 100)
    assert not drying.is_plausible(104, 100)


def test_keeping_something_of_nothing_is_not_plausible() -> None:
    assert not reference.treatments()["T4"].is_plausible(0, 0)


def test_composting_stabilises_and_drying_does_not() -> None:
    assert reference.treatments()["T3"].stabilises
    assert not reference.treatments()["T4"].stabilises
