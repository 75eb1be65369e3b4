"""Acts on a manifest by one party alone: issuing, assigning, redirecting, arriving, losing, voiding, inspecting.

Handoffs, which two parties confirm, are in ``handoffs``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sludgetrack import reference
from sludgetrack.domain import commands as c
from sludgetrack.domain.decide import Circumstances, Decision, decide
from sludgetrack.domain.errors import NotFound, OutOfRange, RouteBanned, RouteNotPermitted
from sludgetrack.domain.events import Claim, Confirmation, EventType, Mark, Method, Stream, StreamKind
from sludgetrack.domain.identity import FacilityKind
from sludgetrack.domain.manifest import ManifestState
from sludgetrack.domain.mass import Account
from sludgetrack.domain.numbers import PUBLIC_ALPHABET, PUBLIC_LENGTH, compact
from sludgetrack.domain.permissions import BY_EVENT, Action, Parties, require
from sludgetrack.domain.times import legal_day
from sludgetrack.services import booking, rebooking
from sludgetrack.services.cases import Case, fingerprint, open_case, require_current
from sludgetrack.services.context import Context
from sludgetrack.store import labs, numbering, people, rules, streams
from sludgetrack.store.append import Appending, Draft, Receipt, append, find
from sludgetrack.store.books import Books
from sludgetrack.store.directory import Facility
from sludgetrack.store.trucks import truck

T = TypeVar("T")
ENDS = ("giver", "destination")
"""The facilities a manifest names, whose stock its events change."""


def issue(
    ctx: Context, command: c.IssueManifest, *, number: str | None = None, late: bool = False, paper: bool = False
) -> Receipt:
    """开具: a new manifest. ``number`` is a pre-printed one; otherwise the facility's next is taken.

    One that was written on ``paper`` is late, and its destination may enter it too. Raises NotFound, NotPermitted,
    RouteNotPermitted, RouteBanned and what ``decide`` raises.
    """
    giver = _named("giver", ctx.directory.facility, command.giver)
    ctx.directory.lock_facilities([giver.code])
    print_ = fingerprint(ctx.actor, giver.code if number is None else compact(number), command)
    # Looked up under the giver's lock: of two equal requests at once the second finds what the first recorded.
    replay = find(ctx.connection, command.event_id, print_)
    if replay:
        return replay
    require(ctx.actor, Action.BACK_ENTER if paper else Action.ISSUE, _both_ends(ctx, giver, command.destination))
    late = late or paper
    around = Circumstances(now=ctx.now, late=late, paper=paper)
    decision = decide(ManifestState(), command, around)
    decision = replace(decision, marks=(*decision.marks, *_check_destination(ctx, command, giver, late=late)))
    _check_batches(ctx, command, giver)
    numbering.require_external_free(ctx.connection, giver, command.external_number)
    reserved = numbering.take(ctx.connection, giver, decision.occurred_at, number)
    figures = {**command.figures(), **_snapshot(ctx, command), **_naming(reserved)}
    stream = Stream(StreamKind.MANIFEST, reserved.number)
    head = streams.create(ctx.connection, [stream])[stream]
    claim = make_claim(ctx, command, stream, decision, figures)
    draft = Draft(claim, (own_word(ctx),), decision.marks, _clerk(ctx), print_)
    work = Appending([draft], {stream: head}, {stream: ManifestState()})
    return append(ctx.connection, ctx.directory, work, ctx.now)[0]


def act(ctx: Context, number: str, command: c.Command, *, late: bool = False) -> Receipt:
    """Any act of one party on a manifest that exists. Raises what ``open_case``, ``require`` and ``decide`` raise."""
    case = open_case(ctx, number)
    print_ = fingerprint(ctx.actor, case.stream.name, command)
    # Looked up under the manifest's lock: of two equal requests at once the second finds what the first recorded.
    replay = find(ctx.connection, command.event_id, print_)
    if replay:
        return replay
    require(ctx.actor, BY_EVENT[command.event], case.parties)
    prepared = prepare(ctx, case, command, late=late)
    return record(ctx, case, prepared, Witness((own_word(ctx),), _clerk(ctx), print_))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A command that was decided for, with all that the claim will say."""

    command: c.Command
    decision: Decision
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Witness:
    """What goes beside a claim: who gave their word, the people's cards, and the digest of the request."""

    confirmations: tuple[Confirmation, ...]
    personal: Mapping[str, Any]
    fingerprint: bytes


