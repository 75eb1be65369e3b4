"""Ledgers for tests of the import: a small city's files, and what the database says after an import."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from sludgetrack import tx
from sludgetrack.ledgerfiles.findings import Finding
from sludgetrack.services.importing import FileCounts, Order, Outcome, Progress, Stage, import_ledger
from sludgetrack.services.importing.recording import Pace

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

Row = dict[str, str]
Files = dict[str, list[Row]]

PARTIES: list[Row] = [
    {"code": "P01", "name": "骆驼湾污水处理厂", "kind": "plant", "division": "410702", "city_class": "prefecture"},
    {"code": "P02", "name": "贾屯污水处理厂", "kind": "plant", "division": "410721", "city_class": "county"},
    {"code": "S-INC", "name": "焚烧厂", "kind": "site", "division": "410702", "capacity_t80_d": "500", "routes": "I1"},
    {"code": "S-FILL", "name": "填埋场", "kind": "site", "division": "410721", "routes": "F2", "storage_days": "10"},
    {"code": "T-HUB", "name": "中转站", "kind": "site", "division": "410702"},
    {"code": "H1", "name": "宏达运输", "kind": "hauler", "division": "410702"},
    {"code": "A-41", "name": "省厅", "kind": "regulator", "division": "41"},
]
VEHICLES: list[Row] = [
    {"plate": "豫G10000", "hauler": "H1", "rated_t": "18", "tare_t": "12"},
    {"plate": "豫G10001", "hauler": "H1", "rated_t": "18", "tare_t": "12"},
]
BATCH: Row = {"batch": "B1", "plant": "P01", "date": "2025-02-01", "wet_t": "100", "moisture_pct": "80"}
ISSUED: Row = {
    "manifest": "M1",
    "from": "P01",
    "hauler": "H1",
    "to": "S-INC",
    "route": "I1",
    "issued_at": "2025-02-01 06:34",
}
LOADED: Row = ISSUED | {
    "plate": "豫G10000",
    "driver": "张师傅",
    "loaded_at": "2025-02-01 06:59",
    "out_gross_t": "28.46",
    "out_tare_t": "12",
    "out_net_t": "16.46",
    "out_moisture_pct": "80",
}
RECEIVED: Row = LOADED | {
    "received_at": "2025-02-01 09:21",
    "in_gross_t": "28.40",
    "in_tare_t": "12",
    "in_net_t": "16.40",
    "in_moisture_pct": "80",
    "decision": "accepted",
    "accepted_t": "16.40",
}
PARTLY: Row = RECEIVED | {"decision": "partial", "accepted_t": "10", "reason": "含水率不符"}
RETURNED: Row = PARTLY | {"returned_at": "2025-02-01 12:21", "returned_t": "6.38"}
VOIDED: Row = ISSUED | {"void_at": "2025-02-01 06:50", "void_reason": "车辆故障"}
BURNT: Row = {
    "disposal": "D1",
    "site": "S-INC",
    "lot": "M1",
    "route": "I1",
    "date": "2025-02-02",
    "wet_t": "16.40",
    "moisture_pct": "80",
    "final": "yes",
}
DRIED: Row = {
    "run": "R1",
    "site": "S-INC",
    "process": "T4",
    "date": "2025-02-02",
    "inputs": "M1:10",
    "outputs": "M1-DRY:3:35",
    "additive_dry_t": "",
}
CHARRED: Row = DRIED | {
    "run": "R2",
    "process": "T7",
    "date": "2025-02-03",
    "inputs": "M1-DRY",
    "outputs": "M1-CHAR:1.1:5",
}
COUNTED: Row = {"facility": "P01", "date": "2025-02-03", "wet_t": "83", "moisture_pct": "80"}
SAMPLED: Row = {
    "report": "Q1",
    "subject": "S-INC",
    "sampled_on": "2025-01-01",
    "parameter": "Cd",
    "value": "3",
    "unit": "",
}


def small_city(**more: list[Row]) -> Files:
    """Parties and vehicles of a small city, one batch, one truckload, its disposal; files given replace these."""
    return {
        "parties": PARTIES,
        "vehicles": VEHICLES,
        "production": [BATCH],
        "movements": [RECEIVED],
        "disposals": [BURNT],
        **more,
    }


def write(folder: Path, files: Mapping[str, Iterable[Row]], *, encoding: str = "utf-8") -> Path:
    """The files as CSV in a folder, which is made; none for a file without rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        listed = list(rows)
        if not listed:
            continue
        columns = list(dict.fromkeys(column for row in listed for column in row))
        with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as stream:
            writer = csv.DictWriter(stream, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(listed)
    return folder


@dataclass
class Import:
    """What an import said."""

    outcome: Outcome
    findings: list[Finding] = field(default_factory=list)

    @property
    def codes(self) -> list[tuple[str, int, str, str]]:
        """Every finding in short."""
        return [(f.file, f.line, f.column, f.code) for f in self.findings]

    def counts(self, file: str) -> FileCounts:
        """What came of a file's rows."""
        return self.outcome.files[file]


def run(
    engine: Engine,
    folder: Path,
    *,
    dry_run: bool = False,
    steps: int | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> Import:
    """Import a folder: ``steps`` in a chunk, where it matters; ``meanwhile`` happens between check and record."""
    findings: list[Finding] = []
    pace = Pace() if steps is None else Pace(steps, seconds=None)

    def watch(progress: Progress) -> None:
        if progress.stage is Stage.RECORDING and progress.done == 0 and meanwhile is not None:
            meanwhile()

    order = Order(folder=folder, zone=ZONE, clock=lambda: NOW, dry_run=dry_run, pace=pace, watch=watch)
    with tx.session(engine) as connection:
        outcome = import_ledger(connection, order, findings.append)
    return Import(outcome, findings)


def rows(engine: Engine, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query), parameters)]


