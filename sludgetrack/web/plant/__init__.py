"""The plant clerk's pages: the day, issuing, releasing, taking back, changing course, declaring production."""

from sludgetrack.web.plant import changes, issue, production, release, today
from sludgetrack.web.plant.desk import blueprint

__all__ = ["blueprint", "changes", "issue", "production", "release", "today"]
