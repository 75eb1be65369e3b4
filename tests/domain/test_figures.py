"""Every figure that can be corrected has a name in both languages, wherever it is shown."""

from __future__ import annotations

import pytest

from sludgetrack.domain.correcting import CORRECTABLE
from sludgetrack.domain.figures import figure_name, is_mass, is_moisture

PLAIN = sorted({name for names in CORRECTABLE.values() for name in names})


@pytest.mark.parametrize("name", [name.replace(".", ".0.") for name in PLAIN])
def test_every_correctable_figure_has_a_name_in_both_languages(name: str) -> None:
    called = figure_name(name)

    assert "_" not in called.zh + called.en
    assert called.zh != called.en


def test_lines_are_counted_from_one_as_people_do() -> None:
    assert (figure_name("outputs.1.wet_kg").zh, figure_name("outputs.1.wet_kg").en) == (
        "产出 2 湿重",
        "output 2 wet mass",
    )


def test_a_figure_s_unit_is_told_by_its_name() -> None:
    masses = [name for name in PLAIN if is_mass(name)]
    moistures = [name for name in PLAIN if is_moisture(name)]

    assert {"net_out_kg", "inputs.kg", "additives.dry_kg"} <= set(masses)
    assert moistures == ["moisture_bp", "moisture_in_bp", "moisture_out_bp", "outputs.moisture_bp"]
