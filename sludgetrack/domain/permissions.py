"""Who may do what: one table from action to rules, which a regulator could review.

An action is allowed when any row holds; a row holds when all its rules do; no row means no. The rules about parties
also answer "which rows" (``store/scope.py`` has the SQL of the rules used by ``Action.READ``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sludgetrack.domain.errors import NotPermitted
from sludgetrack.domain.events import EventType
from sludgetrack.domain.identity import Actor, Role


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is party to a manifest: organisations by code, divisions of its facilities, the driver who holds its load.

    For an act on a facility only ``giver`` (the facility's organisation) and ``divisions`` are filled.
    """

    giver: str
    hauler: str = ""
    destination: str = ""
    former_destinations: frozenset[str] = frozenset()
    divisions: tuple[str, ...] = ()
    driver: str | None = None

    @property
    def organisations(self) -> frozenset[str]:
        """Every organisation that is or was a party."""
        return (frozenset((self.giver, self.hauler, self.destination)) | self.former_destinations) - {""}


Rule = Callable[[Actor, Parties], bool]


class Action(StrEnum):
    """What permission is asked for."""

    READ = "read"
    ISSUE = "issue"
    ASSIGN = "assign"
    RELEASE = "release"
    CONFIRM = "confirm"
    TRANSFER = "transfer"
    REDIRECT = "redirect"
    ARRIVE = "arrive"
    RECEIVE = "receive"
    TAKE_BACK = "take_back"
    DECLARE_LOST = "declare_lost"
    VOID = "void"
    RESOLVE = "resolve"
    SETTLE = "settle"
    """Offer that one of the contradicting claims stands, for another party to agree."""
    AGREE = "agree"
    """Agree to what another party offers about contradicting claims."""
    INSPECT = "inspect"
    PROPOSE_CORRECTION = "propose_correction"
    DECIDE_CORRECTION = "decide_correction"
    """Approve or refuse what another party proposes to correct."""
    PRODUCE = "produce"
    TREAT = "treat"
    COUNT = "count"
    SAMPLE = "sample"
    DISPOSE = "dispose"
    TURN_AWAY = "turn_away"
    HAND_OUT_NUMBERS = "hand_out_numbers"
    BACK_ENTER = "back_enter"
    ADMINISTER = "administer"
    """People, vehicles and permits of one's own organisation."""
    REGISTER = "register"
    """New organisations and facilities, and the first administrator of an organisation that has none."""
    AMEND = "amend"
    """What is registered of a facility."""
    SET_POLICY = "set_policy"
    READ_RATES = "read_rates"
    LOCK_PERIOD = "lock_period"


def is_party(actor: Actor, parties: Parties) -> bool:
    """The actor's organisation is or was a party, and the actor is more than a driver in it."""
    return actor.organisation in parties.organisations and actor.roles != frozenset((Role.DRIVER,))


def drives_it(actor: Actor, parties: Parties) -> bool:
    """A driver of the hauler: sees the loads of their own organisation's manifests while it hauls them."""
    return actor.has(Role.DRIVER) and actor.organisation == parties.hauler


def regulates(actor: Actor, parties: Parties) -> bool:
    """An authority whose division lies at or above one of the manifest's facilities."""
    return actor.is_authority and any(division.startswith(actor.division) for division in parties.divisions)


def works_at_giver(actor: Actor, parties: Parties) -> bool:
    """The actor's organisation gives the load (or runs the facility acted on)."""
    return actor.organisation == parties.giver


def works_at_destination(actor: Actor, parties: Parties) -> bool:
    """The actor's organisation is the destination."""
    return actor.organisation == parties.destination


def works_for_hauler(actor: Actor, parties: Parties) -> bool:
    """The actor's organisation hauls the load."""
    return actor.organisation == parties.hauler


def holds_it(actor: Actor, parties: Parties) -> bool:
    """The actor is the driver who holds the load, or nobody knows which driver does."""
    return parties.driver in (None, actor.person)


def has_role(role: Role) -> Rule:
    """A rule: the actor has the role."""

    def rule(actor: Actor, parties: Parties) -> bool:  # noqa: ARG001 - a rule sees both
        return actor.has(role)

    return rule


_clerk, _operator, _dispatcher = has_role(Role.CLERK), has_role(Role.OPERATOR), has_role(Role.DISPATCHER)
_driver, _inspector, _administrator = has_role(Role.DRIVER), has_role(Role.INSPECTOR), has_role(Role.ADMINISTRATOR)