def prepare(ctx: Context, case: Case, command: c.Command, *, late: bool = False, paper: bool = False) -> Prepared:
    """Decide on a command for a manifest as it is now, and complete its figures. Writes nothing."""
    require_current(case, command)
    late = late or paper
    around = replace(circumstances(ctx, case, command, late=late), paper=paper)
    decision = decide(case.state, command, around)
    figures = {**command.figures(), **_as_registered(ctx, command, around)}
    if isinstance(command, c.RedirectLoad):
        marks = _check_route(ctx, command.destination, command.route, late=late)
        decision = replace(decision, marks=(*decision.marks, *marks))
        figures |= _destination(ctx, command.destination)
    if isinstance(command, c.AssignTruck) and command.driver:
        people.require_driver(ctx.connection, command.driver, case.parties.hauler)
    if isinstance(command, c.LoadTruck) and command.moisture_out_bp is None:
        figures["assumed_bp"] = _assumed_bp(ctx, case.state.figures["giver"], decision)
    return Prepared(command, decision, figures)


def _assumed_bp(ctx: Context, giver: str, decision: Decision) -> int:
    """What stands in for a moisture nobody measured, by the giver's own lab reports of the week."""
    day = legal_day(decision.occurred_at, ctx.directory.facility(giver).zone)
    return labs.assumed_moisture_bp(ctx.connection, giver, day)


def _as_registered(ctx: Context, command: c.Command, around: Circumstances) -> dict[str, Any]:
    """What the sheet says of a truck, and of who decides, an authority or a party, as registered at the act."""
    if isinstance(command, c.DeclareLost | c.ResolveDispute | c.RecordInspection):
        who = "authority_name" if ctx.actor.is_authority else "proposing_name"
        return {who: ctx.directory.organisation_by_code(ctx.actor.organisation).name}
    return {} if around.rated_kg is None else {"rated_kg": around.rated_kg}


def circumstances(ctx: Context, case: Case, command: c.Command, *, late: bool) -> Circumstances:
    """What the registers say about the truck a load is put on."""
    if not isinstance(command, c.LoadTruck | c.TransferLoad):
        return Circumstances(now=ctx.now, late=late)
    found = truck(ctx.connection, command.plate, case.head.id)
    return Circumstances(now=ctx.now, late=late, rated_kg=found.rated_kg, overlapping=found.is_elsewhere)


def record(ctx: Context, case: Case, prepared: Prepared, witness: Witness) -> Receipt:
    """Append what was decided: the claim, what it books, and the manifest's new state."""
    claim = make_claim(ctx, prepared.command, case.stream, prepared.decision, prepared.figures)
    marks = prepared.decision.marks
    books = Books(ctx.connection, ctx.directory)
    if Mark.CONTRADICTS not in marks and _book(ctx, case, claim, books):
        marks = (*marks, Mark.OVERDRAFT)
    draft = Draft(claim, witness.confirmations, marks, witness.personal, witness.fingerprint)
    work = Appending([draft], {case.stream: case.head}, {case.stream: case.state}, books)
    return append(ctx.connection, ctx.directory, work, ctx.now)[0]


def _book(ctx: Context, case: Case, claim: Claim, books: Books) -> int:
    """Book what an event moves, or what a decision changes. The units overdrawn."""
    if claim.type is EventType.RESOLVED:
        facilities = {entry.claim.figures[end] for entry in case.entries for end in ENDS if end in entry.claim.figures}
        ctx.directory.lock_facilities(sorted(facilities))
        return rebooking.book_decision(books, claim.event_id, case.entries, claim.figures["stands"])
    if not booking.moves_mass(claim.type):
        return 0
    ctx.directory.lock_facilities([case.state.figures[end] for end in ENDS])
    booked = booking.book(books, claim, case.state)
    return booked.overdraft if booked is not None else 0


def make_claim(
    ctx: Context, command: c.Command, stream: Stream, decision: Decision, figures: Mapping[str, Any]
) -> Claim:
    """The claim of a command, said by the actor."""
    return Claim(
        event_id=command.event_id,
        type=command.event,
        subject=stream,
        occurred_at=decision.occurred_at,
        actor=ctx.actor.person,
        organisation=ctx.actor.organisation,
        figures=figures,
        based_on=command.based_on,
    )


def own_word(ctx: Context) -> Confirmation:
    """The claiming party's own word: it needs no code."""
    return Confirmation(ctx.actor.organisation, ctx.actor.person, Method.TYPED, ctx.now)


