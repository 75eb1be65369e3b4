"""The disposal site's pages: trucks at the gate, receiving, trucks without a manifest, stock, treatment, disposal."""

from sludgetrack.web.site import (
    arrivals,
    byproducts,
    counting,
    disposing,
    lots,
    offering,
    receiving,
    treating,
    turning_away,
)
from sludgetrack.web.site.desk import blueprint

__all__ = [
    "arrivals",
    "blueprint",
    "byproducts",
    "counting",
    "disposing",
    "lots",
    "offering",
    "receiving",
    "treating",
    "turning_away",
]
