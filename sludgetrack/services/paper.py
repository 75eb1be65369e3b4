"""纸质补录: what was written on a pre-printed form while the system could not be reached, entered afterwards.

Each line of the form becomes a late claim, marked as from paper and without the driver's confirmation. What contradicts
the record is kept and makes the manifest disputed; figures that contradict themselves are refused.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from sludgetrack.documents.content import BlankContent, Party
from sludgetrack.domain import commands as c
from sludgetrack.domain import numbers
from sludgetrack.domain.clocks import clocks_of
from sludgetrack.domain.errors import DomainError, NotFound, NotPermitted
from sludgetrack.domain.events import Confirmation, EventType, Method, Stream, StreamKind
from sludgetrack.domain.permissions import Action
from sludgetrack.domain.times import legal_day
from sludgetrack.services import manifests
from sludgetrack.services.cases import Case, fingerprint, open_case, require_permission
from sludgetrack.services.context import Context
from sludgetrack.services.manifests import Witness, own_word
from sludgetrack.store import people, rules, streams
from sludgetrack.store.append import Receipt, find
from sludgetrack.store.directory import Facility
from sludgetrack.store.tables.registry import reserved_number

UNCONFIRMED = "纸质联单"
"""Why nobody confirmed: the signatures are on the paper."""


class RefusedAt(Exception):
    """A line of the form was refused, and nothing of the form was recorded. ``event`` is the line's."""

    def __init__(self, event: EventType, error: DomainError) -> None:
        super().__init__(f"{event}: {error}")
        self.event = event
        self.error = error


@dataclass(frozen=True, slots=True)
class Written:
    """What one form says. ``issued`` is None for a manifest that is on record already."""

    issued: c.IssueManifest | None
    handoffs: tuple[c.Command, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenNumber:
    """A pre-printed number nobody has entered yet: to whom it was handed, in which block, and when."""

    number: str
    handed_to: str
    block: str
    handed_at: datetime


@dataclass(frozen=True, slots=True)
class PaperForm:
    """What a number stands for: a blank form of ``giver``'s, or the manifest on record under it."""

    number: str
    giver: Facility
    case: Case | None


def back_enter(ctx: Context, number: str, written: Written) -> list[Receipt]:
    """Record everything a form says, in one unit of work; the same form again gives the same receipts.

    Raises RefusedAt naming the line, NotPermitted, NotANumber and NotFound.
    """
    digits = str(numbers.parse(number))
    receipts = []
    issued = written.issued
    if issued is not None:
        with _at(EventType.ISSUED):
            receipts.append(manifests.issue(ctx, issued, number=digits, paper=True))
    for command in written.handoffs:
        with _at(command.event):
            receipts.append(_hand_over(ctx, digits, command))
    return receipts


@contextmanager
def _at(event: EventType) -> Iterator[None]:
    """Name the line that is refused."""
    try:
        yield
    except NotPermitted:
        raise
    except DomainError as error:
        raise RefusedAt(event, error) from error


def _hand_over(ctx: Context, number: str, command: c.Command) -> Receipt:
    """One handoff of the form: the entering party's word, and nobody's to confirm it."""
    case = open_case(ctx, number)
    print_ = fingerprint(ctx.actor, number, command, unconfirmed=UNCONFIRMED)
    replay = find(ctx.connection, command.event_id, print_)
    if replay:
        return replay
    require_permission(ctx, Action.BACK_ENTER, case)
    prepared = manifests.prepare(ctx, case, command, paper=True)
    absent = Confirmation(case.parties.hauler, None, Method.NONE, ctx.now, UNCONFIRMED)
    words = (own_word(ctx), absent)
    return manifests.record(ctx, case, prepared, Witness(words, people.card(ctx.connection, ctx.actor.person), print_))


def open_numbers(ctx: Context, at: Facility) -> list[OpenNumber]:
    """The pre-printed numbers of a facility that wait to be entered, oldest first."""
    r = reserved_number.c
    query = select(r.number, r.handed_to, r.block).where(r.facility_id == at.id).order_by(r.number)
    rows = ctx.connection.execute(query).all()
    handed = _handed_at(ctx, {row.block for row in rows})
    return [OpenNumber(row.number, row.handed_to, row.block, handed[row.block]) for row in rows]


def paper_form(ctx: Context, number: str, code: str = "") -> PaperForm:
    """The form with this number, blank or on record. Raises NotANumber, and NotFound for any other number.

    A blank form is for whoever runs the facility it was handed out at, and for whoever has it in hand: ``code`` are the
    six characters printed on it.
    """
    digits = str(numbers.parse(number))
    stream = Stream(StreamKind.MANIFEST, digits)
    if streams.peek(ctx.connection, [stream]):
        case = open_case(ctx, digits, lock=False)
        return PaperForm(digits, ctx.directory.facility(case.state.figures["giver"]), case)
    query = select(reserved_number).where(reserved_number.c.number == digits)
    row = ctx.connection.execute(query).one_or_none()
    giver = ctx.directory.facility_by_id(row.facility_id) if row else None
    held = row is not None and hmac.compare_digest(row.public_code.encode(), code.upper().encode())
    if giver is None or not (held or giver.code in ctx.actor.facilities):
        raise NotFound(field="number", kind="reserved_number", name=numbers.grouped(digits))
    return PaperForm(digits, giver, None)


def blank_forms(ctx: Context, at: Facility, block: str, address: str) -> list[BlankContent]:
    """What is printed on the forms of a block that are still open. ``address`` is the public one, for the QR."""
    r = reserved_number.c
    query = select(reserved_number).where(r.facility_id == at.id, r.block == block).order_by(r.number)
    owner = ctx.directory.organisation(at.organisation_id)
    producer = Party(at.name, at.code, owner.credit_code, at.permit_no, at.address)
    days = back_entry_days(ctx, at)
    return [
        BlankContent(row.number, address, row.public_code, producer, row.handed_to, days)
        for row in ctx.connection.execute(query)
    ]


def back_entry_days(ctx: Context, at: Facility) -> int:
    """Within how many working days a form has to be entered, by the policy of the facility's division."""
    clocks = clocks_of(rules.policy(ctx.connection), at.division, legal_day(ctx.now, at.zone))
    return int(clocks.paper_working_days)


def _handed_at(ctx: Context, blocks: Iterable[str]) -> dict[str, datetime]:
    found = ((block, streams.one(ctx.connection, block)) for block in blocks)
    return {block: entry.claim.occurred_at for block, entry in found if entry is not None}
