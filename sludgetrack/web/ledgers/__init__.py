"""台账: the ledgers of facilities and haulers, on screen, on paper and as files."""

from __future__ import annotations

from sludgetrack.web.ledgers import facility, hauler
from sludgetrack.web.ledgers.desk import blueprint

__all__ = ["blueprint", "facility", "hauler"]
