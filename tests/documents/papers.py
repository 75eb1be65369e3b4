"""The papers beside the sheets: a disposal's, and a form to be filled in by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sludgetrack.documents.content import BlankContent, DisposalContent, Draw, Gate, Moisture, Words
from tests.documents.contents import ADDRESS, CODE, INCINERATION, NUMBER, PLANT, SITE, ZONE, evidence


def disposal(manifests: int = 6, **changes: Any) -> DisposalContent:
    """A run of the incinerator on one lot."""
    plain = DisposalContent(
        disposal="CZ-2025-0202-01",
        address=ADDRESS,
        public_path="D/CZ-2025-0202-01/8RWN4T",
        zone=ZONE,
        occurred_at=datetime(2025, 2, 2, 1, 40, tzinfo=UTC),
        site=SITE,
        lot="LIAO-2025-0202-A",
        route=INCINERATION,
        standard="GB/T 24602-2009",
        lot_kind=Words("干化污泥", "dried sludge"),
        wet_kg=82_140,
        moisture=Moisture(3950, Words("烘箱法", "oven")),
        dry_units=82_140 * 6050,
        origin_units=496_120_000,
        final=True,
        compliant=True,
        proof="DCS-20250202-焚烧线1",
        gates=(
            Gate(Words("含水率", "moisture"), "< 60 %", "39.50 %", passed=True),
            Gate(Words("检测报告", "lab report"), "365 天内合格", "XXHJ-2025-0118", passed=True),
            Gate(Words("稳定化", "stabilisation"), None, None, passed=None),
        ),
        draws=tuple(
            Draw(
                f"2025410721001{n:06d}{n % 10}",
                f"豫新-WN-2025-{n:06d}",
                PLANT.name,
                date(2025, 1, 2) + timedelta(days=n % 28),
                10_000_000 + n * 12_345,
            )
            for n in range(1, manifests + 1)
        ),
        evidence=replace(evidence("disposed", first=True), template_version="disposal-1"),
    )
    return replace(plain, **changes)


def blank(**changes: Any) -> BlankContent:
    """A form handed to a guard's telephone for the day without a signal."""
    plain = BlankContent(NUMBER, ADDRESS, CODE, PLANT, "门岗平板 2", template_version="blank-1")
    return replace(plain, **changes)
