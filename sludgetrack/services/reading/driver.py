"""What a driver's phone shows: their loads with the next step of each, and offers to read before confirming."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from sqlalchemy import select

from sludgetrack.domain.commands import Command
from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.manifest import ManifestState, Status
from sludgetrack.services import handoffs
from sludgetrack.services.cases import open_case
from sludgetrack.services.commands import load_command
from sludgetrack.services.context import Context
from sludgetrack.services.reading.manifests import ManifestFilters, ManifestRow, list_manifests
from sludgetrack.store import offers
from sludgetrack.store.offers import Offer, OfferState
from sludgetrack.store.parties import parties_of
from sludgetrack.store.tables.registry import organisation, vehicle

MOST_CARDS = 3
"""More loads than this at once nobody carries; the rest are a list below."""


class Step(IntEnum):
    """What a driver does next with a load; the smaller, the sooner."""

    CONFIRM = 0
    """figures wait for this driver's word"""
    SHOW = 1
    """this driver's own code waits for the driver who takes over"""
    WEIGH = 2
    ARRIVE = 3
    BRING_BACK = 4
    LOAD = 5
    NOTHING = 6


_STEPS = {
    Status.ARRIVED: Step.WEIGH,
    Status.IN_TRANSIT: Step.ARRIVE,
    Status.HOLDING: Step.BRING_BACK,
    Status.ISSUED: Step.LOAD,
}


@dataclass(frozen=True, slots=True)
class Load:
    """A manifest as its driver sees it. ``offer`` is one that can still be confirmed."""

    row: ManifestRow
    offer: Offer | None
    step: Step

    @property
    def expected_at(self) -> datetime | None:
        """When it should be there, by the planned minutes."""
        row = self.row
        if row.loaded_at is None or row.planned_minutes is None:
            return None
        return row.loaded_at + timedelta(minutes=row.planned_minutes)

    @property
    def kg(self) -> int:
        """What is on the truck, or will be."""
        return self.row.held_kg or self.row.net_out_kg or self.row.planned_kg


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer as it is read: its figures, and the manifest as it stands before them."""

    offer: Offer
    command: Command
    state: ManifestState
    party: str
    """The offering organisation's name."""
    may_confirm: bool


def loads(ctx: Context) -> tuple[Load, ...]:
    """The open manifests this driver is named for or carries, the next thing to do first."""
    found = list_manifests(ctx, ManifestFilters(states=("open",), driver=ctx.actor.person)).items
    waiting = offers.open_by_number(ctx.connection, [row.number for row in found])
    made = [as_load(ctx, row, waiting.get(row.number)) for row in found]
    return tuple(sorted(made, key=lambda load: (load.step, load.row.loaded_at or load.row.issued_at)))


def as_load(ctx: Context, row: ManifestRow, waiting: Offer | None) -> Load:
    """A manifest's row with what its driver does next."""
    offer = waiting if waiting is not None and ctx.now < waiting.expires_at else None
    if offer is not None:
        return Load(row, offer, Step.SHOW if offer.made_by == ctx.actor.person else Step.CONFIRM)
    return Load(row, None, _STEPS.get(row.status, Step.NOTHING))


def to_confirm(ctx: Context) -> Sequence[Offer]:
    """The offers this person may confirm now: a driver those of the hauler's manifests, a party others' settlements."""
    found = offers.open_among(ctx.connection, ctx.actor.organisation, ctx.now)
    return [offer for offer in found if offer.made_by != ctx.actor.person and _is_for(ctx, offer)]


def _is_for(ctx: Context, offer: Offer) -> bool:
    return handoffs.may_confirm(ctx.actor, offer, parties_of(ctx.connection, offer.manifest_id, None))


def offered(ctx: Context, offer: Offer) -> Offered:
    """An offer to be read. Raises NotFound for somebody who may not read its manifest."""
    case = open_case(ctx, offer.number, lock=False)
    return Offered(
        offer=offer,
        command=load_command(offer.event, offer.command),
        state=case.state,
        party=ctx.directory.organisation_by_code(offer.organisation).name,
        may_confirm=handoffs.may_confirm(ctx.actor, offer, case.parties),
    )


def offered_by_token(ctx: Context, key: str, token: str) -> Offered:
    """The offer a scanned address names."""
    return offered(ctx, handoffs.open_by_token(ctx, key, token))


def offered_by_code(ctx: Context, key: str, offer_id: str, code: str) -> Offered:
    """An offer whose six digits somebody typed. Raises what ``handoffs.look`` raises."""
    return offered(ctx, handoffs.look(ctx, key, offer_id, code))


def offered_by_id(ctx: Context, offer_id: str) -> Offered:
    """An offer for those who may read its manifest. Raises NotFound."""
    found = offers.by_id(ctx.connection, offer_id)
    if found is None:
        raise NotFound(kind="offer", name="")
    return offered(ctx, found)


def confirmed_by_me(ctx: Context, offer_id: str) -> Offered:
    """What this person has confirmed. Raises NotFound for anything else."""
    found = offered_by_id(ctx, offer_id)
    if found.offer.state is not OfferState.CONFIRMED or found.offer.decided_by != ctx.actor.person:
        raise NotFound(kind="offer", name="")
    return found


def plates(ctx: Context) -> list[str]:
    """The number plates of the driver's own hauler."""
    query = (
        select(vehicle.c.plate)
        .join(organisation, organisation.c.id == vehicle.c.organisation_id)
        .where(organisation.c.code == ctx.actor.organisation, vehicle.c.active)
        .order_by(vehicle.c.plate)
    )
    return list(ctx.connection.scalars(query))
