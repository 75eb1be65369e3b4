"""Lab reports to test with: files kept in memory, and reports that meet the standards of a route."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from typing import Any

from sludgetrack import reference
from sludgetrack.domain import commands as c
from sludgetrack.domain.limits import Limits
from sludgetrack.services import sampling
from sludgetrack.store.append import Receipt
from sludgetrack.store.blobs import BlobMissing
from tests.support.city import City, new_id

PDF = b"%PDF-1.7 what the laboratory sent"


class Kept:
    """Files kept in memory."""

    def __init__(self) -> None:
        self._files: dict[bytes, bytes] = {}

    def put(self, content: bytes) -> bytes:
        digest = sha256(content).digest()
        self._files[digest] = content
        return digest

    def get(self, digest: bytes) -> bytes:
        if digest not in self._files:
            raise BlobMissing(digest)
        return self._files[digest]

    def has(self, digest: bytes) -> bool:
        return digest in self._files


def report_of(city: City, **more: Any) -> c.RecordSample:
    """A report of today on the plant itself, of its moisture alone unless said otherwise."""
    figures = {
        "event_id": new_id(),
        "facility": "P01",
        "report": f"R-{new_id()[-12:]}",
        "sample_of": more.get("facility", "P01"),
        "sampled_on": city.clock().date(),
        "readings": readings(moisture="78.5"),
        **more,
    }
    return c.RecordSample(**figures)


def readings(**values: str) -> tuple[c.ReadingLine, ...]:
    """Lines of a report, each in the limit's own unit."""
    return tuple(c.ReadingLine(parameter, value) for parameter, value in values.items())


def clean(route: str, **changed: str) -> tuple[c.ReadingLine, ...]:
    """Lines that meet every limit of a route, but for those given."""
    values: dict[str, str] = {}
    for limit in Limits(reference.limits()).of(route):
        at_least = limit.op.startswith(">")
        known = Decimal(values.get(limit.parameter, "0"))
        if at_least:
            values[limit.parameter] = f"{max(limit.value + 1, known):f}"
        else:
            values.setdefault(limit.parameter, "0.01")
    return readings(**values | changed)


def sample(city: City, who: str = "plant", blobs: Kept | None = None, **more: Any) -> Receipt:
    """Somebody records a report."""
    command = report_of(city, **more)
    return city.act(who, lambda ctx: sampling.record_sample(ctx, blobs or Kept(), command))
