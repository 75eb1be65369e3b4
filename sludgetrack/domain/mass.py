"""The accounts of the mass book, and the postings that move dry solids between them.

Every event posts entries that sum to zero over the accounts, origin by origin, in two measures: *origin* dry solids
(what a lot stands for, which no treatment changes; balance and rates use it) and *physical* dry solids (what lies
there, with process losses and additives). Both are whole units of 0.1 g.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sludgetrack.domain.quantities import dry_units

if TYPE_CHECKING:
    from collections.abc import Iterable


class Account(StrEnum):
    """Where dry solids can be. Production and additives are negative: mass enters the book from them."""

    PRODUCED = "produced"
    PLANT_STOCK = "plant_stock"
    TRANSIT = "transit"
    SITE_STOCK = "site_stock"
    DISPOSED = "disposed"
    UNACCOUNTED = "unaccounted"
    PROCESS_LOSS = "process_loss"
    ADDITIVES = "additives"


STOCK_ACCOUNTS = frozenset({Account.PLANT_STOCK, Account.TRANSIT, Account.SITE_STOCK})
"""The accounts whose sum is the stock of a balance."""


class Cause(StrEnum):
    """Why mass is unaccounted for. Unaccounted is positive when mass is missing."""

    RECEIPT = "receipt"
    RETURN = "return"
    FINAL = "final"
    COUNT = "count"
    LOST = "lost"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an event: so many units of one origin enter (positive) or leave (negative) one account.

    ``lot`` is the id whose holding changes (a batch, a lot, or the manifest on the road), None outside stock.
    ``origin`` is the production batch. ``route`` and ``compliant`` belong to disposed units, ``cause`` to
    unaccounted ones, ``estimated`` to produced ones whose moisture nobody measured. ``facility`` is where it happens,
    None on the road.
    """

    account: Account
    facility: str | None
    lot: str | None
    origin: str
    origin_units: int
    physical_units: int
    route: str | None = None
    cause: Cause | None = None
    compliant: bool | None = None
    estimated: bool | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A measured quantity: whole kilograms of wet mass at a moisture in basis points.

    ``estimated`` says that the moisture was taken from a rule, not from a reading of this quantity.
    """

    wet_kg: int
    moisture_bp: int
    estimated: bool = False

    @property
    def dry(self) -> int:
        """Dry solids in units of 0.1 g, exactly."""
        return dry_units(self.wet_kg, self.moisture_bp)


@dataclass(frozen=True, slots=True)
class Place:
    """A facility and the account its stock lies in (a plant's or a site's)."""

    facility: str
    account: Account

    @classmethod
    def plant(cls, facility: str) -> Place:
        """A sewage plant."""
        return cls(facility, Account.PLANT_STOCK)

    @classmethod
    def site(cls, facility: str) -> Place:
        """A disposal site or transfer station."""
        return cls(facility, Account.SITE_STOCK)


def imbalance(postings: Iterable[Posting]) -> dict[str, tuple[int, int]]:
    """Origins whose postings do not cancel out, with what remains in origin and physical units; empty when right."""
    sums: dict[str, tuple[int, int]] = {}
    for posting in postings:
        origin, physical = sums.get(posting.origin, (0, 0))
        sums[posting.origin] = (origin + posting.origin_units, physical + posting.physical_units)
    return {origin: rest for origin, rest in sums.items() if rest != (0, 0)}
