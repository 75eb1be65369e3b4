"""Who the parties are, as a claim states it, so that a sheet never depends on later changes of the registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sludgetrack.store.directory import Directory

Figures = dict[str, Any]


class Snapshots:
    """The parties of a chunk, each put into words once."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._givers: dict[str, Figures] = {}
        self._haulers: dict[str, Figures] = {}
        self._destinations: dict[str, Figures] = {}
        self._sites: dict[str, Figures] = {}

    def of_manifest(self, giver: str, hauler: str, destination: str) -> Figures:
        """Giver, hauler and destination as they are registered."""
        if giver not in self._givers:
            self._givers[giver] = self._facility("giver", giver) | {"zone": self._directory.facility(giver).zone}
        if hauler not in self._haulers:
            self._haulers[hauler] = self._hauler(hauler)
        if destination not in self._destinations:
            self._destinations[destination] = self._facility("destination", destination)
        return {**self._givers[giver], **self._haulers[hauler], **self._destinations[destination]}

    def of_site(self, code: str) -> Figures:
        """The site of a disposal as it is registered."""
        if code not in self._sites:
            figures = self._facility("facility", code) | {"zone": self._directory.facility(code).zone}
            self._sites[code] = {key: value for key, value in figures.items() if key != "facility_division"}
        return self._sites[code]

    def _facility(self, role: str, code: str) -> Figures:
        facility = self._directory.facility(code)
        owner = self._directory.organisation(facility.organisation_id)
        return _given(
            {
                f"{role}_name": facility.name,
                f"{role}_division": facility.division,
                f"{role}_address": facility.address,
                f"{role}_permit": facility.permit_no,
                f"{role}_credit_code": owner.credit_code,
            }
        )

    def _hauler(self, code: str) -> Figures:
        hauler = self._directory.hauler(code)
        return _given(
            {
                "hauler_name": hauler.hauler_name or hauler.name,
                "hauler_licence": hauler.licence,
                "hauler_credit_code": hauler.credit_code,
            }
        )


def _given(figures: Mapping[str, Any]) -> Figures:
    return {key: value for key, value in figures.items() if value is not None}