def marks(engine: Engine, type_: str, manifest: str = "M1") -> set[str]:
    """The marks of a manifest's event of a type."""
    found = rows(
        engine,
        "SELECT e.marks FROM entry e JOIN manifest m ON m.id = e.stream_id WHERE m.name = :name AND e.type = :type",
        name=manifest,
        type=type_,
    )
    return set(found[0][0])


PICTURE: Mapping[str, str] = {
    "holdings": """
        SELECT h.name, h.account, f.code, h.kind, h.day, h.wet_kg, h.moisture_bp, h.estimated, h.stabilised,
          h.physical_made, h.physical_left, h.origin_left,
          (SELECT jsonb_object_agg(o.name, ARRAY[s.made, s."left"]) FROM share s JOIN holding o ON o.id = s.origin_id
           WHERE s.holding_id = h.id)
        FROM holding h LEFT JOIN facility f ON f.id = h.facility_id""",
    "postings": """
        SELECT p.event_id::text, p.account, f.code, h.name, o.name, p.route, p.cause, p.compliant, p.origin_units,
          p.physical_units, p.day
        FROM posting p LEFT JOIN facility f ON f.id = p.facility_id LEFT JOIN holding h ON h.id = p.holding_id
        JOIN holding o ON o.id = p.origin_id""",
    "sums": """
        SELECT f.code, s.month, s.account, s.detail, s.compliant, s.kind, s.origin_units
        FROM month_sum s JOIN facility f ON f.id = s.plant_id WHERE s.origin_units <> 0""",
    "manifests": """
        SELECT name, external_number, status, plate, planned_kg, net_out_kg, net_in_kg, accepted_kg, held_kg,
          returned_kg, issued_at, loaded_at, received_at, returned_at, marks, grades, seq FROM manifest""",
    "events": """
        SELECT event_id::text, type, occurred_at, marks, claim - 'number' - 'public_code' - 'subject'
        FROM entry WHERE type NOT IN ('registered', 'policy_set')""",
    "facilities": "SELECT code, name, kind, division, number, routes FROM facility",
    "names": "SELECT name, kind FROM name",
    "numbers": "SELECT name, number FROM manifest",
    "disposals": "SELECT name, route, day, wet_kg, moisture_bp, final, compliant, reasons FROM disposal",
    "reports": """
        SELECT r.name, f.code, r.subject, r.sampled_on, r.readings
        FROM lab_report r JOIN facility f ON f.id = r.facility_id""",
    "rows": "SELECT file, key, values FROM import_row",
}


def picture(engine: Engine) -> dict[str, list[str]]:
    """All that an import leaves behind, but for what chance and the clock give, and the order of an event's postings.

    That follows the order in which the database gives the shares of a holding, which it is free to choose.
    """
    return {name: sorted(map(str, rows(engine, query))) for name, query in PICTURE.items()}


def sums_by_account(engine: Engine) -> dict[tuple[str, str], int]:
    """Origin units by producing plant and account, over all time."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    query = "SELECT f.code, s.account, s.origin_units FROM month_sum s JOIN facility f ON f.id = s.plant_id"
    for plant, account, units in rows(engine, query):
        found[plant, account] += units
    return {key: units for key, units in found.items() if units}
