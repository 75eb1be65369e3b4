"""The disposal site's pages: trucks at the gate, receiving, trucks without a manifest, stock and disposal."""

from sludgetrack.web.site import arrivals, disposing, offering, receiving, turning_away
from sludgetrack.web.site.desk import blueprint

__all__ = ["arrivals", "blueprint", "disposing", "offering", "receiving", "turning_away"]
