"""The administrator's pages: people, vehicles, facilities and permits, organisations, and who changed what."""

from sludgetrack.web.admin import facilities, history, organisations, people, permits, vehicles
from sludgetrack.web.admin.desk import blueprint

__all__ = ["blueprint", "facilities", "history", "organisations", "people", "permits", "vehicles"]
