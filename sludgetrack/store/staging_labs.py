"""Staged lab values: the rows of one report belong together, and a report is about a facility or what lies at one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, LiteralString, NamedTuple

from sqlalchemy import Connection

from sludgetrack.store.rows import execute
from sludgetrack.store.staging import SEPARATOR, stream


class Disagreeing(NamedTuple):
    """A row that says another subject or day of its report than the report's first row."""

    line: int
    report: str
    subject: str
    sampled_on: date
    first_line: int
    first_subject: str
    first_sampled_on: date


class NamedAt(NamedTuple):
    """What a row names, and where it stands."""

    line: int
    name: str


class Report(NamedTuple):
    """A report to be recorded: where, about what, its values as (parameter, value, unit) in the file's order, and its
    rows (key, values) to be noted."""

    name: str
    facility: str
    subject: str
    sampled_on: date
    readings: Sequence[tuple[str, str, str | None]]
    rows: Sequence[tuple[str, Sequence[str]]]


def disagreeing(connection: Connection) -> Iterator[Disagreeing]:
    """Rows whose report has another subject or day further up."""
    return (Disagreeing(*row) for row in stream(connection, _DISAGREEING))


_DISAGREEING: LiteralString = """
SELECT staged.line, staged.report, staged.subject, staged.sampled_on, first.line, first.subject, first.sampled_on
FROM (SELECT report, min(line) AS line FROM staged_lab GROUP BY report) AS heading
JOIN staged_lab AS first ON first.line = heading.line
JOIN staged_lab AS staged ON staged.report = heading.report
WHERE (staged.subject, staged.sampled_on) <> (first.subject, first.sampled_on)
ORDER BY staged.line
"""


def on_record(connection: Connection) -> Iterator[tuple[int, str, bool]]:
    """New rows of reports that are on record (line, report), and whether an import recorded these."""
    return ((line, name, imported) for line, name, imported in stream(connection, _ON_RECORD))


_ON_RECORD: LiteralString = """
SELECT staged.line, staged.report, 'imported' = ANY(entry.marks) FROM staged_lab AS staged
JOIN lab_report ON lab_report.name = staged.report
JOIN entry ON entry.event_id = lab_report.event_id
WHERE NOT EXISTS (SELECT FROM import_row AS known WHERE known.file = 'labs' AND known.key = staged.key)
ORDER BY staged.line
"""


def not_lying(connection: Connection) -> Iterator[NamedAt]:
    """The first row of every report whose subject is no batch or lot of the files or the record, nor a facility of
    the record. What a faulty row would have made is not among them."""
    return (NamedAt(*row) for row in stream(connection, _NOT_LYING))


_NOT_LYING: LiteralString = """
SELECT min(line), subject FROM staged_lab AS staged
WHERE NOT EXISTS (SELECT FROM staged_source AS source WHERE source.name = staged.subject)
  AND NOT EXISTS (SELECT FROM facility WHERE facility.code = staged.subject)
  AND NOT EXISTS (SELECT FROM holding WHERE holding.name = staged.subject AND holding.account <> 'transit')
  AND NOT EXISTS (
    SELECT FROM staged_faulty
    WHERE key = staged.subject AND staged_faulty.file IN ('production', 'movements', 'treatments'))
GROUP BY report, subject ORDER BY 1
"""


def order_reports(connection: Connection) -> int:
    """List the reports never recorded, in the order of their first rows, each with the facility it is about or at
    which its subject lies; how many there are. Everything registered must be on record."""
    execute(connection, _REPORTS, {})
    execute(connection, "CREATE UNIQUE INDEX ON staged_report (n)", {})
    execute(connection, "ANALYZE staged_report", {})
    found: int = execute(connection, "SELECT count(*) FROM staged_report", {}).fetchall()[0][0]
    return found


_REPORTS: LiteralString = """
CREATE TEMPORARY TABLE staged_report AS
WITH fresh AS (
  SELECT min(line) AS line, report, subject, sampled_on,
    array_agg(parameter ORDER BY line) AS parameters, array_agg(value ORDER BY line) AS measured,
    array_agg(unit ORDER BY line) AS units, array_agg(key ORDER BY line) AS keys, array_agg(said ORDER BY line) AS said
  FROM staged_lab AS staged
  WHERE NOT EXISTS (SELECT FROM import_row AS known WHERE known.file = 'labs' AND known.key = staged.key)
  GROUP BY report, subject, sampled_on
)
SELECT row_number() OVER (ORDER BY line) AS n, report, coalesce(own.code, lying.code, coming.facility) AS facility,
  subject, sampled_on, parameters, measured, units, keys, said
FROM fresh
LEFT JOIN facility AS own ON own.code = subject
LEFT JOIN LATERAL (
  SELECT facility.code FROM holding JOIN facility ON facility.id = holding.facility_id
  WHERE holding.name = subject AND holding.account <> 'transit' ORDER BY holding.id LIMIT 1) AS lying ON true
LEFT JOIN staged_source AS coming ON coming.name = subject
"""


def next_reports(connection: Connection, after: int, count: int) -> list[Report]:
    """The reports that come after this one, in order."""
    rows = execute(connection, _NEXT_REPORTS, {"after": after, "until": after + count})
    return [_report(*row) for row in rows]


_NEXT_REPORTS: LiteralString = """
SELECT report, facility, subject, sampled_on, parameters, measured, units, keys, said FROM staged_report
WHERE n > %(after)s::bigint AND n <= %(until)s::bigint ORDER BY n
"""


def _report(name: str, facility: str, subject: str, sampled_on: date, *listed: Sequence[Any]) -> Report:
    parameters, values, units, keys, said = listed
    readings = list(zip(parameters, values, units, strict=True))
    rows = [(key, text.split(SEPARATOR)) for key, text in zip(keys, said, strict=True)]
    return Report(name, facility, subject, sampled_on, readings, rows)
