"""Lab reports: what ``sampled`` events say, read back for judging disposals and for moisture nobody measured.

A report counts for what it is about at the facility that recorded it: one on the facility itself for all that is done
there, one on a batch or a lot for that alone.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, tuple_

from sludgetrack.domain.events import Entry, EventType, Stream
from sludgetrack.domain.labs import MOISTURE, Reading, Report
from sludgetrack.domain.mass import Account
from sludgetrack.domain.moisture import SAMPLED_WITHIN_DAYS, assumed_bp
from sludgetrack.store.rows import as_table, copy_rows
from sludgetrack.store.streams import StreamHead
from sludgetrack.store.tables.manifests import manifest
from sludgetrack.store.tables.mass import about, holding, posting
from sludgetrack.store.tables.record import entry as entry_table
from sludgetrack.store.tables.registry import facility, lab_report

_COLUMNS = ("event_id", "name", "facility_id", "subject", "sampled_on", "lab", "file", "readings")
_YET_TO_COME = 2**62
"""The place of reports not written yet: behind all that are on record."""

About = tuple[str, str]
"""The code of a facility, and what a report recorded there is about: the same code, or a batch or lot."""


def report_row(entry: Entry, facility_id: int) -> dict[str, Any]:
    """The row of a ``sampled`` event. Raises LookupError or ValueError for a claim that makes none."""
    figures = entry.claim.figures
    return {
        "event_id": entry.claim.event_id,
        "name": figures["report"],
        "facility_id": facility_id,
        "subject": figures["sample_of"],
        "sampled_on": date.fromisoformat(figures["sampled_on"]),
        "lab": figures.get("lab"),
        "file": figures.get("file"),
        "readings": figures["readings"],
    }


def project(connection: Connection, entries: Iterable[Entry], heads: Mapping[Stream, StreamHead]) -> None:
    """Enter the reports of these new entries, in their order."""
    sampled = [entry for entry in entries if entry.claim.type is EventType.SAMPLED]
    if sampled:
        rows = (report_row(entry, heads[entry.stream].id) for entry in sampled)
        copy_rows(connection, lab_report, _COLUMNS, [_written(row) for row in rows])


def _written(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(json.dumps(row[c], ensure_ascii=False) if c == "readings" else row[c] for c in _COLUMNS)


def taken(connection: Connection, names: Collection[str]) -> set[str]:
    """Those of the names that are reports' already."""
    return set(connection.scalars(select(lab_report.c.name).where(lab_report.c.name.in_(names))))


def ever_lay(connection: Connection, name: str, facility_id: int) -> bool:
    """Whether a batch or lot of this name lies or lay at a facility."""
    h = holding.c
    there = (h.name == name) & (h.facility_id == facility_id) & (h.account != str(Account.TRANSIT))
    return connection.execute(select(h.id).where(there).limit(1)).first() is not None


def readings_of(lines: Iterable[Mapping[str, Any]]) -> dict[str, Reading]:
    """The lines of a claim or a row as values by parameter."""
    return {line["parameter"]: Reading(Decimal(line["value"]), line.get("unit") or "") for line in lines}


class Reports:
    """Lab reports in memory by what they are about: those read for a unit of work, and those it adds."""

    def __init__(self) -> None:
        self._about: dict[About, list[Report]] = defaultdict(list)
        self._added = 0

    def read(self, connection: Connection, wanted: Collection[About]) -> None:
        """Read every report about these; one statement. Nothing is read twice."""
        new = [one for one in wanted if one not in self._about]
        self._about |= {one: [] for one in new}
        for at, report in _reports(connection, new):
            self._about[at, report.subject].append(report)

    def add(self, at: str, name: str, subject: str, sampled_on: date, readings: Mapping[str, Reading]) -> None:
        """A report recorded at a facility in this unit of work: later than all before it."""
        self._added += 1
        report = Report(name, subject, sampled_on, _YET_TO_COME + self._added, readings)
        self._about[at, subject].append(report)

    def of(self, at: str, subject: str) -> Sequence[Report]:
        """What is known about a subject at a facility, in the order of the record."""
        return self._about.get((at, subject), ())

    def for_disposal(self, site: str, lot: str, plant: str | None) -> list[Report]:
        """Those a disposal is judged by: for the lot, for the site, and for the plant it came from straight."""
        return [report for one in for_disposal(site, lot, plant) for report in self.of(*one)]

    def assumed_bp(self, at: str, day: date) -> int:
        """The moisture of sludge nobody tested at a facility on a day."""
        return assumed_bp(self.of(at, at), day)


