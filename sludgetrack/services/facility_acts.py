"""Acts on a facility: production declared, lots disposed of, trucks turned away, numbers handed out on paper."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from sludgetrack import reference
from sludgetrack.domain import commands as c
from sludgetrack.domain.decide import CLOCK_TOLERANCE, Decision
from sludgetrack.domain.errors import DomainError, InTheFuture, InvalidFigures, NotFound, OutOfRange, StaleState
from sludgetrack.domain.events import Mark, Stream, StreamKind
from sludgetrack.domain.gates import Act, Judgement
from sludgetrack.domain.holdings import Holding, Kind
from sludgetrack.domain.identity import FacilityKind
from sludgetrack.domain.labs import Report
from sludgetrack.domain.manifest import ManifestState
from sludgetrack.domain.numbers import PUBLIC_ALPHABET, PUBLIC_LENGTH
from sludgetrack.domain.permissions import BY_EVENT, require
from sludgetrack.domain.times import legal_day
from sludgetrack.services import booking
from sludgetrack.services.cases import fingerprint
from sludgetrack.services.context import Context
from sludgetrack.services.manifests import make_claim, own_word, owner_of
from sludgetrack.store import labs, names, numbering, people, rules, streams
from sludgetrack.store.append import Appending, Draft, Receipt, append, find
from sludgetrack.store.books import Books
from sludgetrack.store.directory import Facility

MOST_NUMBERS_AT_ONCE = 200

Figures = dict[str, Any]
Marks = tuple[Mark, ...]
Complete = Callable[[Facility, Books], Figures]
"""From the facility and its books to the figures of a claim; raises what is wrong with the command."""


def declare_production(ctx: Context, command: c.DeclareProduction) -> Receipt:
    """产生: a batch enters the plant's stock. Missing moisture is estimated, and marked so."""

    def complete(plant: Facility, books: Books) -> dict[str, Any]:  # noqa: ARG001 - one signature for all acts
        if command.kind != Kind.BYPRODUCT:
            _require_kind(plant, FacilityKind.PLANT)
        names.require_free(ctx.connection, command.batch, "batch")
        check(production_problems(ctx, command, plant))
        said = dict(command.figures())
        if command.moisture_bp is None:
            said["assumed_bp"] = labs.assumed_moisture_bp(ctx.connection, plant.code, command.day)
        if command.stabilised_by is not None:
            processes = rules.tables(ctx.connection).treatments(command.day)
            said["stabilised"] = processes[command.stabilised_by].stabilises
        return said

    return act(ctx, command.facility, command, complete)


def record_disposal(ctx: Context, command: c.RecordDisposal) -> Receipt:
    """处置: the final act on a lot. A disposal that breaks a gate is recorded, as non-compliant."""

    def complete(site: Facility, books: Books) -> dict[str, Any]:
        names.require_free(ctx.connection, command.disposal, "disposal")
        lot = lot_at(books, site, command.lot)
        check(disposal_problems(ctx, command, site))
        judged = judgement_figures(books, lot, judge(ctx, books, site, command))
        return {**command.figures(), **site_figures(ctx, site), **judged}

    return act(ctx, command.facility, command, complete)


def site_figures(ctx: Context, site: Facility) -> dict[str, Any]:
    """A disposal's site as it is registered at the disposal, so that its sheet never depends on later changes."""
    owner = ctx.directory.organisation(site.organisation_id)
    said = {
        "zone": site.zone,
        "facility_name": site.name,
        "facility_address": site.address,
        "facility_permit": site.permit_no,
        "facility_credit_code": owner.credit_code,
    }
    return {key: value for key, value in said.items() if value is not None}


def preview_disposal(ctx: Context, command: c.RecordDisposal) -> Judgement:
    """What a disposal would break, shown before it is booked."""
    site = ctx.directory.facility(command.facility)
    require(ctx.actor, BY_EVENT[command.event], owner_of(ctx, site))
    return judge(ctx, Books(ctx.connection, ctx.directory), site, command)


