"""Loading: stock loses what was measured, and a load comes to be on the road."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sludgetrack.domain.booking.booking import Booking, stock_postings
from sludgetrack.domain.holdings import (
    NAMED_ONLY,
    Holding,
    Kind,
    Nature,
    Stamp,
    common_nature,
    draw,
    fresh,
    undeclared_id,
    without,
)
from sludgetrack.domain.mass import Account, Place, Posting, Weighed
from sludgetrack.domain.split import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Named(NamedTuple):
    """A batch or lot the load was said to be drawn from, with the wet mass said to come from it."""

    holding: Holding
    wet_kg: int | None = None


class Draw(NamedTuple):
    """What a load took from one origin of one holding; what comes back goes there."""

    holding: str
    origin: str
    origin_units: int
    physical_units: int


class _Take(NamedTuple):
    holding: Holding
    physical: int


def load_oldest(load: str, mass: Weighed, lying: Iterable[Holding], *, at: Place, stamp: Stamp) -> Booking:
    """Draw a load from the oldest of what lies at a facility.

    ``lying`` must hold the facility's oldest holdings with stock, enough of them to cover the load, and its newest
    one; it may hold more. Empty and negative ones are skipped, and so are sewer-cleaning sludge and by-products, which
    move only when they are named. What exceeds all of them overdraws the newest; with none, the facility's undeclared
    batch. A load without dry solids is drawn from the newest, too.
    """
    candidates = sorted((holding for holding in lying if holding.kind not in NAMED_ONLY), key=_age)
    takes, lacking = _oldest_first(candidates, mass.dry)
    if lacking or not takes:
        newest = _newest(candidates, at.facility) or _undeclared(at, stamp)
        takes = _with_overdraft(takes, newest, lacking)
    return _loaded(load, mass, takes, stamp=stamp, overdraft=lacking)


def load_named(load: str, mass: Weighed, lines: Sequence[Named], *, stamp: Stamp) -> Booking:
    """Draw a load from the named batches or lots, which may go below zero and stay there.

    Where the lines carry masses the measured dry mass is shared in proportion to those. Without masses they are
    emptied in the order they are named and the last one takes the rest; a single name therefore takes all. Raises
    ValueError without a line, with a name twice, or with masses on some lines only.
    """
    if not lines:
        raise ValueError("a load drawn from named batches needs a name")
    if len({line.holding.id for line in lines}) < len(lines):
        raise ValueError("a batch is named once")
    weights = {line.holding.id: line.wet_kg for line in lines if line.wet_kg is not None}
    if not weights:
        takes, lacking = _oldest_first([line.holding for line in lines], mass.dry)
        if lacking or not takes:
            takes = _with_overdraft(takes, lines[-1].holding, lacking)
    elif len(weights) == len(lines):
        shares = split(mass.dry, weights)
        takes = [_Take(line.holding, shares[line.holding.id]) for line in lines]
    else:
        raise ValueError("either every named batch has a mass or none")
    beyond = sum(max(0, take.physical - max(0, take.holding.physical_left)) for take in takes)
    return _loaded(load, mass, takes, stamp=stamp, overdraft=beyond)


def draws_of(postings: Iterable[Posting]) -> list[Draw]:
    """Where a load came from, out of its loading's postings."""
    return [
        Draw(posting.lot, posting.origin, -posting.origin_units, -posting.physical_units)
        for posting in postings
        if posting.lot is not None and posting.account is not Account.TRANSIT
    ]


def _age(holding: Holding) -> tuple[object, int]:
    return (holding.day, holding.order)


def _oldest_first(candidates: Sequence[Holding], needed: int) -> tuple[list[_Take], int]:
    takes: list[_Take] = []
    for holding in candidates:
        if needed <= 0:
            break
        if holding.physical_left > 0:
            physical = min(holding.physical_left, needed)
            takes.append(_Take(holding, physical))
            needed -= physical
    return takes, needed


def _with_overdraft(takes: list[_Take], holding: Holding, lacking: int) -> list[_Take]:
    """The takes with ``lacking`` more units drawn from ``holding``, in one draw with what it already gives."""
    already = sum(take.physical for take in takes if take.holding.id == holding.id)
    others = [take for take in takes if take.holding.id != holding.id]
    return [*others, _Take(holding, already + lacking)]


def _newest(candidates: Sequence[Holding], facility: str) -> Holding | None:
    """The newest one; the undeclared batch only where there is nothing else, however late it appeared."""
    declared = [holding for holding in candidates if holding.id != undeclared_id(facility)]
    if not candidates:
        return None
    return declared[-1] if declared else candidates[-1]


def _undeclared(at: Place, stamp: Stamp) -> Holding:
    name = undeclared_id(at.facility)
    unweighed = Weighed(0, 0, estimated=True)
    return fresh(name, unweighed, at, stamp=stamp, nature=Nature(Kind.PLANT_SLUDGE), made={name: 0})


def _loaded(load: str, mass: Weighed, takes: Sequence[_Take], *, stamp: Stamp, overdraft: int) -> Booking:
    postings: list[Posting] = []
    changed: list[Holding] = []
    origin: dict[str, int] = {}
    physical: dict[str, int] = {}
    for source, units in takes:
        amounts = draw(source, units)
        postings += stock_postings(source, amounts, -1)
        changed.append(without(source, amounts))
        for batch, share in amounts.origin.items():
            origin[batch] = origin.get(batch, 0) + share
            physical[batch] = physical.get(batch, 0) + amounts.physical[batch]
    postings += [
        Posting(Account.TRANSIT, None, load, batch, share, physical[batch])
        for batch, share in origin.items()
        if share or physical[batch]
    ]
    nature = common_nature([take.holding for take in takes])
    changed.append(fresh(load, mass, None, stamp=stamp, nature=nature, made=origin))
    return Booking(postings, changed, overdraft)
