"""Refusals of the domain: a stable code and the facts, without HTTP and without translated text.

``problems.py`` gives every code its HTTP status and its sentence in Chinese; the catalogue has it in English.
"""

from __future__ import annotations

from typing import ClassVar


class DomainError(Exception):
    """A command was refused and nothing was written. ``facts`` fill the sentence; ``field`` is the claim's field."""

    code: ClassVar[str]

    def __init__(self, *, field: str | None = None, **facts: object) -> None:
        super().__init__(f"{self.code}: {facts}" if facts else self.code)
        self.field = field
        self.facts = facts


class NotAllowedNow(DomainError):
    """The state does not allow the event. Facts: status, event, allowed (the events allowed now)."""

    code = "not_allowed_now"


class NotPermitted(DomainError):
    """The person may not do this. Facts: action."""

    code = "not_permitted"


class NotFound(DomainError):
    """Nothing of this kind and name exists for this person. Facts: kind, name."""

    code = "not_found"


class InvalidFigures(DomainError):
    """Several fields at once are wrong; ``problems`` are the single refusals, each naming its field."""

    code = "invalid_figures"

    def __init__(self, problems: tuple[DomainError, ...]) -> None:
        super().__init__()
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(f"{p.field}: {p}" for p in self.problems)


class MissingField(DomainError):
    """The event needs this field. Facts: event."""

    code = "field_missing"


class SealedField(DomainError):
    """The field was claimed by an earlier event and cannot be changed. Facts: sealed_by, value."""

    code = "field_sealed"


class OutOfRange(DomainError):
    """A value lies outside what is possible. Facts: value, wanted."""

    code = "out_of_range"


class NetMismatch(DomainError):
    """Net is not gross minus tare. Facts: gross_kg, tare_kg, net_kg."""

    code = "net_mismatch"


class AcceptedMismatch(DomainError):
    """The accepted part does not fit the net mass and the decision. Facts: net_kg, accepted_kg."""

    code = "accepted_mismatch"


class ReasonMissing(DomainError):
    """A reason is needed when a part is refused. Facts: none."""

    code = "reason_missing"


class ReasonUnexpected(DomainError):
    """A reason for refusing was given although nothing is refused. Facts: none."""

    code = "reason_unexpected"


class TooMuchReturned(DomainError):
    """More was returned than the driver held. Facts: returned_kg, held_kg."""

    code = "too_much_returned"


class InTheFuture(DomainError):
    """An online claim lies more than five minutes ahead of the server. Facts: occurred_at, now."""

    code = "in_the_future"


class BeforeDeparture(DomainError):
    """An event of the road is claimed for a time before the load left. Facts: occurred_at, departed_at."""

    code = "before_departure"


class StaleState(DomainError):
    """``based_on`` is not the subject's last entry any more. Facts: based_on, head."""

    code = "stale_state"


class IdempotencyConflict(DomainError):
    """The event id is taken by other content. Facts: event_id."""

    code = "event_id_taken"


class WrongCode(DomainError):
    """The typed code is not the offer's. Facts: tries_left."""

    code = "wrong_code"


class OfferUsed(DomainError):
    """Somebody has confirmed this offer already. Facts: none that would name the person."""

    code = "offer_used"


class OfferExpired(DomainError):
    """The offer is older than five minutes; the giver has to show a new code."""

    code = "offer_expired"


class OfferDead(DomainError):
    """Five wrong tries, a refusal by the driver or a newer offer ended this one. Facts: why."""

    code = "offer_dead"


class RouteNotPermitted(DomainError):
    """The destination's permit does not name the route. Facts: destination, route, permitted."""

    code = "route_not_permitted"


class RouteBanned(DomainError):
    """A policy bans the route. Facts: route, division, source, valid_from."""

    code = "route_banned"


class PeriodLocked(DomainError):
    """The day lies in a locked period. Facts: day, first_open (the first day that is not locked)."""

    code = "period_locked"


class SharedTable(DomainError):
    """The table holds for everybody, and only the highest authorities may set it. Facts: who (their names)."""

    code = "shared_table"


class NameTaken(DomainError):
    """An id of the shared namespace, a login or a code is in use. Facts: name."""

    code = "name_taken"


class NumbersExhausted(DomainError):
    """A facility has issued 999,999 numbers in one year. Facts: facility, year."""

    code = "numbers_exhausted"


class NotANumber(DomainError):
    """No manifest number: 20 digits, the last a check digit. Facts: text, expected (the right check digit)."""

    code = "not_a_number"


class SameParty(DomainError):
    """Giver and destination, or giving and taking driver, are the same. Facts: name."""

    code = "same_party"


class NoDispute(DomainError):
    """There is no contradiction to resolve."""

    code = "no_dispute"


class OwnOffer(DomainError):
    """What an organisation proposes, somebody of another party has to agree to."""

    code = "own_offer"


class NotCorrectable(DomainError):
    """What is to be corrected is no figure of that event, or no such event counts. Facts: name, wanted."""

    code = "not_correctable"


class NothingChanges(DomainError):
    """A correction that states what stands already. Facts: none."""

    code = "nothing_changes"


class CorrectionOpen(DomainError):
    """Another correction of the same event waits for an answer. Facts: proposal."""

    code = "correction_open"


class CorrectionOver(DomainError):
    """The proposal has been answered already. Facts: outcome."""

    code = "correction_over"


class CorrectionImpossible(DomainError):
    """With the corrected figures, what happened later could not have happened."""

    code = "correction_impossible"


class NotAParty(DomainError):
    """Only the parties of the corrected handoff may speak about it. Facts: parties."""

    code = "not_a_party"


class PeriodNotOver(DomainError):
    """Only a month that is over can be locked. Facts: month."""

    code = "period_not_over"


class AlreadyLocked(DomainError):
    """The month is locked already, and a lock is not undone. Facts: division, month."""

    code = "already_locked"


class WeakPassword(DomainError):
    """The password is shorter than twelve characters or contains the login. Facts: wanted."""

    code = "weak_password"


class BadLogin(DomainError):
    """Login or password is wrong; which of the two is not said."""

    code = "bad_login"


class LoginLocked(DomainError):
    """Too many wrong passwords; the lock grows with each further one. Facts: until."""

    code = "login_locked"


class LastAdministrator(DomainError):
    """Nobody would be left who administers the organisation. Facts: none."""

    code = "last_administrator"
