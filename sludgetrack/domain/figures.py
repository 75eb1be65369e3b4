"""What the figures that can be corrected are called, Chinese and English: one place for sheets, pages and the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sludgetrack.domain.fields import BY_NAME


@dataclass(frozen=True, slots=True)
class Name:
    """A name in both languages."""

    zh: str
    en: str


ACTS: Mapping[str, Name] = {
    "day": Name("日期", "day"),
    "wet_kg": Name("湿重", "wet mass"),
    "kg": Name("投入湿重", "wet mass put in"),
    "dry_kg": Name("干重", "dry mass"),
    "moisture_bp": Name("含水率", "moisture"),
    "treated_m3": Name("处理水量（m³）", "treated water (m³)"),
    "final": Name("料批用尽", "lot finished"),
    "evidence": Name("处置凭证", "evidence"),
    "decided_by": Name("认定机关", "decided by"),
}
"""The figures of acts on facilities; those of manifests are named in ``domain.fields``."""

LISTS: Mapping[str, Name] = {
    "inputs": Name("投入", "input"),
    "outputs": Name("产出", "output"),
    "additives": Name("辅料", "additive"),
}
"""The lists of a treatment run."""


def figure_name(field: str) -> Name:
    """A figure as a change names it: ``outputs.0.wet_kg`` is 产出 1 湿重, since people count lines from 1."""
    *before, last = field.split(".")
    rule = BY_NAME.get(last)
    name = ACTS.get(last) or (Name(rule.zh, rule.en) if rule else Name(last, last))
    if not before:
        return name
    line, place = LISTS.get(before[0], Name(before[0], before[0])), int(before[1]) + 1
    return Name(f"{line.zh} {place} {name.zh}", f"{line.en} {place} {name.en}")


def is_mass(field: str) -> bool:
    """Whether a figure is a mass in kilograms."""
    return field.endswith(("_kg", ".kg"))


def is_moisture(field: str) -> bool:
    """Whether a figure is a moisture in basis points."""
    return field.endswith("_bp")
