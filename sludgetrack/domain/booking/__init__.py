"""What books what: one function for each event that moves mass.

Each takes the holdings the event touches and its figures, changes nothing, and returns a Booking: the postings (summing
to zero over the accounts) and the holdings in their new state. A caller need load no more than those holdings.
"""

from sludgetrack.domain.booking.booking import Booking
from sludgetrack.domain.booking.correction import booked_on, rest, restate, reverse, undo
from sludgetrack.domain.booking.disposal import Disposal, dispose
from sludgetrack.domain.booking.leaving import DUMPED, give_back, lose
from sludgetrack.domain.booking.loading import Draw, Named, draws_of, load_named, load_oldest
from sludgetrack.domain.booking.order import Phase, Turn, turn
from sludgetrack.domain.booking.production import produce
from sludgetrack.domain.booking.receipt import Received, receive
from sludgetrack.domain.booking.stocktake import count, counted_against
from sludgetrack.domain.booking.treatment import Input, Output, Run, kept_share, treat

__all__ = [
    "DUMPED",
    "Booking",
    "Disposal",
    "Draw",
    "Input",
    "Named",
    "Output",
    "Phase",
    "Received",
    "Run",
    "Turn",
    "booked_on",
    "count",
    "counted_against",
    "dispose",
    "draws_of",
    "give_back",
    "kept_share",
    "load_named",
    "load_oldest",
    "lose",
    "produce",
    "receive",
    "rest",
    "restate",
    "reverse",
    "treat",
    "turn",
    "undo",
]
