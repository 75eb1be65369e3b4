"""A generated ledger of some weeks with everything that can happen to a truckload, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from tests.services.importing.making import PARTIES, VEHICLES, Files, Row

FIRST = date(2025, 1, 22)
DAYS = 18
NEW_MONTH = date(2025, 2, 1)
LATE = 5
"""The truck that leaves before midnight and arrives after it."""
POLICIES: list[Row] = [
    {"division": "4107", "route": "I1", "rule": "needs_lab", "value": "N", "valid_from": "2024-01-01", "source": "t"},
    {"division": "410721", "route": "F2", "rule": "needs_lab", "value": "N", "valid_from": "2024-01-01", "source": "t"},
    {"division": "410721", "route": "F2", "rule": "ban", "value": "Y", "valid_from": "2025-02-05", "source": "t"},
    {"division": "410702", "route": "F2", "rule": "ban", "value": "Y", "valid_from": "2025-02-01", "source": "t"},
]
_PRODUCTION = ("batch", "plant", "date", "wet_t", "moisture_pct", "kind", "stabilised_by")
_MOVEMENT = (
    "manifest", "from", "batch", "hauler", "plate", "driver", "to", "route", "issued_at", "loaded_at", "out_gross_t",
    "out_tare_t", "out_net_t", "out_moisture_pct", "received_at", "in_gross_t", "in_tare_t", "in_net_t",
    "in_moisture_pct", "decision", "accepted_t", "reason", "returned_at", "returned_t", "void_at", "void_reason",
)  # fmt: skip
_DISPOSAL = ("disposal", "site", "lot", "route", "date", "wet_t", "moisture_pct", "final", "evidence", "decided_by")


def ledger(seed: int = 1) -> Files:
    """All files of a generated ledger; every row has every column."""
    made = _Ledger(Random(seed))  # noqa: S311 - an order of events, not a secret
    for offset in range(DAYS):
        made.live_a_day(FIRST + timedelta(days=offset))
    return {
        "parties": PARTIES,
        "vehicles": VEHICLES,
        "policies": POLICIES,
        "production": made.production,
        "movements": sorted(made.movements, key=lambda row: (row["issued_at"], row["manifest"])),
        "disposals": made.disposals,
    }


def until(files: Files, day: date) -> Files:
    """What a ledger says at the end of a day: later rows are missing, later stages of rows still blank."""
    last = f"{day} 24"
    return files | {
        "production": [row for row in files["production"] if row["date"] <= last],
        "movements": [_until(row, last) for row in files["movements"] if row["issued_at"] <= last],
        "disposals": [row for row in files["disposals"] if row["date"] <= last],
    }


_STAGES = (("loaded_at", "out_"), ("received_at", "in_"), ("returned_at", "returned_"), ("void_at", "void_"))


def _until(row: Row, last: str) -> Row:
    known = dict(row)
    for column, prefix in _STAGES:
        if row[column] > last:
            known |= {name: "" for name in row if name == column or name.startswith(prefix)}
            if column == "loaded_at":
                known |= {"plate": "", "driver": ""}
            if column == "received_at":
                known |= {"decision": "", "accepted_t": "", "reason": ""}
    return known


@dataclass
class _Ledger:
    random: Random
    production: list[Row] = field(default_factory=list)
    movements: list[Row] = field(default_factory=list)
    disposals: list[Row] = field(default_factory=list)
    _waiting: list[tuple[date, str, str, int]] = field(default_factory=list)
    """Lots to be disposed of: from which day on, where, and how many kilograms."""

    def live_a_day(self, day: date) -> None:
        for plant in ("P01", "P02"):
            self._produce(day, plant)
            for n in range(self.random.randint(2, 4)):
                self._move(day, plant, n)
            if day == NEW_MONTH - timedelta(days=1):
                self._move(day, plant, LATE)
        if day.day % 3 == 0:
            self._move(day, "T-HUB", 0)
        self._dispose(day)

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _moisture(self) -> str:
        return "" if self._chance(0.1) else f"{self.random.randint(7700, 8300) / 100:.2f}"

    def _produce(self, day: date, plant: str) -> None:
        cells = (f"{plant}-{day:%m%d}", plant, f"{day}", _t(self.random.randint(20_000, 60_000)), self._moisture())
        stabilised = "T2" if self._chance(0.2) else ""
        self.production.append(dict(zip(_PRODUCTION, (*cells, "plant_sludge", stabilised), strict=True)))
        if self._chance(0.2):
            sewer = (f"{plant}-{day:%m%d}-S", plant, f"{day}", _t(5_000), "60", "sewer_sludge", "")
            self.production.append(dict(zip(_PRODUCTION, sewer, strict=True)))

    def _move(self, day: date, giver: str, n: int) -> None:
        row = dict.fromkeys(_MOVEMENT, "")
        issued = datetime.combine(day, time(7 + 3 * n, self.random.randint(0, 59)))
        to, route = ("S-INC", "I1") if giver == "T-HUB" else self.random.choice(_WAYS)
        row |= {"manifest": f"{giver}-{day:%m%d}-{n}", "from": giver, "hauler": "H1", "to": to, "route": route}
        row["issued_at"] = f"{issued}"
        self.movements.append(row)
        if giver != "T-HUB" and self._chance(0.15):
            row["batch"] = self._some_batches(giver)
        if self._chance(0.05):
            row |= {"void_at": f"{issued + timedelta(minutes=5)}", "void_reason": "车辆故障"}
            return
        row |= {"plate": self.random.choice(("豫G10000", "豫G10001", "豫G10002")), "driver": "张师傅"}
        if not self._chance(0.03):
            self._load(row, issued + timedelta(minutes=20))

    def _some_batches(self, plant: str) -> str:
        own = [row["batch"] for row in self.production if row["plant"] == plant]
        if len(own) < 3 or self._chance(0.5):
            return self.random.choice(own)
        return f"{own[-1]}:5.5;{own[-3]}:7"

    def _load(self, row: Row, at: datetime) -> None:
        kg = self.random.randint(9_000, 19_500)
        row |= {"loaded_at": f"{at}", "out_net_t": _t(kg), "out_moisture_pct": self._moisture()}
        if self._chance(0.7):
            row |= {"out_gross_t": _t(kg + 12_000), "out_tare_t": "12.000"}
        if not self._chance(0.04):
            self._receive(row, at + timedelta(minutes=90), kg + self.random.randint(-60, 60))

    def _receive(self, row: Row, at: datetime, kg: int) -> None:
        part = self.random.choice((1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.4))
        accepted = round(kg * part)
        decision = {1.0: "accepted", 0.0: "refused"}.get(part, "partial")
        row |= {"received_at": f"{at}", "in_net_t": _t(kg), "in_moisture_pct": self._moisture(), "decision": decision}
        row |= {"accepted_t": _t(accepted), "reason": "" if part == 1 else "含水率不符"}
        if accepted and row["to"] != "T-HUB":
            self._waiting.append(
                (at.date() + timedelta(days=self.random.randint(0, 4)), row["to"], row["manifest"], accepted)
            )
        if part != 1 and not self._chance(0.2):
            back = at + timedelta(hours=self.random.choice((2, 20)))
            row |= {"returned_at": f"{back}", "returned_t": _t(kg - accepted - self.random.randint(0, 50))}

    def _dispose(self, day: date) -> None:
        due = [lot for lot in self._waiting if lot[0] <= day]
        self._waiting = [lot for lot in self._waiting if lot[0] > day]
        for _, site, lot, kg in due:
            if self._chance(0.3):
                self._end(day, site, lot, kg // 3, final=False)
                self._waiting.append((day + timedelta(days=2), site, lot, kg - kg // 3))
            else:
                self._end(day, site, lot, kg + self.random.randint(-200, 200), final=self._chance(0.8))

    def _end(self, day: date, site: str, lot: str, kg: int, *, final: bool) -> None:
        name = f"D{len(self.disposals):04d}"
        route = "F2" if site == "S-FILL" else "I1"
        cells = (name, site, lot, route, f"{day}", _t(kg), self._moisture(), "yes" if final else "", "", "")
        self.disposals.append(dict(zip(_DISPOSAL, cells, strict=True)))


_WAYS = (("S-INC", "I1"), ("S-INC", "I1"), ("S-FILL", "F2"), ("T-HUB", "I1"), ("S-INC", "F2"))


def _t(kg: int) -> str:
    return f"{kg // 1000}.{kg % 1000:03d}"
