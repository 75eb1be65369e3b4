"""检测: lab reports on a facility or on what lies there, kept with the file the laboratory sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from sludgetrack.domain import commands as c
from sludgetrack.domain.errors import DomainError, InTheFuture, MissingField, NameTaken, NotFound, OutOfRange
from sludgetrack.domain.labs import Reading, in_unit, is_known_unit, is_possible, units_of
from sludgetrack.domain.times import legal_day
from sludgetrack.services import kept_files
from sludgetrack.services.context import Context
from sludgetrack.services.facility_acts import Figures, act, check
from sludgetrack.services.kept_files import MEGABYTE, Wanted
from sludgetrack.store import labs, rules
from sludgetrack.store.append import Receipt
from sludgetrack.store.blobs import BlobStore
from sludgetrack.store.books import Books
from sludgetrack.store.digests import digest_of
from sludgetrack.store.directory import Facility

FIGURE = "file"
"""The figure of a claim that states the digest of a report's file."""
KINDS = ("application/pdf", "image/jpeg", "image/png")
MOST_READINGS = 60
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")

Units = Mapping[str, list[str]]


def wanted_file(most_mb: int) -> Wanted:
    """What is taken in as a report's file, up to so many megabytes."""
    return Wanted(FIGURE, KINDS, most_mb * MEGABYTE)


def keep_file(ctx: Context, blobs: BlobStore, content: bytes, most_mb: int) -> str:
    """Keep a report's file and return its digest in hex. Raises OutOfRange, field ``file``.

    A note is kept with it of whose it is. Digests of others' files are no secret, they stand on sheets; naming one
    must not open it.
    """
    digest = kept_files.keep(blobs, content, wanted_file(most_mb))
    blobs.put(_note(ctx, digest))
    return digest


def _note(ctx: Context, digest: str) -> bytes:
    return f"file of a lab report {digest} sent by {ctx.actor.organisation}".encode()


def record_sample(ctx: Context, blobs: BlobStore | None, command: c.RecordSample) -> Receipt:
    """检测: a lab report goes on record; it counts from the day of sampling on, for a year.

    ``blobs`` is where its file was kept before; without it no report can have one.

    Raises InvalidFigures naming every wrong field, NameTaken, and what every act on a facility raises.
    """

    def complete(at: Facility, books: Books) -> Figures:  # noqa: ARG001 - one signature for all acts
        if labs.taken(ctx.connection, [command.report]):
            raise NameTaken(field="report", name=command.report)
        check(
            [
                *_subject_problems(ctx, at, command),
                *_file_problems(ctx, blobs, command),
                *_reading_problems(ctx, command),
            ]
        )
        return dict(command.figures())

    return act(ctx, command.facility, command, complete)


def units(ctx: Context, command: c.RecordSample) -> Units:
    """The parameters a report of that day may state, and the units of each."""
    return units_of(rules.tables(ctx.connection).limits(command.sampled_on))


def _subject_problems(ctx: Context, at: Facility, command: c.RecordSample) -> list[DomainError]:
    problems: list[DomainError] = []
    today = legal_day(ctx.now, at.zone)
    if command.sampled_on > today:
        problems.append(InTheFuture(field="sampled_on", occurred_at=command.sampled_on, now=today))
    if command.sample_of != at.code and not labs.ever_lay(ctx.connection, command.sample_of, at.id):
        problems.append(NotFound(field="sample_of", kind="lot", name=command.sample_of))
    return problems


def _file_problems(ctx: Context, blobs: BlobStore | None, command: c.RecordSample) -> list[DomainError]:
    """The file has to have been sent before, by somebody of the same organisation."""
    if command.file is None or (blobs is not None and blobs.has(digest_of(_note(ctx, command.file)))):
        return []
    return [NotFound(field=FIGURE, kind=FIGURE, name=command.file[:12])]


def _reading_problems(ctx: Context, command: c.RecordSample) -> list[DomainError]:
    if not command.readings:
        return [MissingField(field="readings", event=str(command.event))]
    if len(command.readings) > MOST_READINGS:
        return [OutOfRange(field="readings", value=len(command.readings), wanted=f"≤ {MOST_READINGS}")]
    known = units(ctx, command)
    problems: list[DomainError] = []
    seen: set[str] = set()
    for n, line in enumerate(command.readings):
        problems += _line_problems(n, line, known, seen)
        seen.add(line.parameter)
    return problems


def _line_problems(n: int, line: c.ReadingLine, known: Units, seen: set[str]) -> list[DomainError]:
    """What is wrong with one line; its fields are named by its place, ``readings/0/value``."""
    place = f"readings/{n}"
    if line.parameter not in known:
        return [OutOfRange(field=f"{place}/parameter", value=line.parameter, wanted=", ".join(known))]
    if line.parameter in seen:
        return [NameTaken(field=f"{place}/parameter", name=line.parameter)]
    units_known = known[line.parameter]
    if not is_known_unit(line.unit or "", units_known):
        return [OutOfRange(field=f"{place}/unit", value=line.unit, wanted=" / ".join(units_known) or "—")]
    if not _NUMBER.fullmatch(line.value):
        return [OutOfRange(field=f"{place}/value", value=line.value, wanted="0.05")]
    value = in_unit(Reading(Decimal(line.value), line.unit or ""), units_known[0])
    if value is None or not is_possible(line.parameter, value):
        return [OutOfRange(field=f"{place}/value", value=line.value, wanted=_possible(line.parameter))]
    return []


def _possible(parameter: str) -> str:
    return {"moisture": "0–100 %", "pH": "0–14"}.get(parameter, "≥ 0")


def file_name(stem: str, media_type: str) -> str:
    """What a report's file is called when it is saved."""
    return f"{stem}.{_ENDINGS.get(media_type, 'bin')}"


_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
