"""Corrections on record: proposals and what became of them, and an event as it counts after them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from sludgetrack.domain.correcting import ASIDE, Outcome, Proposal, Revision, answered, proposal_of
from sludgetrack.domain.events import Entry, EventType, Stream
from sludgetrack.store import streams
from sludgetrack.store.streams import StreamHead
from sludgetrack.store.tables.manifests import correction

ABOUT_CORRECTIONS = ASIDE | {EventType.CORRECTED}


def project_corrections(connection: Connection, entries: Iterable[Entry], heads: Mapping[Stream, StreamHead]) -> None:
    """Bring the list of corrections up to date with these new entries."""
    for entry in entries:
        claim = entry.claim
        if claim.type is EventType.CORRECTION_PROPOSED:
            connection.execute(insert(correction).values(correction_row(entry, heads[entry.stream].id)))
        elif claim.type in ABOUT_CORRECTIONS:
            known = find_proposal(connection, claim.figures["proposal"])
            if known is None:
                raise LookupError(f"no correction {claim.figures['proposal']} was proposed")
            values = answer_values(answered(known, claim), entry)
            connection.execute(update(correction).where(correction.c.proposal_id == known.id).values(values))


def correction_row(entry: Entry, stream_id: int) -> dict[str, Any]:
    """The row a proposal gives."""
    proposal = proposal_of(entry.claim)
    return {
        "proposal_id": proposal.id,
        "stream_id": stream_id,
        "corrects": proposal.corrects,
        "of": str(proposal.of),
        "organisation": proposal.organisation,
        "approvers": sorted(proposal.approvers),
        "approved": [],
        "outcome": str(Outcome.OPEN),
        "proposed_at": entry.recorded_at,
        "answered_at": None,
    }


def answer_values(proposal: Proposal, entry: Entry) -> dict[str, Any]:
    """What an answer changes in the row of its proposal, which is given as it is after the answer."""
    return {
        "approved": list(proposal.approved),
        "outcome": str(proposal.outcome),
        "answered_at": entry.recorded_at,
    }


def find_proposal(connection: Connection, proposal_id: str) -> Proposal | None:
    """A proposal and what became of it so far."""
    row = connection.execute(select(correction).where(correction.c.proposal_id == proposal_id)).one_or_none()
    entry = streams.one(connection, proposal_id) if row else None
    if row is None or entry is None:
        return None
    proposed = proposal_of(entry.claim)
    return Proposal(
        proposed.id,
        proposed.corrects,
        proposed.of,
        proposed.changes,
        proposed.organisation,
        proposed.approvers,
        proposed.reason,
        tuple(row.approved),
        Outcome(row.outcome),
    )


def any_corrected(connection: Connection) -> bool:
    """Whether any correction is in effect."""
    query = select(correction.c.proposal_id).where(correction.c.outcome == str(Outcome.IN_EFFECT)).limit(1)
    return connection.execute(query).one_or_none() is not None


def open_proposal(connection: Connection, corrects: str) -> str | None:
    """The id of the proposal about an event that waits for answers, if there is one."""
    c = correction.c
    query = select(c.proposal_id).where(c.corrects == corrects, c.outcome == str(Outcome.OPEN))
    return connection.execute(query).scalar_one_or_none()


def revisions(connection: Connection, event_ids: Collection[str], *, before: int | None = None) -> dict[str, Revision]:
    """Events with the corrections of them in effect, by event id; ``before``: by this position in the log."""
    firsts = streams.several(connection, event_ids)
    made = streams.corrections_of(connection, event_ids, before=before)
    return {i: Revision(entry, tuple(one.claim for one in made.get(i, ()))) for i, entry in firsts.items()}


def revision(connection: Connection, event_id: str, *, before: int | None = None) -> Revision | None:
    """One event with the corrections of it in effect, or None where nothing has this id."""
    return revisions(connection, [event_id], before=before).get(event_id)