_DECLARED = (Kind.PLANT_SLUDGE, Kind.SEWER_SLUDGE, Kind.BYPRODUCT)
"""What can be declared as produced; products come out of runs."""


def turn_away(ctx: Context, command: c.TurnAwayTruck) -> Receipt:
    """无联单拒入: a truck without a manifest is refused, and the attempt stays on record."""
    return act(ctx, command.facility, command, lambda site, books: dict(command.figures()))  # noqa: ARG005 - as all acts


def hand_out_numbers(ctx: Context, command: c.HandOutNumbers) -> Receipt:
    """领用编号: a block of numbers for paper sheets, each with the six characters its QR will carry."""

    def complete(at: Facility, books: Books) -> dict[str, Any]:  # noqa: ARG001 - one signature for all acts
        if not 1 <= command.count <= MOST_NUMBERS_AT_ONCE:
            raise OutOfRange(field="count", value=command.count, wanted=f"1–{MOST_NUMBERS_AT_ONCE}")
        year = legal_day(ctx.now, at.zone).year
        numbers = numbering.next_numbers(ctx.connection, at, year, command.count)
        lines = [{"number": number, "public_code": _public_code()} for number in numbers]
        return {**command.figures(), "numbers": lines}

    return act(ctx, command.facility, command, complete)


def judge(ctx: Context, books: Books, site: Facility, command: c.RecordDisposal) -> Judgement:
    """A disposal against the gates of the site's division and the bans of the producing plants'."""
    rulebook = rules.rulebook(ctx.connection, command.day)
    if command.route not in rulebook.routes:
        raise NotFound(field="route", kind="route", name=command.route)
    lot = lot_at(books, site, command.lot)
    act = Act(
        command.route,
        site.division,
        command.day,
        lot.moisture_bp if command.moisture_bp is None else command.moisture_bp,
        lot.stabilised,
        command.decided_by or "",
    )
    reports = _reports(ctx, site, lot) if rulebook.needs_lab(act) else ()
    return rulebook.judge(act, reports, set(books.origins_of(lot).values()))


def _reports(ctx: Context, site: Facility, lot: Holding) -> list[Report]:
    """The lab reports a disposal is judged by: for the lot, the site, and the plant it came from straight."""
    plant = labs.plants_behind(ctx.connection, [lot.id]).get(lot.id)
    return labs.reports_about(ctx.connection, labs.for_disposal(site.code, lot.id, plant))


def judgement_figures(books: Books, lot: Holding, judgement: Judgement) -> dict[str, Any]:
    """A judgement as it stands in the claim, so that nobody need know later which policy was in force."""
    reasons = [*judgement.reasons, *judgement.by_division.values()]
    banned = [o for o, division in books.origins_of(lot).items() if division in judgement.by_division]
    decided = {} if judgement.report is None else {"lab_report": judgement.report.id}
    return {
        **decided,
        "compliant": judgement.compliant,
        "breaches": [
            {
                "breach": str(reason.breach),
                "source": reason.source,
                "subject": reason.subject,
                "measured": reason.measured,
                "limit": reason.limit,
            }
            for reason in reasons
        ],
        "banned": sorted(banned),
    }


def act(
    ctx: Context, code: str, command: c.Command, complete: Complete, *, marks: Callable[[Figures], Marks] | None = None
) -> Receipt:
    """Record an act on a facility: looked up, permitted, completed, booked, appended.

    ``complete`` checks the command and gives all that the claim will say; ``marks`` what is noted beside it.
    """
    facility = ctx.directory.facility(code)
    require(ctx.actor, BY_EVENT[command.event], owner_of(ctx, facility))
    stream = Stream(StreamKind.FACILITY, facility.code)
    heads = streams.lock(ctx.connection, [stream])
    print_ = fingerprint(ctx.actor, code, command)
    # Looked up under the facility's lock: of two equal requests at once the second finds what the first recorded.
    replay = find(ctx.connection, command.event_id, print_)
    if replay:
        return replay
    decision = _decide(ctx, command)
    if command.based_on is not None and command.based_on != heads[stream].hash.hex():
        raise StaleState(field="based_on", based_on=command.based_on, head=heads[stream].hash.hex())
    ctx.directory.lock_facilities([facility.code])
    books = Books(ctx.connection, ctx.directory)
    figures = complete(facility, books)
    if marks is not None:
        decision = replace(decision, marks=(*decision.marks, *marks(figures)))
    claim = make_claim(ctx, command, stream, decision, figures)
    booked = booking.book(books, claim, ManifestState())
    if booked is not None and booked.overdraft:
        decision = replace(decision, marks=(*decision.marks, Mark.OVERDRAFT))
    personal = people.card(ctx.connection, ctx.actor.person)
    draft = Draft(claim, (own_word(ctx),), decision.marks, personal, print_)
    return append(ctx.connection, ctx.directory, Appending([draft], heads, {}, books), ctx.now)[0]


