"""Which manifests somebody may see, as SQL: the twin of ``permissions.POLICY[Action.READ]``.

The rules there and here are kept equal by a test over generated people and manifests.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from sludgetrack.domain.identity import Actor, Role
from sludgetrack.store.tables.manifests import manifest, manifest_party
from sludgetrack.store.tables.registry import organisation

AFTER_DIGITS = ":"
"""The character that follows ``9``: a division and everything under it lie between ``4107`` and ``4107:``."""


def where(actor: Actor) -> ColumnElement[bool]:
    """The condition on ``manifest`` that holds for the manifests this person may read."""
    rules = [_is_party(actor), _drives_it(actor), _regulates(actor)]
    return or_(false(), *(rule for rule in rules if rule is not None))


def under(column: ColumnElement[str], division: str) -> ColumnElement[bool]:
    """The condition on a column of division codes that they are this division or lie under it, by index."""
    return (column > "") & (column >= division) & (column < division + AFTER_DIGITS)


def _is_party(actor: Actor) -> ColumnElement[bool] | None:
    if actor.roles == frozenset((Role.DRIVER,)):
        return None
    return _with_party(manifest_party.c.organisation_id == _own(actor))


def _drives_it(actor: Actor) -> ColumnElement[bool] | None:
    return manifest.c.hauler_id == _own(actor) if actor.has(Role.DRIVER) else None


def _regulates(actor: Actor) -> ColumnElement[bool] | None:
    return _with_party(under(manifest_party.c.division, actor.division)) if actor.is_authority else None


def _with_party(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return manifest.c.id.in_(select(manifest_party.c.manifest_id).where(condition))


def _own(actor: Actor) -> Any:
    return select(organisation.c.id).where(organisation.c.code == actor.organisation).scalar_subquery()
