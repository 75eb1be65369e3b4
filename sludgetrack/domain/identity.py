"""Who acts: people with roles in an organisation, and what an organisation is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation does; an operator may run plants and disposal sites."""

    OPERATOR = "operator"
    HAULER = "hauler"
    AUTHORITY = "authority"


class FacilityKind(StrEnum):
    """plant 污水处理厂, site 处置单位, transfer 中转站 (a site without routes)."""

    PLANT = "plant"
    SITE = "site"
    TRANSFER = "transfer"


class Role(StrEnum):
    """What a person does in their organisation; one person may have several."""

    CLERK = "clerk"
    """经办人: declares production, issues manifests, releases and takes back trucks."""
    OPERATOR = "operator"
    """过磅处置员: weighs in, accepts or refuses, records disposal, turns trucks away."""
    DISPATCHER = "dispatcher"
    """调度员: assigns trucks and drivers."""
    DRIVER = "driver"
    """驾驶员: takes and gives custody."""
    INSPECTOR = "inspector"
    """监管人员 of an authority: traces, inspects, declares loads lost, decides disputes."""
    ADMINISTRATOR = "administrator"
    """管理员: people, vehicles, facilities and permits of the organisation."""


class CityClass(StrEnum):
    """城市类别; targets differ by it."""

    PREFECTURE = "prefecture"
    COUNTY_CITY = "county_city"
    COUNTY = "county"
    TOWN = "town"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or machine token) behind a command, with all that permission is judged by.

    ``facilities`` are the codes of the facilities their organisation runs; ``division`` is the prefix an authority
    sees, empty for everyone else.
    """

    person: str
    organisation: str
    kind: OrganisationKind
    roles: frozenset[Role]
    facilities: frozenset[str] = frozenset()
    division: str = ""

    def has(self, role: Role) -> bool:
        """Whether this person has the role."""
        return role in self.roles

    @property
    def is_authority(self) -> bool:
        """Whether this person belongs to an authority."""
        return self.kind is OrganisationKind.AUTHORITY
