"""The words of a period's report, Chinese beside English, for its tables and its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sludgetrack import reference
from sludgetrack.documents.content import Words
from sludgetrack.domain.mass import Account, Cause
from sludgetrack.domain.quantities import tonnes_from_kg, tonnes_from_units
from sludgetrack.domain.targets import Baseline, Target
from sludgetrack.services.picturing import Wording
from sludgetrack.services.reading.flow import OTHERS, End, Process
from sludgetrack.services.reading.pictures import AgeBand, Load
from sludgetrack.store.rates import UNCLASSED
from sludgetrack.store.treated import MIXED

RATES: Mapping[str, tuple[Words, str]] = {
    "harmless_rate": (Words("无害化处置率", "Harmless disposal"), "H / P"),
    "harmless_rate_stock_adjusted": (
        Words("无害化处置率（扣库存）", "Harmless, of what left stock"),
        "H / (P + K0 \u2212 K1)",
    ),
    "harmless_rate_cohort": (Words("无害化处置率（按批次）", "Harmless, by batches produced"), "Σ min(h, p) / P"),
    "landfill_rate": (Words("填埋率", "Landfilled"), "Lf / P"),
    "landfill_rate_of_disposed": (Words("填埋率（占处置量）", "Landfilled, of disposed"), "Lf / (H + N)"),
    "resource_rate": (Words("资源化利用率", "Resource use"), "R / P"),
    "resource_rate_broad": (Words("资源化利用率（宽）", "Resource use, with energy"), "R′ / P"),
    "estimated_share": (Words("估计含水率占比", "From estimated moisture"), "E / P"),
}
"""The rates in the order of the table, each with its formula."""

CAUSES: Mapping[str, Words] = {
    Cause.RECEIPT: Words("进出厂差", "receipt"),
    Cause.RETURN: Words("退运差", "return"),
    Cause.FINAL: Words("处置收尾差", "end of a lot"),
    Cause.COUNT: Words("盘点差", "count"),
    Cause.LOST: Words("灭失", "lost"),
    Cause.CORRECTION: Words("更正差", "correction"),
}

CLASSES: Mapping[str, Words] = {
    "prefecture": Words("地级及以上城市", "prefecture-level cities"),
    "county_city": Words("其他设市城市", "county-level cities"),
    "county": Words("县城", "county towns"),
    "town": Words("建制镇", "towns"),
    UNCLASSED: Words("未分类", "unclassified"),
}

KINDS: Mapping[str, Words] = {
    "sewer_sludge": Words("通沟污泥", "Sewer-cleaning sludge"),
    "byproduct": Words("副产物", "By-products"),
    "product": Words("产物", "Products"),
}

ACCOUNTS: Mapping[str, Words] = {
    Account.PRODUCED: Words("产生", "produced"),
    Account.PLANT_STOCK: Words("期末存于产生单位", "in stock at producers"),
    Account.SITE_STOCK: Words("期末存于处置设施", "in stock at sites"),
    Account.TRANSIT: Words("期末在途", "on the road"),
    Account.DISPOSED: Words("处置", "disposed of"),
    Account.UNACCOUNTED: Words("去向不明", "unaccounted for"),
}

_ENDS: Mapping[Account, Words] = {
    Account.PLANT_STOCK: Words("存于产生单位", "in stock at producers"),
    Account.SITE_STOCK: Words("存于处置设施", "in stock at sites"),
    Account.TRANSIT: Words("在途", "on the road"),
    Account.UNACCOUNTED: Words("去向不明", "unaccounted for"),
}
_SOURCES = {
    "national plan (city)": Words("国家规划（城市）", "national plan, cities"),
    "national plan (prefecture-level and above)": Words("国家规划（地级及以上）", "national plan, prefecture-level"),
}


def route(code: str) -> Words:
    """A route by name and code."""
    found = reference.routes().get(code)
    return Words(code) if found is None else Words(f"{found.zh} {code}", found.en)


def source(text: str) -> Words:
    """Where a target comes from."""
    return _SOURCES.get(text, Words(text))


def target_text(target: Target) -> str:
    """What is to be reached: ``≥ 95 %``."""
    sign = {">=": "≥ ", "<=": "≤ ", "=": ""}.get(target.op, f"{target.op} ")
    return f"{sign}{target.value_pct:f} %"


def tonnes(units: int) -> str:
    """Dry tonnes with their unit, thousands set apart."""
    return f"{Decimal(tonnes_from_units(units)):,} t".replace("-", "\u2212")


def wet(kg: int) -> str:
    """Wet tonnes with their unit."""
    return f"{Decimal(tonnes_from_kg(kg)):,} t"


def both(words: Words) -> str:
    """Chinese and English on one line."""
    return f"{words.zh} {words.en}".strip()


def wording(names: Mapping[str, str]) -> Wording:
    """Names of producers and facilities by code, and everything else in both languages."""
    return Wording(
        untreated="未经处理 untreated",
        columns=("产生 Produced", "处理 Treated", "去向 Where to"),
        source=lambda code: "其余产生单位 others" if code == OTHERS else names.get(code, code),
        process=lambda one: _process(one, names),
        end=lambda one: both(end(one)),
        dry=tonnes,
        percent=lambda text: "—" if text is None else f"{text} %",
        day_kg=_load,
        month=lambda day: f"{day:%m}",
        year=lambda day: f"{day:%Y}",
        target=lambda target: f"目标 target {target_text(target)} ({target.year})",
        baseline=_baseline,
        age=_age,
        not_over="当月未完 month not over",
        in_time="期限内 within storage days",
        too_long="超过贮存期限 beyond storage days",
        dry_unit="t 干 dry",
        day_unit="t/d",
        capacity="许可能力 permitted",
        within_capacity="日均接收 received a day",
        over_capacity="超出能力 beyond capacity",
        measures=(
            "减量化：处理减重 Reduction of wet mass by treatment",
            "稳定化：处置物中已稳定 Stabilised, of what was disposed of",
            "无害化：无害化处置率 Harmless disposal",
            "资源化：资源化利用率 Resource use",
        ),
        goal="目标 target",
    )


def end(end_: End) -> Words:
    """Where sludge ended or lies."""
    if end_.account is not Account.DISPOSED:
        return _ENDS[end_.account]
    named = route(end_.route)
    return named if end_.compliant else Words(f"{named.zh} 不合规", "non-compliant")


def _process(one: Process, names: Mapping[str, str]) -> str:
    if one.code == OTHERS:
        return "其余处理 others"
    if one.code == MIXED:
        return "多种处理 several"
    found = reference.treatments().get(one.code)
    name = one.code if found is None else f"{found.zh} {found.en}"
    return f"{name} · {names.get(one.facility, one.facility)}" if one.facility else name


def _load(load: Load) -> str:
    daily = tonnes_from_kg(load.daily_kg)
    if load.capacity_kg is None:
        return f"{daily} t/d"
    return f"{daily} / {tonnes_from_kg(load.capacity_kg)} t/d · {load.share} %"


def _baseline(baseline: Baseline) -> str:
    return f"基线 baseline {baseline.year}: {baseline.value_pct:f} %"


def _age(band: AgeBand) -> str:
    return f"≥ {band.first} d" if band.last is None else f"{band.first}–{band.last} d"
