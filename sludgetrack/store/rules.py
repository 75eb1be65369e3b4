"""The rules in force: shipped tables first, then what the authorities have set, each with the day it holds from."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, func, literal, select

from sludgetrack import reference
from sludgetrack.domain.dated import TableRow, Tables
from sludgetrack.domain.gates import Rulebook, Rulebooks
from sludgetrack.domain.policy import Policy, PolicyRow
from sludgetrack.store.tables.registry import organisation, period_lock, person
from sludgetrack.store.tables.registry import policy as policy_table
from sludgetrack.store.tables.registry import reference_row as set_rows


def policy_rows(connection: Connection) -> list[PolicyRow]:
    """Every policy row, the shipped ones first."""
    p = policy_table.c
    rows = connection.execute(select(p.division, p.route, p.rule, p.value, p.valid_from, p.source).order_by(p.id))
    return [*reference.policies(), *(PolicyRow(*row) for row in rows)]


def policy(connection: Connection) -> Policy:
    """Every policy row, ready to be asked."""
    return Policy(policy_rows(connection))


def tables(connection: Connection) -> Tables:
    """Routes, treatments, limits and targets, ready to be asked about any day; one statement."""
    r = set_rows.c
    by = func.coalesce(person.c.name, r.organisation_code)
    query = select(r.table_name, r.key, r.valid_from, r.source, r.stated, by)
    rows = connection.execute(query.outerjoin(person, person.c.id == r.person_id).order_by(r.id))
    return Tables(reference.shipped(), (TableRow(*row) for row in rows))


def policy_at(connection: Connection, division: str, route: str, rule: str, day: date) -> PolicyRow | None:
    """What a division itself has set of a rule, as it is in force on a day; nothing of what it lies in."""
    own = [row for row in policy_rows(connection) if row.division == division]
    return Policy(own).rule(division, route, rule, day)


def locked_month(connection: Connection, division: str) -> date | None:
    """The last month locked in a division, in what it lies in or in what lies in it, by its first day."""
    d = period_lock.c.division
    touches = d.startswith(division, autoescape=True) | literal(division).startswith(d)
    last: date | None = connection.execute(select(func.max(period_lock.c.month)).where(touches)).scalar_one()
    return last


def highest_authorities(connection: Connection) -> dict[str, str]:
    """The authorities of the shortest division there is, by code with their names."""
    o = organisation.c
    authorities = select(o.code, o.name, func.length(o.division).label("length")).where(o.kind == "authority")
    rows = connection.execute(authorities.order_by(o.code)).all()
    shortest = min((row.length for row in rows), default=0)
    return {row.code: row.name for row in rows if row.length == shortest}


def rulebooks(connection: Connection) -> Rulebooks:
    """What disposals of many days are judged by; two statements."""
    return Rulebooks(tables(connection), policy(connection))


def rulebook(connection: Connection, day: date) -> Rulebook:
    """What a disposal of this legal day is judged by."""
    return rulebooks(connection).on(day)
