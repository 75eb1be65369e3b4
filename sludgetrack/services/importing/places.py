"""The codes rows may refer to: facilities and haulers, of the registers and of the files being read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from sludgetrack.domain.identity import FacilityKind
from sludgetrack.store.tables.registry import facility, organisation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sludgetrack.ledgerfiles.rows import Party


class Place(NamedTuple):
    """A facility as far as reading rows about it needs it."""

    kind: FacilityKind
    zone: ZoneInfo


@dataclass(slots=True)
class Places:
    """What is known by code. ``others``: parties that are no facility; ``faulty``: rows that are there but wrong."""

    zone: ZoneInfo
    facilities: dict[str, Place] = field(default_factory=dict)
    haulers: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    faulty: set[str] = field(default_factory=set)

    def read(self, connection: Connection) -> None:
        """Take in the registers."""
        for code, kind, zone in connection.execute(select(facility.c.code, facility.c.kind, facility.c.zone)):
            self.facilities[code] = Place(FacilityKind(kind), ZoneInfo(zone))
        for code, hauler_code in connection.execute(select(organisation.c.code, organisation.c.hauler_code)):
            self.others.add(code)
            if hauler_code:
                self.haulers.add(hauler_code)
        self.others |= self.haulers

    def add(self, parties: Iterable[Party]) -> None:
        """Take in the rows of parties."""
        for party in parties:
            if party.kind in {"plant", "site"}:
                self.facilities.setdefault(party.code, Place(kind_of(party), self.zone))
            else:
                self.others.add(party.code)
                if party.kind == "hauler":
                    self.haulers.add(party.code)

    def zone_of(self, code: str) -> ZoneInfo:
        """The legal time zone of a facility; the installation's for an unknown one."""
        found = self.facilities.get(code)
        return found.zone if found else self.zone


def kind_of(party: Party) -> FacilityKind:
    """A site without routes is a transfer station."""
    if party.kind == "plant":
        return FacilityKind.PLANT
    return FacilityKind.SITE if party.routes else FacilityKind.TRANSFER
