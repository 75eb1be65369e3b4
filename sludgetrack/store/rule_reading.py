"""Rules as they were set: every row with the event that set it, in the order of the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from sludgetrack.domain.policy import PolicyRow
from sludgetrack.store.tables.record import entry
from sludgetrack.store.tables.registry import policy, reference_row


@dataclass(frozen=True, slots=True)
class Saying:
    """Who set a row and when: a person's id, None for the operator of the installation, and an organisation's code."""

    event_id: str
    at: datetime
    person: str | None
    organisation: str


@dataclass(frozen=True, slots=True)
class SetPolicyRow:
    """A policy row and who set it."""

    row: PolicyRow
    said: Saying


@dataclass(frozen=True, slots=True)
class SetTableRow:
    """Values set of a row of a reference table, and who set them."""

    table: str
    key: str
    valid_from: date
    source: str
    values: Mapping[str, str]
    said: Saying


def policies_set(connection: Connection) -> list[SetPolicyRow]:
    """Every policy row that was set, in the order of the record."""
    p, e = policy.c, entry.c
    row = (p.division, p.route, p.rule, p.value, p.valid_from, p.source)
    said = (e.event_id, e.recorded_at, e.claim["actor"].astext, e.claim["organisation"].astext)
    query: Select[Any] = select(*row, *said).join(entry, e.event_id == p.event_id).order_by(p.id)
    return [SetPolicyRow(PolicyRow(*told[:6]), Saying(*told[6:])) for told in connection.execute(query)]


def rows_set(connection: Connection) -> list[SetTableRow]:
    """Every row of the reference tables that was set, in the order of the record."""
    r, e = reference_row.c, entry.c
    row = (r.table_name, r.key, r.valid_from, r.source, r.stated)
    said = (r.event_id, e.recorded_at, r.person_id, r.organisation_code)
    query: Select[Any] = select(*row, *said).join(entry, e.event_id == r.event_id).order_by(r.id)
    rows = connection.execute(query)
    return [SetTableRow(t.table_name, t.key, t.valid_from, t.source, t.stated, Saying(*t[5:])) for t in rows]
