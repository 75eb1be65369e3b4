"""Moisture nobody measured: which reading or rule stands in for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sludgetrack.domain.labs import moisture_bp, newest
from sludgetrack.domain.mass import Weighed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sludgetrack.domain.labs import Report

ASSUMED_BP = 8000
"""The moisture of dewatered sludge nobody tested, 80.00 %."""

SAMPLED_WITHIN_DAYS = 7
"""How old a facility's lab moisture may be to stand in for a missing one."""


def weighed(wet_kg: int, measured_bp: int | None, reports: Iterable[Report], day: date) -> Weighed:
    """A production or a loading: its own moisture or, where it has none, an estimated one.

    ``reports`` are those of the facility itself. The newest moisture among them, sampled on ``day`` or up to 7 days
    before, stands in; else 80.00 %. At a receipt the loading's moisture stands in, at a disposal the lot's: the
    bookings do that themselves.
    """
    if measured_bp is not None:
        return Weighed(wet_kg, measured_bp)
    return Weighed(wet_kg, assumed_bp(reports, day), estimated=True)


def assumed_bp(reports: Iterable[Report], day: date) -> int:
    """The moisture that stands in for a missing one; ``reports`` are those of the facility itself."""
    stating = (report for report in reports if moisture_bp(report) is not None)
    report = newest(stating, day, SAMPLED_WITHIN_DAYS)
    assumed = moisture_bp(report) if report else None
    return ASSUMED_BP if assumed is None else assumed
