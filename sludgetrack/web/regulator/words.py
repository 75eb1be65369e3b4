"""Rates, causes, accounts and concerns in words, each rate with the formula it is named for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sludgetrack.domain.clocks import Stage
from sludgetrack.domain.mass import Account, Cause
from sludgetrack.domain.targets import Target
from sludgetrack.services.reading.regulator import Concern
from sludgetrack.web import register_words
from sludgetrack.web.format import percent
from sludgetrack.web.texts import gettext as _


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate's name, formula and note, and the figure its numerator opens into."""

    key: str
    name: str
    formula: str
    note: str
    figure: str


def rates() -> tuple[Rate, ...]:
    """Every variant that is published, in the order of the table."""
    return (
        Rate(
            "harmless_rate",
            _("无害化处置率"),
            "H / P",
            _("规划口径。清理旧存量时可超过 100 %%，照实公布。"),
            "harmless",
        ),
        Rate(
            "harmless_rate_stock_adjusted",
            _("无害化处置率（扣库存）"),
            "H / (P + K0 − K1)",
            _("离开库存的部分中，无害化的占比。"),
            "harmless",
        ),
        Rate(
            "harmless_rate_cohort",
            _("无害化处置率（按批次）"),
            "Σ min(h, p) / P",
            _("本期产生的批次，到期末后 30 天为止无害化的部分，每批不超过其产量；期满前为暂定。"),
            "cohort",
        ),
        Rate("landfill_rate", _("填埋率"), "Lf / P", _("Lf 含合规与不合规填埋、覆盖土。"), "landfilled"),
        Rate(
            "landfill_rate_of_disposed",
            _("填埋率（占处置量）"),
            "Lf / (H + N)",
            _("督察常用的分母。"),
            "landfilled",
        ),
        Rate("resource_rate", _("资源化利用率"), "R / P", _("土地利用与建材利用，只计合规处置。"), "resource"),
        Rate("resource_rate_broad", _("资源化利用率（宽）"), "R′ / P", _("再加能量回收。"), "resource_broad"),
        Rate(
            "estimated_share",
            _("估计含水率占比"),
            "P̂ / P",
            _("产量中含水率未测、按规则估计的部分。"),
            "estimated",
        ),
    )


def figures() -> Mapping[str, str]:
    """The figures that can be opened."""
    return {
        "produced": _("产生量 P"),
        "opening_stock": _("期初存量 K0"),
        "harmless": _("无害化处置 H"),
        "noncompliant": _("不合规处置 N"),
        "unaccounted": _("去向不明 U"),
        "closing_stock": _("期末存量 K1"),
        "landfilled": _("填埋 Lf"),
        "resource": _("资源化利用 R"),
        "resource_broad": _("资源化利用（宽）R′"),
        "estimated": _("估计含水率的产量 P̂"),
        "cohort": _("本期批次已无害化"),
        "by_route": _("按处置途径"),
    }


def groupings() -> Mapping[str, str]:
    """What a table has a row for."""
    return {
        "total": _("合计"),
        "division": _("行政区划"),
        "city_class": _("城市类别"),
        "plant": _("污水厂"),
        "route": _("处置途径"),
        "month": _("月份"),
    }


def causes() -> Mapping[str, str]:
    """Why mass is unaccounted for."""
    return {
        Cause.RECEIPT: _("进出厂差"),
        Cause.RETURN: _("退运差"),
        Cause.FINAL: _("处置收尾差"),
        Cause.COUNT: _("盘点差"),
        Cause.LOST: _("灭失"),
        Cause.CORRECTION: _("更正差"),
    }


def accounts() -> Mapping[str, str]:
    """Where dry solids can be."""
    return {
        Account.PRODUCED: _("产生"),
        Account.PLANT_STOCK: _("厂内存量"),
        Account.TRANSIT: _("在途"),
        Account.SITE_STOCK: _("处置设施存量"),
        Account.DISPOSED: _("处置"),
        Account.UNACCOUNTED: _("去向不明"),
        Account.PROCESS_LOSS: _("处理损失"),
        Account.ADDITIVES: _("添加物"),
    }


def concerns() -> Mapping[str, str]:
    """Why something is on the work list."""
    return {
        Concern.DISPUTED: _("有争议"),
        Concern.OVERDUE: _("超时"),
        Concern.DISPOSAL: _("不合规处置"),
        Concern.GONE: _("灭失、倾倒"),
        Concern.NEGATIVE: _("负库存"),
        Concern.IMPLAUSIBLE: _("产量不合常理"),
        Concern.MANAGED_MORE: _("处置多于来源"),
        Concern.UNACCOUNTED: _("不明超过 2 %%"),
        Concern.TURNED_AWAY: _("无联单拒入"),
        Concern.SELF_AMENDED: _("自行变更许可"),
    }


TONES: Mapping[Concern, str] = {
    Concern.DISPUTED: "danger",
    Concern.OVERDUE: "warning",
    Concern.DISPOSAL: "danger",
    Concern.GONE: "danger",
    Concern.NEGATIVE: "danger",
    Concern.IMPLAUSIBLE: "danger",
    Concern.MANAGED_MORE: "warning",
    Concern.UNACCOUNTED: "warning",
    Concern.TURNED_AWAY: "warning",
    Concern.SELF_AMENDED: "warning",
}


def waiting(stage: Stage) -> str:
    """What was not done in time."""
    return {
        Stage.LOADING: _("未按时装运"),
        Stage.ARRIVAL: _("未按时到厂"),
        Stage.DECISION: _("到厂后未作出结论"),
        Stage.DISPOSAL: _("超过贮存期限未处置"),
    }[stage]


def target_text(target: Target) -> str:
    """What is to be reached: ``≥ 95 %``."""
    sign = {">=": "≥ ", "<=": "≤ ", "=": ""}.get(target.op, f"{target.op} ")
    return f"{sign}{percent(f'{target.value_pct:f}')}"


def target_place(target: Target) -> str:
    """Whom a target is meant for."""
    classes = register_words.city_classes()
    where = target.division or _("全国")
    return f"{where} · {classes[target.city_class]}" if target.city_class in classes else where
