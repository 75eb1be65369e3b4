"""The files of the generated city: whole, in another order, and as they stood in between."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from random import Random

from tests.domain.ledger import SHUFFLED
from tests.domain.shared import CITY
from tests.services.importing.making import Files, Row

MONTHS = ("2024-12-31", "2025-01-31", "2025-02-28")
"""The last days of its months but the last."""
LATE_END = timedelta(days=6)
"""How long after a disposal it may be found that the lot was finished by it."""
_STAGES = (
    ("loaded_at", ("plate", "driver", "out_")),
    ("received_at", ("in_", "decision", "accepted_t", "reason")),
    ("returned_at", ("returned_",)),
    ("void_at", ("void_",)),
)


def whole() -> Files:
    """Every file by name."""
    return {path.stem: _read(path.stem) for path in sorted(CITY.glob("*.csv"))}


def _read(name: str) -> list[Row]:
    with (CITY / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def shuffled(files: Files, seed: int) -> Files:
    """The same rows in another order, as far as the order says nothing."""
    random = Random(seed)  # noqa: S311 - an order, not a secret
    return {name: random.sample(rows, len(rows)) if name in SHUFFLED else rows for name, rows in sorted(files.items())}


def as_of(files: Files, day: str) -> Files:
    """What the city's ledgers said at noon: later rows missing, later stages blank.

    Of that day there is what was produced; runs, disposals and counts are noted at its end.
    """
    noon = f"{day} 12:00"
    ended = {name: [row for row in files[name] if row["date"] < day] for name in _AT_THE_END}
    now = {
        "production": [row for row in files["production"] if row["date"] <= day],
        "movements": [_known(row, noon) for row in files["movements"] if row["issued_at"] <= noon],
        "disposals": [_open(row, day) for row in ended["disposals"]],
        "labs": [row for row in files["labs"] if row["sampled_on"] <= day],
    }
    return files | ended | now


_AT_THE_END = ("treatments", "disposals", "stocktakes")


def _known(row: Row, noon: str) -> Row:
    known = dict(row)
    for column, prefixes in _STAGES:
        if row[column] > noon:
            known |= {name: "" for name in row if name == column or name.startswith(prefixes)}
    return known


def _open(row: Row, day: str) -> Row:
    """A disposal whose lot is not known to be finished yet."""
    is_fresh = date.fromisoformat(row["date"]) + LATE_END > date.fromisoformat(day)
    return row | {"final": ""} if is_fresh else row
