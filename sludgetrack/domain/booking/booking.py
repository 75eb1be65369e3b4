"""What every function of this package returns: the postings of one event and the holdings it leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sludgetrack.domain.mass import Account, Cause, Posting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sludgetrack.domain.holdings import Amounts, Holding


@dataclass(frozen=True, slots=True)
class Booking:
    """The entries of one event, summing to zero, and every holding it made or changed, in its new state.

    ``overdraft`` is how many physical units were taken beyond what was there: kept as negative stock and alerted.
    """

    postings: Sequence[Posting]
    holdings: Sequence[Holding]
    overdraft: int = 0


def stock_postings(holding: Holding, amounts: Amounts, sign: int) -> list[Posting]:
    """Amounts entering (+1) or leaving (-1) a holding, one posting for each origin that moves at all."""
    account, facility, lot = holding.account, holding.facility, holding.id
    physical = amounts.physical
    return [
        Posting(account, facility, lot, origin, sign * units, sign * physical[origin])
        for origin, units in amounts.origin.items()
        if units or physical[origin]
    ]


def unaccounted_postings(amounts: Amounts, cause: Cause, facility: str | None) -> list[Posting]:
    """Amounts that are missing (positive) or turned up (negative), each origin of them."""
    physical = amounts.physical
    return [
        Posting(Account.UNACCOUNTED, facility, None, origin, units, physical[origin], None, cause)
        for origin, units in amounts.origin.items()
        if units or physical[origin]
    ]
