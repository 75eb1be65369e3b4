"""What lies under one id at one place, and which production batches it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from sludgetrack.domain.mass import Account
from sludgetrack.domain.split import rescale, split

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sludgetrack.domain.mass import Place, Weighed

UNDECLARED = "-undeclared"
OPENING = "-opening"


class Kind(StrEnum):
    """What lies there. ``NAMED_ONLY`` stays out of every rate and moves only when it is named."""

    PLANT_SLUDGE = "plant_sludge"
    SEWER_SLUDGE = "sewer_sludge"
    """通沟污泥, cleaned out of sewers."""
    PRODUCT = "product"
    """Plant sludge that went through a treatment run."""
    BYPRODUCT = "byproduct"
    """Ash, slag or a finished compost product, whose sludge is disposed of already: it stands for itself."""


NAMED_ONLY = frozenset({Kind.SEWER_SLUDGE, Kind.BYPRODUCT})


class Stamp(NamedTuple):
    """When a holding came to be: its legal day, and the record order that breaks ties within it."""

    day: date
    order: int


class Share(NamedTuple):
    """Units of one origin in a holding: as it was made, and what is left (below zero when overdrawn)."""

    made: int
    left: int


@dataclass(frozen=True, slots=True)
class Holding:
    """A batch at its plant, a lot at a facility, or a manifest's load on the road.

    A load and the lot it becomes carry the manifest's id; their accounts tell them apart. ``made`` and ``left`` hold
    the units of each origin, with the same keys; ``physical_made`` and ``physical_left`` the dry solids lying there,
    additives included. ``wet_kg`` and ``moisture_bp`` are those it was made with, for a load those last measured.
    ``facility`` is None on the road. Never changed in place: every booking returns new ones.
    """

    id: str
    facility: str | None
    account: Account
    kind: Kind
    day: date
    order: int
    wet_kg: int
    moisture_bp: int
    estimated: bool
    stabilised: bool
    made: Mapping[str, int]
    left: Mapping[str, int]
    physical_made: int
    physical_left: int

    @property
    def age(self) -> Stamp:
        """What oldest first goes by."""
        return Stamp(self.day, self.order)

    @property
    def origin_made(self) -> int:
        """Units it stands for, as made."""
        return sum(self.made.values())

    @property
    def origin_left(self) -> int:
        """Units it still stands for."""
        return sum(self.left.values())

    @property
    def shares(self) -> dict[str, Share]:
        """Made and left by origin."""
        return {origin: Share(made, self.left[origin]) for origin, made in self.made.items()}

    @property
    def is_empty(self) -> bool:
        """Nothing is left of it, in either measure and of any origin."""
        return self.physical_left == 0 and not any(self.left.values())

    def after(self, left: Mapping[str, int], physical_left: int) -> Holding:
        """The same holding with other amounts left."""
        return Holding(
            self.id,
            self.facility,
            self.account,
            self.kind,
            self.day,
            self.order,
            self.wet_kg,
            self.moisture_bp,
            self.estimated,
            self.stabilised,
            self.made,
            left,
            self.physical_made,
            physical_left,
        )


@dataclass(frozen=True, slots=True)
class Nature:
    """What sludge is, beside how much: its kind, and whether a process or its plant's word made it stable."""

    kind: Kind
    stabilised: bool = False


def fresh(
    name: str, mass: Weighed, at: Place | None, *, stamp: Stamp, nature: Nature, made: Mapping[str, int]
) -> Holding:
    """A holding as it is made, with everything left of it; ``at`` is None on the road."""
    dry = mass.dry
    return Holding(
        name,
        at.facility if at else None,
        at.account if at else Account.TRANSIT,
        nature.kind,
        stamp.day,
        stamp.order,
        mass.wet_kg,
        mass.moisture_bp,
        mass.estimated,
        nature.stabilised,
        made,
        made,
        dry,
        dry,
    )


@dataclass(frozen=True, slots=True)
class Amounts:
    """Units of one movement by origin, in both measures and with the same keys."""

    origin: Mapping[str, int]
    physical: Mapping[str, int]

    def plus(self, other: Amounts) -> Amounts:
        """Both together, origin by origin."""
        return Amounts(_plus(self.origin, other.origin), _plus(self.physical, other.physical))

    def minus(self, other: Amounts) -> Amounts:
        """These less the others, origin by origin."""
        return Amounts(_minus(self.origin, other.origin), _minus(self.physical, other.physical))


def draw(holding: Holding, physical: int) -> Amounts:
    """What ``physical`` units taken from a holding stand for: its origin / its physical as made, in shares as made."""
    made = holding.made
    total = rescale(physical, sum(made.values()), holding.physical_made)
    origin = split(total, made)
    return Amounts(origin, origin if total == physical else split(physical, made))


def everything_left(holding: Holding) -> Amounts:
    """All that is left of a holding, whatever its sign."""
    return Amounts(holding.left, split(holding.physical_left, holding.made))


def without(holding: Holding, amounts: Amounts) -> Holding:
    """The holding after these amounts left it; it may go below zero."""
    taken = amounts.origin
    left = {origin: units - taken.get(origin, 0) for origin, units in holding.left.items()}
    return holding.after(left, holding.physical_left - sum(amounts.physical.values()))


def common_nature(holdings: Sequence[Holding]) -> Nature:
    """What a load drawn from these is: their kind where they agree, else plant sludge; stable if all of them are."""
    kinds = {holding.kind for holding in holdings}
    kind = kinds.pop() if len(kinds) == 1 else Kind.PLANT_SLUDGE
    return Nature(kind, all(holding.stabilised for holding in holdings))


def undeclared_id(facility: str) -> str:
    """The batch that carries what left a facility before anything was declared there."""
    return facility + UNDECLARED


def opening_id(facility: str) -> str:
    """The batch that a first count opens the stock with."""
    return facility + OPENING


def _plus(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {origin: units + other[origin] for origin, units in one.items()}


def _minus(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {origin: units - other[origin] for origin, units in one.items()}
