"""Imported disposals judged as live ones are, with the rules read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sludgetrack.domain.gates import Act, Judgement, Rulebooks
from sludgetrack.services.facility_acts import judgement_figures

if TYPE_CHECKING:
    from sludgetrack.domain.holdings import Holding
    from sludgetrack.ledgerfiles.rows import Disposal
    from sludgetrack.store.books import Books
    from sludgetrack.store.directory import Facility

_REMEMBERED = 20_000


class Judge:
    """Judges disposals. What differs in nothing that matters is judged once."""

    def __init__(self, rulebooks: Rulebooks) -> None:
        self._rulebooks = rulebooks
        self._known: dict[tuple[Act, frozenset[str]], Judgement] = {}

    def figures(self, books: Books, site: Facility, lot: Holding, row: Disposal) -> dict[str, Any]:
        """The judgement as it stands in the claim."""
        moisture_bp = lot.moisture_bp if row.moisture_bp is None else row.moisture_bp
        act = Act(row.route, site.division, row.day, moisture_bp, lot.stabilised, row.decided_by or "")
        producers = frozenset(books.origins_of(lot).values())
        return judgement_figures(books, lot, self._judge(act, producers))

    def _judge(self, act: Act, producers: frozenset[str]) -> Judgement:
        known = self._known.get((act, producers))
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[act, producers] = self._rulebooks.on(act.day).judge(act, (), producers)
        return known