def _both_ends(ctx: Context, giver: Facility, destination: str) -> Parties:
    """The parties to an issue: who runs the giving facility, and who the destination."""
    site = _named("destination", ctx.directory.facility, destination)
    return replace(owner_of(ctx, giver), destination=owner_of(ctx, site).giver)


def owner_of(ctx: Context, facility: Facility) -> Parties:
    """The parties to an act on a facility: who runs it, and where it lies."""
    organisation = ctx.directory.organisation(facility.organisation_id)
    return Parties(giver=organisation.code, divisions=(facility.division,))


def _check_destination(ctx: Context, command: c.IssueManifest, giver: Facility, *, late: bool) -> tuple[Mark, ...]:
    """A late manifest is a fact, whatever policy says of it; what its destination's permit lacks is marked."""
    _named("hauler", ctx.directory.hauler, command.hauler)
    destination = _named("destination", ctx.directory.facility, command.destination)
    marks = _check_route(ctx, command.destination, command.route, late=late)
    if late:
        return marks
    day = legal_day(command.occurred_at or ctx.now, giver.zone)
    policy = rules.policy(ctx.connection)
    for ban in policy.bans_at_issue(giver.division, destination.division, command.route, day):
        raise RouteBanned(
            field="route",
            route=command.route,
            division=ban.division,
            source=ban.source,
            valid_from=ban.valid_from.isoformat(),
        )
    return marks


def _named(field: str, find: Callable[[str], T], code: str) -> T:
    """What a field of the command names; raises NotFound naming the field."""
    try:
        return find(code)
    except NotFound as error:
        raise NotFound(field=field, **error.facts) from None


def _check_route(ctx: Context, destination: str, route: str, *, late: bool) -> tuple[Mark, ...]:
    """A destination's permit must name the route, else a late claim is marked; without any routes it takes all."""
    if route not in reference.routes():
        raise NotFound(field="route", kind="route", name=route)
    site = _named("destination", ctx.directory.facility, destination)
    if site.kind is FacilityKind.TRANSFER or not site.routes or route in site.routes:
        return ()
    if not late:
        raise RouteNotPermitted(field="route", destination=site.code, route=route, permitted=list(site.routes))
    return (Mark.ROUTE_NOT_PERMITTED,)


def _check_batches(ctx: Context, command: c.IssueManifest, giver: Facility) -> None:
    books = Books(ctx.connection, ctx.directory)
    books.read_named([line.batch for line in command.batches])
    for line in command.batches:
        found = books.holding(line.batch, giver.place.account)
        if found is None or found.facility != giver.code or found.account is Account.TRANSIT:
            raise NotFound(field="batches", kind="batch", name=line.batch)
    if len({line.batch for line in command.batches}) != len(command.batches):
        raise OutOfRange(field="batches", value=len(command.batches), wanted="each batch once")


def _snapshot(ctx: Context, command: c.IssueManifest) -> dict[str, Any]:
    """The parties as they are registered at issue, so that a sheet never depends on later changes."""
    giver = ctx.directory.facility(command.giver)
    owner = ctx.directory.organisation(giver.organisation_id)
    hauler = ctx.directory.hauler(command.hauler)
    said = {
        "zone": giver.zone,
        "giver_name": giver.name,
        "giver_division": giver.division,
        "giver_address": giver.address,
        "giver_permit": giver.permit_no,
        "giver_credit_code": owner.credit_code,
        "hauler_name": hauler.hauler_name or hauler.name,
        "hauler_licence": hauler.licence,
        "hauler_credit_code": hauler.credit_code,
    }
    return {key: value for key, value in said.items() if value is not None} | _destination(ctx, command.destination)


def _destination(ctx: Context, code: str) -> dict[str, Any]:
    site = ctx.directory.facility(code)
    owner = ctx.directory.organisation(site.organisation_id)
    said = {
        "destination_name": site.name,
        "destination_division": site.division,
        "destination_address": site.address,
        "destination_permit": site.permit_no,
        "destination_credit_code": owner.credit_code,
    }
    return {key: value for key, value in said.items() if value is not None}


def _naming(reserved: numbering.Taken) -> dict[str, Any]:
    code = reserved.public_code or "".join(secrets.choice(PUBLIC_ALPHABET) for _ in range(PUBLIC_LENGTH))
    return {"number": reserved.number, "name": reserved.number, "public_code": code}


def _clerk(ctx: Context) -> dict[str, Any]:
    """The acting person's name and phone, for the sheet and the parties, not for the public."""
    return people.card(ctx.connection, ctx.actor.person)