def _decide(ctx: Context, command: c.Command) -> Decision:
    occurred_at = command.occurred_at or ctx.now
    if occurred_at > ctx.now + CLOCK_TOLERANCE:
        raise InTheFuture(field="occurred_at", occurred_at=occurred_at, now=ctx.now)
    return Decision(occurred_at, ())


def production_problems(ctx: Context, command: c.DeclareProduction, plant: Facility) -> list[DomainError]:
    """What is wrong with a declared production, field by field."""
    problems: list[DomainError] = [*mass_problems(command.wet_kg, command.moisture_bp)]
    if command.kind not in _DECLARED:
        problems.append(OutOfRange(field="kind", value=command.kind, wanted=", ".join(_DECLARED)))
    if command.kind == Kind.BYPRODUCT and command.what not in c.BYPRODUCTS:
        problems.append(OutOfRange(field="what", value=command.what, wanted=", ".join(c.BYPRODUCTS)))
    if command.stabilised_by is not None and command.stabilised_by not in reference.treatments():
        problems.append(NotFound(field="stabilised_by", kind="treatment", name=command.stabilised_by))
    return [*problems, *day_problems(ctx, command.day, plant)]


def disposal_problems(ctx: Context, command: c.RecordDisposal, site: Facility) -> list[DomainError]:
    """What is wrong with a disposal, field by field; gates are no errors."""
    return [*mass_problems(command.wet_kg, command.moisture_bp), *day_problems(ctx, command.day, site)]


def mass_problems(wet_kg: int, moisture_bp: int | None) -> list[DomainError]:
    """What is wrong with a quantity: more than nothing, less than 100,000 t, a moisture of 0-100 %."""
    problems: list[DomainError] = []
    if not 0 < wet_kg < 100_000_000:
        problems.append(OutOfRange(field="wet_kg", value=wet_kg, wanted="> 0, < 100000 t"))
    if moisture_bp is not None and not 0 <= moisture_bp <= 10_000:
        problems.append(OutOfRange(field="moisture_bp", value=moisture_bp, wanted="0–100 %"))
    return problems


def day_problems(ctx: Context, day: date, at: Facility) -> list[DomainError]:
    """A legal day that has not begun yet at the facility."""
    today = legal_day(ctx.now, at.zone)
    return [InTheFuture(field="day", occurred_at=day, now=today)] if day > today else []


def check(problems: list[DomainError]) -> None:
    """Raises InvalidFigures naming every wrong field."""
    if problems:
        raise InvalidFigures(tuple(problems))


def _require_kind(facility: Facility, kind: FacilityKind) -> None:
    if facility.kind is not kind:
        raise OutOfRange(field="facility", value=facility.code, wanted=str(kind))


def lot_at(books: Books, site: Facility, name: str) -> Holding:
    """A batch or lot that lies at a facility. Raises NotFound."""
    found = books.holding(name, site.place.account)
    if found is None or found.facility != site.code:
        raise NotFound(field="lot", kind="lot", name=name)
    return found


def _public_code() -> str:
    return "".join(secrets.choice(PUBLIC_ALPHABET) for _ in range(PUBLIC_LENGTH))
