"""Disposal routes (GB/T 23484 classes) and treatment processes, as their tables state them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sludgetrack.domain.quantities import FULL_BP
from sludgetrack.domain.tables import is_yes, percent_or_none, rows


class Harmless(StrEnum):
    """Whether disposal by a route is harmless: always, when its gates are met, by decision, or never."""

    YES = "Y"
    CONDITIONAL = "conditional"
    MANUAL = "manual"
    NO = "N"


@dataclass(frozen=True, slots=True)
class Route:
    """A way of disposal and what it needs. ``moisture_max_bp`` is compared with ``moisture_op`` (``<`` or ``<=``)."""

    code: str
    zh: str
    en: str
    gbt23484_class: str
    stat_class: str
    standard: str
    harmless: Harmless
    resource_narrow: bool
    resource_broad: bool
    landfill: bool
    needs_lab: bool
    needs_stabilisation: bool
    moisture_max_bp: int | None
    moisture_op: str
    note: str


@dataclass(frozen=True, slots=True)
class Treatment:
    """A process that turns lots into lots, and the range of dry solids it plausibly keeps, in basis points."""

    code: str
    zh: str
    en: str
    stabilises: bool
    kept_min_bp: int
    kept_max_bp: int

    def is_plausible(self, kept: int, put_in: int) -> bool:
        """Whether keeping ``kept`` of ``put_in`` dry units lies in the range; nothing put in is never plausible."""
        return put_in > 0 and self.kept_min_bp * put_in <= kept * FULL_BP <= self.kept_max_bp * put_in


def parse_routes(text: str) -> dict[str, Route]:
    """Routes by code, in table order. Raises ValueError on a cell it cannot read."""
    return {row["code"]: _route(row) for row in rows(text)}


def parse_treatments(text: str) -> dict[str, Treatment]:
    """Treatments by code, in table order. Raises ValueError on a cell it cannot read."""
    return {row["code"]: _treatment(row) for row in rows(text)}


def _route(row: dict[str, str]) -> Route:
    return Route(
        code=row["code"],
        zh=row["zh"],
        en=row["en"],
        gbt23484_class=row["gbt23484_class"],
        stat_class=row["stat_class"],
        standard=row["standard"],
        harmless=Harmless(row["harmless"]),
        resource_narrow=is_yes(row["resource_narrow"]),
        resource_broad=is_yes(row["resource_broad"]),
        landfill=is_yes(row["landfill"]),
        needs_lab=is_yes(row["needs_lab"]),
        needs_stabilisation=is_yes(row["needs_stabilisation"]),
        moisture_max_bp=percent_or_none(row["moisture_max_pct"]),
        moisture_op=row["moisture_op"] or "<=",
        note=row["note"],
    )


def _treatment(row: dict[str, str]) -> Treatment:
    return Treatment(
        code=row["code"],
        zh=row["zh"],
        en=row["en"],
        stabilises=is_yes(row["stabilises"]),
        kept_min_bp=int(row["dry_solids_kept_min_pct"]) * 100,
        kept_max_bp=int(row["dry_solids_kept_max_pct"]) * 100,
    )
