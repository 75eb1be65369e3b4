"""Manifest numbers: without gaps for each facility and year, and the blocks that are not used up yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from sludgetrack.domain import numbers
from sludgetrack.domain.errors import NotANumber
from sludgetrack.services.audit.areas import Area, Notes, differing
from sludgetrack.services.audit.manifests import InStep
from sludgetrack.store import scan
from sludgetrack.store.tables.registry import facility, number_counter, reserved_number

Prefix = tuple[str, int]
"""A division and a facility's number in it."""


def check_numbers(connection: Connection, prefixes: Mapping[Prefix, int], notes: Notes) -> None:
    """Every serial up to a counter's last is issued or in a block; every handed number not issued is reserved.

    ``prefixes``: the facility behind each division and number there ever was.
    """
    series = _Series(prefixes, notes)
    manifests = InStep((number,) for number in scan.manifest_numbers(connection))
    reserved = InStep(scan.streamed(connection, select(reserved_number).order_by(reserved_number.c.number)))
    for line in scan.handed_numbers(connection):
        for (number,) in manifests.before(line.number):
            series.take(number)
        series.take(line.number)
        _check_reserved(reserved, line, issued=bool(manifests.at(line.number)), notes=notes)
    for (number,) in manifests.rest():
        series.take(number)
    for row in reserved.rest():
        _disagree(notes, "reserved_too_many", row.number, "no event handed it out")
    series.compare(connection)


def _check_reserved(reserved: InStep, line: Row[Any], *, issued: bool, notes: Notes) -> None:
    """A number handed out waits for its manifest, and only then."""
    for row in reserved.before(line.number):
        _disagree(notes, "reserved_too_many", row.number, "no event handed it out")
    stored = reserved.at(line.number)
    if issued and stored:
        _disagree(notes, "reserved_too_many", line.number, "a manifest has this number")
    elif not issued and not stored:
        _disagree(notes, "reserved_missing", line.number, "it was handed out and no manifest has it")
    elif stored:
        difference = differing(dict(stored[0]._mapping), dict(line._mapping))  # noqa: SLF001 - documented accessor
        if difference:
            _disagree(notes, "reserved_differs", line.number, difference)


class _Series:
    """The serials of each facility and year, as stretches without a gap."""

    def __init__(self, prefixes: Mapping[Prefix, int], notes: Notes) -> None:
        self._prefixes = prefixes
        self._notes = notes
        self._stretches: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)

    def take(self, text: str) -> None:
        """One more number; they come in order."""
        self._notes.checked(Area.NUMBERS)
        try:
            number = numbers.parse(text)
        except NotANumber as error:
            _disagree(self._notes, "not_a_number", text, str(error))
            return
        at = self._prefixes.get((number.division, number.facility_number))
        if at is None:
            _disagree(self._notes, "nobodys_number", text, "no facility ever had its division and number")
            return
        stretches = self._stretches[at, number.year]
        if stretches and stretches[-1][1] == number.serial - 1:
            stretches[-1] = (stretches[-1][0], number.serial)
        else:
            stretches.append((number.serial, number.serial))

    def compare(self, connection: Connection) -> None:
        """Hold what was found against the counters."""
        codes = {row.id: row.code for row in connection.execute(select(facility.c.id, facility.c.code))}
        counters = {(row.facility_id, row.year): row.last_serial for row in connection.execute(select(number_counter))}
        for key in sorted({*counters, *self._stretches}):
            where = f"{codes.get(key[0], key[0])} {key[1]}"
            for code, detail in _gaps(sorted(self._stretches[key]), counters.get(key, 0)):
                self._notes.disagree(Area.NUMBERS, code, where, detail)


def _gaps(stretches: list[tuple[int, int]], last: int) -> Iterator[tuple[str, str]]:
    """What is wrong with the serials of a facility and year, its counter standing at ``last``."""
    end = 0
    for first, until in stretches:
        if first > end + 1:
            yield "number_missing", f"serials {end + 1} to {first - 1} are neither issued nor in a block"
        end = max(end, until)
    if end != last:
        yield "counter_differs", f"the counter stands at {last}, the last number is {end}"


def _disagree(notes: Notes, code: str, number: str, detail: str) -> None:
    notes.disagree(Area.NUMBERS, code, f"number {number}", detail)
