"""Replaying a folder of ledger files into a Book, in the order of a legal day."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

from sludgetrack import reference
from sludgetrack.domain.booking import (
    Disposal,
    Input,
    Named,
    Output,
    Phase,
    Received,
    Run,
    Turn,
    count,
    dispose,
    give_back,
    load_named,
    load_oldest,
    produce,
    receive,
    treat,
    turn,
)
from sludgetrack.domain.gates import Act, Rulebook
from sludgetrack.domain.holdings import Kind, Nature, Stamp
from sludgetrack.domain.labs import Reading, Report
from sludgetrack.domain.limits import Limits
from sludgetrack.domain.mass import Place, Weighed
from sludgetrack.domain.moisture import weighed
from sludgetrack.domain.policy import Policy, parse_policies
from sludgetrack.domain.quantities import bp_from_percent, kg_from_tonnes
from tests.domain.book import Book

Row = dict[str, str]
SHUFFLED = ("production", "movements", "treatments", "disposals", "stocktakes")
"""The files whose order may not matter; of lab reports and policies the later row counts."""


class Step(NamedTuple):
    """One booking and its place in the order of the book."""

    turn: Turn
    book: Callable[[], None]


def replay(folder: Path, *, shuffled_by: int | None = None) -> Replay:
    """The ledger of a folder as a book; with a seed, its rows in another order within each file."""
    random = None if shuffled_by is None else Random(shuffled_by)  # noqa: S311 (an order, not a secret)
    return Replay(folder, random).run()


@dataclass
class Replay:
    """The book of a folder and the tables it was judged by."""

    folder: Path
    random: Random | None
    book: Book = field(default_factory=Book)
    divisions: dict[str, str] = field(default_factory=dict)
    plants: set[str] = field(default_factory=set)

    def run(self) -> Replay:
        """Read the files and book every step."""
        for party in self._rows("parties"):
            self.divisions[party["code"]] = party["division"]
            if party["kind"] == "plant":
                self.plants.add(party["code"])
        text = (self.folder / "policies.csv").read_text(encoding="utf-8")
        policy = Policy([*reference.policies(), *parse_policies(text)])
        self.rules = Rulebook(reference.routes(), Limits(reference.limits()), policy)
        self.reports = _reports(self._rows("labs"))
        self.received_from: dict[str, str] = {}
        for step in sorted(self._steps(), key=lambda step: step.turn):
            step.book()
        return self

    def _rows(self, name: str) -> list[Row]:
        path = self.folder / f"{name}.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        if self.random and name in SHUFFLED:
            self.random.shuffle(rows)
        return rows

    def _steps(self) -> Iterable[Step]:
        for order, row in enumerate(self._rows("production")):
            yield self._on_day(row, Phase.PRODUCTION, order, self._produce)
        for order, row in enumerate(self._rows("movements")):
            yield from self._movement(order, row)
        for order, row in enumerate(self._rows("treatments")):
            yield self._on_day(row, Phase.TREATMENT, order, self._treat)
        for order, row in enumerate(self._rows("disposals")):
            yield self._on_day(row, Phase.DISPOSAL, order, self._dispose)
        for order, row in enumerate(self._rows("stocktakes")):
            yield self._on_day(row, Phase.COUNT, order, self._count)

    def _on_day(self, row: Row, phase: Phase, order: int, book: Callable[[Row, Stamp], None]) -> Step:
        day = date.fromisoformat(row["date"])
        return Step(turn(day, phase, order), lambda: book(row, Stamp(day, order)))

    def _movement(self, order: int, row: Row) -> Iterable[Step]:
        stages = (
            (Phase.LOADING, "loaded_at", self._load),
            (Phase.RECEIPT, "received_at", self._receive),
            (Phase.RETURN, "returned_at", self._give_back),
        )
        for phase, column, book in stages:
            if row[column]:
                at = datetime.fromisoformat(row[column])
                stamp = Stamp(at.date(), order)
                yield Step(turn(at.date(), phase, order, at), partial(book, row, stamp))

    def _place(self, facility: str) -> Place:
        return Place.plant(facility) if facility in self.plants else Place.site(facility)

    def _weighed(self, facility: str, wet: str, moisture: str, day: date) -> Weighed:
        return weighed(kg_from_tonnes(wet), _bp(moisture), self.reports[facility], day)

    def _produce(self, row: Row, stamp: Stamp) -> None:
        mass = self._weighed(row["plant"], row["wet_t"], row["moisture_pct"], stamp.day)
        process = reference.treatments().get(row.get("stabilised_by") or "")
        nature = Nature(Kind(row["kind"] or "plant_sludge"), bool(process and process.stabilises))
        booking = produce(row["batch"], mass, self._place(row["plant"]), stamp=stamp, nature=nature)
        self.book.write(stamp.day, row["batch"], booking)

    def _load(self, row: Row, stamp: Stamp) -> None:
        place, load = self._place(row["from"]), row["manifest"]
        mass = self._weighed(row["from"], row["out_net_t"], row["out_moisture_pct"], stamp.day)
        if row["batch"]:
            names = [part.partition(":") for part in row["batch"].split(";")]
            lines = [Named(self.book.lots[name], kg_from_tonnes(wet) if wet else None) for name, _, wet in names]
            booking = load_named(load, mass, lines, stamp=stamp)
        else:
            booking = load_oldest(load, mass, self.book.lying(place), at=place, stamp=stamp)
        self.book.write_loading(stamp.day, load, booking)

    def _receive(self, row: Row, stamp: Stamp) -> None:
        load = row["manifest"]
        net = kg_from_tonnes(row["in_net_t"]) if row["in_net_t"] else None
        accepted = kg_from_tonnes(row["accepted_t"]) if row["accepted_t"] else 0
        received = Received(net, _bp(row["in_moisture_pct"]), accepted)
        booking = receive(self.book.road[load], received, at=self._place(row["to"]), stamp=stamp)
        self.book.write(stamp.day, load, booking)
        self.received_from[load] = row["from"]

    def _give_back(self, row: Row, stamp: Stamp) -> None:
        load = row["manifest"]
        returned = kg_from_tonnes(row["returned_t"]) if row["returned_t"] else None
        sources, draws = self.book.sources(load), self.book.draws[load]
        self.book.write(stamp.day, load, give_back(self.book.road[load], returned, sources, draws=draws))

    def _treat(self, row: Row, stamp: Stamp) -> None:
        named = [part.partition(":") for part in row["inputs"].split(";")]
        inputs = [Input(self.book.lots[lot], kg_from_tonnes(wet) if wet else None) for lot, _, wet in named]
        made = [part.split(":") for part in row["outputs"].split(";")]
        outputs = [Output(lot, Weighed(kg_from_tonnes(wet), bp_from_percent(pct))) for lot, wet, pct in made]
        additives = Weighed(kg_from_tonnes(row["additive_dry_t"] or "0"), 0).dry
        run = Run(inputs, outputs, additives, reference.treatments()[row["process"]].stabilises)
        self.book.write(stamp.day, row["run"], treat(run, at=self._place(row["site"]), stamp=stamp))

    def _dispose(self, row: Row, stamp: Stamp) -> None:
        lot = self.book.lots[row["lot"]]
        moisture = _bp(row["moisture_pct"])
        act = Act(
            row["route"],
            self.divisions[row["site"]],
            stamp.day,
            lot.moisture_bp if moisture is None else moisture,
            lot.stabilised,
            row.get("decided_by") or "",
        )
        subjects = [lot.id, row["site"], self._plant_of(lot.id)]
        reports = [report for subject in dict.fromkeys(subjects) for report in self.reports[subject]]
        producers = {origin: self.divisions[self.book.origins[origin].facility] for origin in lot.made}
        judgement = self.rules.judge(act, reports, set(producers.values()))
        banned = frozenset(origin for origin, division in producers.items() if division in judgement.by_division)
        disposal = Disposal(
            act.route, kg_from_tonnes(row["wet_t"]), moisture, row["final"] == "yes", judgement.compliant, banned
        )
        self.book.write(stamp.day, row["disposal"], dispose(lot, disposal))

    def _plant_of(self, lot: str) -> str:
        """The plant a lot was received straight from; no subject at all otherwise."""
        giver = self.received_from.get(lot, "")
        return giver if giver in self.plants else ""

    def _count(self, row: Row, stamp: Stamp) -> None:
        place = self._place(row["facility"])
        counted = Weighed(kg_from_tonnes(row["wet_t"]), bp_from_percent(row["moisture_pct"]))
        booking = count(self.book.lying(place), counted, at=place, stamp=stamp)
        self.book.write(stamp.day, f"count {row['facility']} {stamp.day}", booking)


def _bp(text: str) -> int | None:
    return bp_from_percent(text) if text else None


def _reports(rows: list[Row]) -> dict[str, list[Report]]:
    readings: dict[tuple[str, str, date], dict[str, Reading]] = defaultdict(dict)
    for row in rows:
        key = (row["report"], row["subject"], date.fromisoformat(row["sampled_on"]))
        readings[key][row["parameter"]] = Reading(Decimal(row["value"]), row["unit"])
    by_subject: dict[str, list[Report]] = defaultdict(list)
    for order, ((report, subject, day), values) in enumerate(readings.items()):
        by_subject[subject].append(Report(report, subject, day, order, values))
    return by_subject
