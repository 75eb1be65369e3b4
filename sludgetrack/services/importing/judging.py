"""Imported disposals judged as live ones are, with the rules read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sludgetrack.domain.gates import Act, Judgement, Rulebooks
from sludgetrack.services.facility_acts import judgement_figures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sludgetrack.domain.holdings import Holding
    from sludgetrack.domain.labs import Report
    from sludgetrack.ledgerfiles.rows import Disposal
    from sludgetrack.store.books import Books
    from sludgetrack.store.directory import Facility

_REMEMBERED = 20_000


_Case = tuple[Act, frozenset[str], tuple[int, ...]]


class Judge:
    """Judges disposals. What differs in nothing that matters is judged once."""

    def __init__(self, rulebooks: Rulebooks) -> None:
        self._rulebooks = rulebooks
        self._known: dict[_Case, Judgement] = {}

    def figures(
        self, books: Books, site: Facility, lot: Holding, row: Disposal, *, reports: Iterable[Report]
    ) -> dict[str, Any]:
        """The judgement as it stands in the claim.

        ``reports`` are those for the lot, the site and, for a lot received straight from it, the plant; none where none
        is asked for.
        """
        moisture_bp = lot.moisture_bp if row.moisture_bp is None else row.moisture_bp
        act = Act(row.route, site.division, row.day, moisture_bp, lot.stabilised, row.decided_by or "")
        producers = frozenset(books.origins_of(lot).values())
        return judgement_figures(books, lot, self._judge(act, producers, reports))

    def needs_lab(self, site: Facility, row: Disposal) -> bool:
        """Whether a lab report is asked for."""
        return self._rulebooks.on(row.day).needs_lab(Act(row.route, site.division, row.day, 0, stabilised=False))

    def _judge(self, act: Act, producers: frozenset[str], reports: Iterable[Report]) -> Judgement:
        asked = tuple(reports)
        case = act, producers, tuple(report.order for report in asked)
        known = self._known.get(case)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[case] = self._rulebooks.on(act.day).judge(act, asked, producers)
        return known