POLICY: Mapping[Action, tuple[tuple[Rule, ...], ...]] = {
    Action.READ: ((is_party,), (drives_it,), (regulates,)),
    Action.ISSUE: ((_clerk, works_at_giver),),
    Action.ASSIGN: ((_dispatcher, works_for_hauler),),
    Action.RELEASE: ((_clerk, works_at_giver),),
    Action.CONFIRM: ((_driver, works_for_hauler),),
    Action.TRANSFER: ((_driver, works_for_hauler, holds_it),),
    Action.REDIRECT: ((_clerk, works_at_giver),),
    Action.ARRIVE: ((_operator, works_at_destination), (_driver, works_for_hauler)),
    Action.RECEIVE: ((_operator, works_at_destination),),
    Action.TAKE_BACK: ((_clerk, works_at_giver),),
    Action.DECLARE_LOST: ((_inspector, regulates),),
    Action.VOID: ((_clerk, works_at_giver),),
    Action.RESOLVE: ((_inspector, regulates),),
    Action.SETTLE: ((_clerk, works_at_giver), (_operator, works_at_destination)),
    Action.AGREE: (
        (_clerk, works_at_giver),
        (_operator, works_at_destination),
        (_dispatcher, works_for_hauler),
        (_driver, works_for_hauler),
    ),
    Action.INSPECT: ((_inspector, regulates),),
    Action.PROPOSE_CORRECTION: (
        (_clerk, works_at_giver),
        (_operator, works_at_giver),
        (_operator, works_at_destination),
        (_dispatcher, works_for_hauler),
    ),
    Action.DECIDE_CORRECTION: (
        (_clerk, works_at_giver),
        (_operator, works_at_giver),
        (_operator, works_at_destination),
        (_dispatcher, works_for_hauler),
        (_driver, works_for_hauler),
        (_inspector, regulates),
    ),
    Action.PRODUCE: ((_clerk, works_at_giver), (_operator, works_at_giver)),
    Action.TREAT: ((_operator, works_at_giver), (_clerk, works_at_giver)),
    Action.COUNT: ((_operator, works_at_giver), (_clerk, works_at_giver)),
    Action.SAMPLE: ((_operator, works_at_giver), (_clerk, works_at_giver)),
    Action.DISPOSE: ((_operator, works_at_giver), (_clerk, works_at_giver)),
    Action.TURN_AWAY: ((_operator, works_at_giver),),
    Action.HAND_OUT_NUMBERS: ((_clerk, works_at_giver),),
    Action.BACK_ENTER: ((_clerk, works_at_giver), (_operator, works_at_destination)),
    Action.ADMINISTER: ((_administrator, works_at_giver),),
    Action.REGISTER: ((_administrator, regulates),),
    Action.AMEND: ((_administrator, works_at_giver), (_administrator, regulates)),
    Action.SET_POLICY: ((_inspector, regulates),),
    Action.READ_RATES: ((is_party,), (regulates,)),
    Action.LOCK_PERIOD: ((_inspector, regulates),),
}

BY_EVENT: Mapping[EventType, Action] = {
    EventType.ISSUED: Action.ISSUE,
    EventType.ASSIGNED: Action.ASSIGN,
    EventType.LOADED: Action.RELEASE,
    EventType.TRANSFERRED: Action.TRANSFER,
    EventType.REDIRECTED: Action.REDIRECT,
    EventType.ARRIVED: Action.ARRIVE,
    EventType.RECEIVED: Action.RECEIVE,
    EventType.RETURNED: Action.TAKE_BACK,
    EventType.LOST: Action.DECLARE_LOST,
    EventType.VOIDED: Action.VOID,
    EventType.RESOLVED: Action.RESOLVE,
    EventType.INSPECTED: Action.INSPECT,
    EventType.CORRECTION_PROPOSED: Action.PROPOSE_CORRECTION,
    EventType.CORRECTION_APPROVED: Action.DECIDE_CORRECTION,
    EventType.CORRECTION_REFUSED: Action.DECIDE_CORRECTION,
    EventType.CORRECTION_WITHDRAWN: Action.PROPOSE_CORRECTION,
    EventType.PRODUCED: Action.PRODUCE,
    EventType.TREATED: Action.TREAT,
    EventType.COUNTED: Action.COUNT,
    EventType.SAMPLED: Action.SAMPLE,
    EventType.DISPOSED: Action.DISPOSE,
    EventType.TURNED_AWAY: Action.TURN_AWAY,
    EventType.NUMBERS_HANDED: Action.HAND_OUT_NUMBERS,
}
"""The action behind each event; confirming is an action of its own."""


def may(actor: Actor, action: Action, parties: Parties) -> bool:
    """Whether the actor may do this to something with these parties."""
    return any(all(rule(actor, parties) for rule in row) for row in POLICY.get(action, ()))


def require(actor: Actor, action: Action, parties: Parties) -> None:
    """Raises NotPermitted where ``may`` says no."""
    if not may(actor, action, parties):
        raise NotPermitted(action=str(action))
