"""What laboratories found in the demo city: metals around national means, one quarter with too much zinc."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from sludgetrack.demo.stage import Stage, new_id
from sludgetrack.domain import commands as c

MONTHS = 8
EVERY_DAYS = 31
LAB = "豫北环境监测中心"
MEAN: Mapping[str, str] = {
    "Cd": "1.97",
    "Hg": "2.13",
    "Pb": "72.3",
    "Cr": "93.1",
    "As": "20.2",
    "Ni": "48.7",
    "Zn": "858",
    "Cu": "218.8",
    "B": "38",
    "mineral_oil": "410",
    "volatile_phenol": "8.2",
    "total_cyanide": "1.4",
}
"""In mg/kg of dry solids."""
PLANTS: Mapping[str, tuple[str, str, str]] = {
    "LTW": ("plant", "80.1", "1.0"),
    "XSZ": ("plant", "79.5", "0.8"),
    "JT": ("plant2", "59.1", "0.9"),
    "DSQ": ("plant2", "81.2", "0.6"),
}
"""Who records a plant's reports, its moisture, and how its metals compare with the mean."""
COMPOST: Mapping[str, str] = {
    "organic_matter": "31",
    "nutrients_NPK": "4.2",
    "germination_index": "82",
    "benzo_a_pyrene": "0.4",
    "AOX_as_Cl": "120",
    "pH": "7.1",
}
"""What the compost site's own report states beside the metals."""


def report(stage: Stage) -> None:
    """The reports of the months before the stage's day, the earliest first."""
    today = stage.now.date()
    for month in range(MONTHS, 0, -1):
        day = today - timedelta(days=month * EVERY_DAYS - 28)
        for plant, (who, moisture, share) in PLANTS.items():
            if month % 2 and plant in ("XSZ", "DSQ"):
                continue
            values = {"moisture": moisture, **_metals(Decimal(share), month), "pH": "7.2"}
            stage.sample(who, _sample(plant, day, f"HJ-{day:%Y%m}-{plant}", values))
    day = today - timedelta(days=40)
    values = {"moisture": "38", **_metals(Decimal("0.7"), 2), **COMPOST}
    stage.sample("compost", _sample("COMP", day, f"HJ-{day:%Y%m}-COMP", values))


def _metals(share: Decimal, month: int) -> dict[str, str]:
    return dict(_wobbling(share, month))


def _wobbling(share: Decimal, month: int) -> Iterator[tuple[str, str]]:
    """Up and down by as much as a third; five months ago too much zinc came with the inflow."""
    for n, (parameter, mean) in enumerate(MEAN.items()):
        permille = 1000 + ((month * 137 + n * 211) % 600 - 300)
        permille *= 5 if (parameter, month) == ("Zn", 5) else 1
        value = Decimal(mean) * share * permille / 1000
        yield parameter, f"{value.quantize(Decimal('0.01')):f}"


def _sample(facility: str, day: date, name: str, values: Mapping[str, str]) -> c.RecordSample:
    return c.RecordSample(
        event_id=new_id(),
        facility=facility,
        report=name,
        sample_of=facility,
        sampled_on=day,
        readings=tuple(c.ReadingLine(parameter, value) for parameter, value in values.items()),
        lab=LAB,
    )