def for_disposal(site: str, lot: str, plant: str | None) -> list[About]:
    """What reports count for a disposal, each once."""
    wanted = [(site, lot), (site, site), *([] if plant is None else [(plant, plant)])]
    return list(dict.fromkeys(wanted))


def _reports(connection: Connection, wanted: Collection[About]) -> list[tuple[str, Report]]:
    if not wanted:
        return []
    codes, subjects = zip(*wanted, strict=True)
    asked = as_table("asked", [(facility.c.code, list(codes)), (lab_report.c.subject, list(subjects))])
    place = tuple_(facility.c.code, lab_report.c.subject)
    return _read(connection, place.in_(select(asked.c.code, asked.c.subject)))


def _read(connection: Connection, *conditions: ColumnElement[bool]) -> list[tuple[str, Report]]:
    r = lab_report.c
    query = select(facility.c.code, r.name, r.subject, r.sampled_on, r.id, r.readings)
    rows = connection.execute(query.join(facility, facility.c.id == r.facility_id).where(*conditions).order_by(r.id))
    return [
        (row.code, Report(row.name, row.subject, row.sampled_on, row.id, readings_of(row.readings))) for row in rows
    ]


def reports_about(connection: Connection, wanted: Collection[About]) -> list[Report]:
    """Every report about any of these, in the order of the record."""
    return [report for _, report in _reports(connection, wanted)]


def assumed_moisture_bp(connection: Connection, at: str, day: date) -> int:
    """The moisture of sludge nobody tested: the facility's newest lab moisture of the week, else 80.00 %."""
    r = lab_report.c
    recent = r.sampled_on.between(day - timedelta(days=SAMPLED_WITHIN_DAYS), day)
    stating = r.readings.contains([{"parameter": MOISTURE}])
    found = _read(connection, facility.c.code == at, r.subject == at, recent, stating)
    return assumed_bp((report for _, report in found), day)


def plants_behind(connection: Connection, lots: Collection[str]) -> dict[str, str]:
    """The plant each lot was received straight from, as far as it was; lots by name, plants by code.

    A lot is named as its manifest, or with a number behind where that one's load was taken in twice.
    """
    if not lots:
        return {}
    query = (
        select(manifest.c.name, facility.c.code)
        .join(facility, facility.c.id == manifest.c.giver_id)
        .where(manifest.c.name.in_(lots), facility.c.kind == "plant")
    )
    found = {row.name: row.code for row in connection.execute(query)}
    numbered = [lot for lot in lots if "/" in lot and lot not in found]
    return found | _plants_behind_numbered(connection, numbered) if numbered else found


def _plants_behind_numbered(connection: Connection, lots: Collection[str]) -> dict[str, str]:
    query = (
        select(holding.c.name, facility.c.code)
        .join(posting, posting.c.holding_id == holding.c.id)
        .join(entry_table, entry_table.c.event_id == about)
        .join(manifest, manifest.c.id == entry_table.c.stream_id)
        .join(facility, facility.c.id == manifest.c.giver_id)
        .where(
            holding.c.name.in_(lots),
            holding.c.account != str(Account.TRANSIT),
            entry_table.c.type == str(EventType.RECEIVED),
            facility.c.kind == "plant",
        )
        .distinct()
    )
    return {row.name: row.code for row in connection.execute(query)}
