"""The rules in force: shipped tables first, then the policy rows the authorities have set."""

from __future__ import annotations

from sqlalchemy import Connection, select

from sludgetrack import reference
from sludgetrack.domain.gates import Rulebook
from sludgetrack.domain.limits import Limits
from sludgetrack.domain.moisture import ASSUMED_BP
from sludgetrack.domain.policy import Policy, PolicyRow
from sludgetrack.store.tables.registry import policy as policy_table


def policy_rows(connection: Connection) -> list[PolicyRow]:
    """Every policy row, the shipped ones first."""
    p = policy_table.c
    rows = connection.execute(select(p.division, p.route, p.rule, p.value, p.valid_from, p.source).order_by(p.id))
    return [*reference.policies(), *(PolicyRow(*row) for row in rows)]


def policy(connection: Connection) -> Policy:
    """Every policy row, ready to be asked."""
    return Policy(policy_rows(connection))


def rulebook(connection: Connection) -> Rulebook:
    """What disposals are judged by."""
    return Rulebook(reference.routes(), Limits(reference.limits()), policy(connection))


def assumed_moisture_bp() -> int:
    """The moisture of sludge nobody tested: no lab reports are on record, so the rule's own value."""
    return ASSUMED_BP
