"""Whoever the table of permissions lets read a manifest finds it in a list, and nobody else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from sludgetrack import tx
from sludgetrack.domain import commands as c
from sludgetrack.domain.identity import Actor, OrganisationKind, Role
from sludgetrack.domain.permissions import Action, may
from sludgetrack.services import manifests
from sludgetrack.store import scope
from sludgetrack.store.parties import parties_of
from sludgetrack.store.tables.manifests import manifest
from tests.support.city import FACILITIES, ORGANISATIONS, City, new_id

if TYPE_CHECKING:
    from sqlalchemy import Engine

DIVISIONS = st.sampled_from(("", "4", "41", "4107", "410702", "410721", "410782", "42", "22", "220202", "41070"))


@st.composite
def actors(draw: st.DrawFn) -> Actor:
    """Anybody: of any of the city's organisations or of none, in any roles, with any division to watch over."""
    organisation = draw(st.sampled_from((*ORGANISATIONS, "O-NOBODY")))
    kind = draw(st.sampled_from(OrganisationKind))
    return Actor(
        person=new_id(),
        organisation=organisation,
        kind=kind,
        roles=draw(st.frozensets(st.sampled_from(Role))),
        facilities=frozenset(code for code, said in FACILITIES.items() if said["organisation"] == organisation),
        division=draw(DIVISIONS),
    )


def _manifests_of_every_shape(city: City) -> None:
    city.issue()
    city.issue(giver="P02", hauler="H2", destination="S-CEM", route="B1")
    city.delivered()
    sent_on = city.issue()
    city.load(sent_on)
    redirect = c.RedirectLoad(event_id=new_id(), destination="S-FILL", route="F2", reason="焚烧炉检修")
    city.act("plant", lambda ctx: manifests.act(ctx, sent_on, redirect))


def test_permission_to_read_and_the_rows_found_are_the_same_for_anybody(city: City, engine: Engine) -> None:
    _manifests_of_every_shape(city)
    with tx.unit_of_work(engine) as connection:
        every = connection.scalars(select(manifest.c.id)).all()
        parties = {manifest_id: parties_of(connection, manifest_id, None) for manifest_id in every}

        @given(actor=actors())
        @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        def same(actor: Actor) -> None:
            found = set(connection.scalars(select(manifest.c.id).where(scope.where(actor))))
            assert found == {m for m in every if may(actor, Action.READ, parties[m])}

        same()


def test_a_division_is_a_beginning_of_digits_and_not_a_pattern(city: City, engine: Engine) -> None:
    city.issue()
    watcher = Actor(new_id(), "A-FAR", OrganisationKind.AUTHORITY, frozenset((Role.INSPECTOR,)), division="41%")
    with tx.unit_of_work(engine) as connection:
        assert connection.scalars(select(manifest.c.id).where(scope.where(watcher))).all() == []
