"""Organisations and facilities: registered by the authority of their division, amended by it or by who runs them.

Who says it stands in every event: a site that widens its own permit is seen to have said so itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sludgetrack import reference
from sludgetrack.domain.errors import DomainError, InvalidFigures, NameTaken, NotFound, OutOfRange
from sludgetrack.domain.events import EventType, Stream, StreamKind
from sludgetrack.domain.identity import FacilityKind, OrganisationKind
from sludgetrack.domain.permissions import Action, Parties, may, require
from sludgetrack.domain.registrations import (
    ChangeFacility,
    ChangeOrganisation,
    FacilityFacts,
    RegisterFacility,
    RegisterOrganisation,
)
from sludgetrack.domain.times import LEGAL_ZONE
from sludgetrack.services.administering import Outcome, differing, once
from sludgetrack.services.context import Context
from sludgetrack.services.registering import Registration, facility_registration, organisation_registration
from sludgetrack.store import registry_reading as registry
from sludgetrack.store.registers import Register
from sludgetrack.store.registry_reading import FacilityRow, OrganisationRow

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
DIVISION = re.compile(r"[1-9][0-9]{5}")
AUTHORITY_DIVISION = re.compile(r"[1-9][0-9]([0-9]{2}){0,2}")
DUMPED = "X9"
"""What is found dumped is booked by this code; nobody has a permit for it."""
MOST_STORAGE_DAYS = 365
LARGEST_KG_D = 100_000_000


def register_organisation(ctx: Context, new: RegisterOrganisation) -> Outcome:
    """A new organisation of the division. Raises NotPermitted, NameTaken and InvalidFigures."""
    _require_registering(ctx, new.division)

    def make() -> Registration:
        _check(_organisation_problems(ctx, new))
        fields = {key: value for key, value in new.stated("code").items() if value is not None}
        if new.kind is OrganisationKind.HAULER:
            fields |= {"hauler_code": new.code, "hauler_name": new.name}
        return organisation_registration(new.event_id, new.code, fields)

    return once(ctx, new, make)


def change_organisation(ctx: Context, change: ChangeOrganisation) -> Outcome:
    """Other facts of an organisation. Raises NotPermitted, NotFound and InvalidFigures."""
    before = amendable_organisation(ctx, change.organisation)

    def make() -> Registration | None:
        stated = differing(before, change.stated("organisation"))
        if "credit_code" in stated:
            _check(_credit_code_problems(ctx, change.credit_code))
        if not stated:
            return None
        stream = Stream(StreamKind.ORGANISATION, before.code)
        figures = {"what": str(Register.ORGANISATION), "code": before.code, **stated}
        return Registration(stream, change.event_id, EventType.CHANGED, figures)

    return once(ctx, change, make)


def register_facility(ctx: Context, new: RegisterFacility) -> Outcome:
    """A new facility of an organisation, with the next number of its division.

    Raises NotPermitted, NotFound, NameTaken and InvalidFigures.
    """
    _require_registering(ctx, new.division)

    def make() -> Registration:
        _check(_facility_problems(new, new.kind), _new_facility_problems(ctx, new))
        fields = {key: value for key, value in new.stated("organisation").items() if value is not None}
        fields |= {"zone": LEGAL_ZONE, "routes": list(new.routes)}
        return facility_registration(ctx.connection, new.event_id, new.organisation, fields)

    return once(ctx, new, make)


def change_facility(ctx: Context, change: ChangeFacility) -> Outcome:
    """Other facts of a facility. Raises NotPermitted, NotFound and InvalidFigures."""
    before = amendable(ctx, change.facility)

    def make() -> Registration | None:
        _check(_facility_problems(change, before.kind))
        stated = differing(before, change.stated("facility"))
        if not stated:
            return None
        figures = {"what": str(Register.FACILITY), "code": before.code, **stated}
        return Registration(Stream(StreamKind.FACILITY, before.code), change.event_id, EventType.CHANGED, figures)

    return once(ctx, change, make)


def amendable(ctx: Context, code: str) -> FacilityRow:
    """A facility the actor may amend; any other does not exist for them. Raises NotFound."""
    found = registry.facility(ctx.connection, code)
    if found is None or not may(ctx.actor, Action.AMEND, Parties(found.organisation, divisions=(found.division,))):
        raise NotFound(kind="facility", name=code)
    return found


def amendable_organisation(ctx: Context, code: str) -> OrganisationRow:
    """An organisation the actor may amend; any other does not exist for them. Raises NotFound."""
    found = registry.organisation(ctx.connection, code)
    if found is None or not may(ctx.actor, Action.AMEND, _about(found)):
        raise NotFound(kind="organisation", name=code)
    return found


def _require_registering(ctx: Context, division: str) -> None:
    """An authority registers in its own division; a slip in the code is said beside the field."""
    require(ctx.actor, Action.REGISTER, Parties("", divisions=(ctx.actor.division,)))
    if not division.startswith(ctx.actor.division):
        raise OutOfRange(field="division", value=division, wanted=f"{ctx.actor.division}…")


def _about(organisation: OrganisationRow) -> Parties:
    return Parties(organisation.code, divisions=(organisation.division,))


def _organisation_problems(ctx: Context, new: RegisterOrganisation) -> Iterator[DomainError]:
    pattern = AUTHORITY_DIVISION if new.kind is OrganisationKind.AUTHORITY else DIVISION
    if not pattern.fullmatch(new.division):
        yield OutOfRange(field="division", value=new.division, wanted="410702")
    if not CODE.fullmatch(new.code):
        yield OutOfRange(field="code", value=new.code, wanted="A–Z a–z 0–9 . _ -, 1–20")
    elif registry.organisation(ctx.connection, new.code):
        yield NameTaken(field="code", name=new.code)
    yield from _credit_code_problems(ctx, new.credit_code)


def _credit_code_problems(ctx: Context, credit_code: str | None) -> Iterator[DomainError]:
    if credit_code is not None and registry.credit_code_taken(ctx.connection, credit_code):
        yield NameTaken(field="credit_code", name=credit_code)


def _new_facility_problems(ctx: Context, new: RegisterFacility) -> Iterator[DomainError]:
    if not DIVISION.fullmatch(new.division):
        yield OutOfRange(field="division", value=new.division, wanted="410702")
    if not CODE.fullmatch(new.code):
        yield OutOfRange(field="code", value=new.code, wanted="A–Z a–z 0–9 . _ -, 1–20")
    elif registry.facility(ctx.connection, new.code):
        yield NameTaken(field="code", name=new.code)
    owner = registry.organisation(ctx.connection, new.organisation)
    if owner is None or owner.kind is not OrganisationKind.OPERATOR:
        yield NotFound(field="organisation", kind="organisation", name=new.organisation)


def _facility_problems(facts: FacilityFacts, kind: FacilityKind) -> Iterator[DomainError]:
    if not 1 <= facts.storage_days <= MOST_STORAGE_DAYS:
        yield OutOfRange(field="storage_days", value=facts.storage_days, wanted=f"1–{MOST_STORAGE_DAYS}")
    if facts.capacity_t80_kg_d is not None and not 0 < facts.capacity_t80_kg_d < LARGEST_KG_D:
        yield OutOfRange(field="capacity_t80_kg_d", value=facts.capacity_t80_kg_d, wanted="> 0, < 100000 t")
    if kind is FacilityKind.PLANT and facts.city_class is None:
        yield OutOfRange(field="city_class", value="—", wanted="prefecture, county_city, county, town")
    permissible = () if kind is FacilityKind.TRANSFER else tuple(code for code in reference.routes() if code != DUMPED)
    wrong = [code for code in facts.routes if code not in permissible]
    if wrong or (kind is FacilityKind.SITE and not facts.routes):
        yield OutOfRange(field="routes", value=wrong[0] if wrong else "—", wanted=list(permissible))


def _check(*problems: Iterator[DomainError]) -> None:
    found = tuple(problem for some in problems for problem in some)
    if found:
        raise InvalidFigures(found)
