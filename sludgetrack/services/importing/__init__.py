"""Loading ledger files: read and checked as a whole first, then recorded in the order of the book, chunk by chunk.

Nothing is written unless every file is clean. An import that broke off is finished by running it again: what is on
record is known by its key, and what a row says of its later stages is noted only once it is recorded.
"""

from sludgetrack.services.importing.findings import finding_line
from sludgetrack.services.importing.outcome import FileCounts, Outcome, Progress, Stage
from sludgetrack.services.importing.run import ImportRunning, Order, import_ledger

__all__ = [
    "FileCounts",
    "ImportRunning",
    "Order",
    "Outcome",
    "Progress",
    "Stage",
    "finding_line",
    "import_ledger",
]
