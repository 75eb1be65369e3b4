"""What is measured, in which units and against which limits, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sludgetrack.domain.limits import Limit
from sludgetrack.web.texts import gettext as _

SIGNS = {"<=": "≤", ">=": "≥"}
"""How people write an operator."""


def conditions() -> Mapping[str, str]:
    """When a shipped limit applies; others are shown as they were entered."""
    return {
        "acid soil pH<6.5": _("酸性土壤 pH<6.5"),
        "other soil": _("其他土壤"),
        "A": _("A 级"),
        "B": _("B 级"),
        "landfill acceptance": _("填埋场接收"),
        "dried or assisted incineration": _("干化或助燃焚烧"),
        "self-sustaining incineration": _("自持焚烧"),
        "plant outlet": _("出厂"),
        "plant outlet, farm use": _("出厂，农用"),
        "L3 (superseded)": _("L3（已被替代）"),
    }


def standards() -> Mapping[str, str]:
    """Names of shipped standards that are not signs and numbers alone; others are shown as they were entered."""
    return {"GB18918-2002表6": _("GB18918-2002 表 6")}


def parameters() -> Mapping[str, str]:
    """What is measured, where the sign alone does not say it."""
    return {
        "mineral_oil": _("矿物油"),
        "volatile_phenol": _("挥发酚"),
        "total_cyanide": _("总氰化物"),
        "benzo_a_pyrene": _("苯并[a]芘"),
        "PAHs": _("多环芳烃"),
        "AOX_as_Cl": _("可吸附有机卤化物（以 Cl 计）"),
        "PCBs": _("多氯联苯"),
        "PCDD_F_ngTEQ_kg": _("二噁英类"),
        "moisture": _("含水率"),
        "organic_matter": _("有机质"),
        "nutrients_NPK": _("氮磷钾养分"),
        "germination_index": _("种子发芽指数"),
        "coliform_value": _("粪大肠菌群值"),
        "ascaris_kill": _("蠕虫卵死亡率"),
        "dose": _("施用量"),
    }


_METALS = frozenset(("Cd", "Hg", "Pb", "Cr", "As", "Ni", "Zn", "Cu", "B"))


def parameter_word(parameter: str) -> str:
    """What is measured: 总镉 Cd."""
    named = parameters().get(parameter)
    if named is not None:
        return named
    return f"{_metals()[parameter]} {parameter}" if parameter in _METALS else parameter


def _metals() -> Mapping[str, str]:
    return {
        "Cd": _("总镉"),
        "Hg": _("总汞"),
        "Pb": _("总铅"),
        "Cr": _("总铬"),
        "As": _("总砷"),
        "Ni": _("总镍"),
        "Zn": _("总锌"),
        "Cu": _("总铜"),
        "B": _("总硼"),
    }


def unit_word(unit: str) -> str:
    """A unit as people write it: ``mg/kg（干）``."""
    plain = unit.removesuffix(" dry")
    return _("%(unit)s（干）", unit=plain) if plain != unit else unit


def limit_word(limit: Limit) -> str:
    """What a limit asks: ``≤ 3``."""
    return f"{SIGNS.get(limit.op, limit.op)} {number(limit.value)}"


def standard_word(limit: Limit) -> str:
    """The standard a limit stands in."""
    return standards().get(limit.standard, limit.standard)


def condition_word(limit: Limit) -> str:
    """For which soil or grade a limit holds."""
    return conditions().get(limit.condition, limit.condition)


def number(value: Decimal | None) -> str:
    """A value without needless noughts."""
    if value is None:
        return "—"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
