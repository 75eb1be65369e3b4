"""Lab reports: the list, one judged row by row for every route, a new one, and a facility's quality over time."""

from sludgetrack.web.labs import entering, quality, shown
from sludgetrack.web.labs.desk import blueprint

__all__ = ["blueprint", "entering", "quality", "shown"]
