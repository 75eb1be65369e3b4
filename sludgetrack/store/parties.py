"""Who is party to a manifest, out of the one table that says so."""

from __future__ import annotations

from sqlalchemy import Connection, select

from sludgetrack.domain.permissions import Parties
from sludgetrack.store.tables.manifests import manifest_party
from sludgetrack.store.tables.registry import organisation


def parties_of(connection: Connection, manifest_id: int, driver: str | None) -> Parties:
    """The parties of a manifest as permission needs them."""
    p = manifest_party.c
    query = (
        select(p.role, p.division, organisation.c.code)
        .join(organisation, organisation.c.id == p.organisation_id)
        .where(p.manifest_id == manifest_id)
    )
    rows = connection.execute(query).all()
    by_role = {row.role: row.code for row in rows}
    return Parties(
        giver=by_role["giver"],
        hauler=by_role["hauler"],
        destination=by_role["destination"],
        former_destinations=frozenset(row.code for row in rows if row.role == "former"),
        divisions=tuple(row.division for row in rows if row.division),
        driver=driver,
    )
