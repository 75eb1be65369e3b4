import pytest

from sludgetrack import reference
from sludgetrack.domain.policy import Rule


def test_every_table_that_is_shipped_can_be_read() -> None:
    tables = (
        *(reference.routes(), reference.treatments(), reference.limits()),
        *(reference.policies(), reference.targets(), reference.baselines()),
    )

    assert all(len(table) > 0 for table in tables)


def test_a_table_that_is_not_shipped_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        reference.table("secrets")


def test_every_shipped_policy_is_about_a_known_route_and_rule() -> None:
    assert {row.route for row in reference.policies()} <= reference.routes().keys()
    assert {row.rule for row in reference.policies()} <= set(Rule)


def test_every_route_a_limit_lists_is_a_known_one() -> None:
    assert {route for limit in reference.limits() for route in limit.routes} <= reference.routes().keys()
