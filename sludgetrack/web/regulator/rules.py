"""政策: the rules the division is judged by, each with its source. Read only."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from sludgetrack.domain.clocks import Clocks
from sludgetrack.domain.policy import PolicyRow, Rule
from sludgetrack.domain.routes import Harmless
from sludgetrack.services.reading import rules as reading
from sludgetrack.web.acting import do
from sludgetrack.web.regulator import words
from sludgetrack.web.regulator.desk import blueprint, for_inspectors
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import is_english, route_word


@blueprint.get("/policies")
@for_inspectors
def policies() -> ResponseReturnValue:
    """Policy rows, clocks, routes and targets."""
    seen = do(reading.rules)
    return render_template(
        "regulator/policies.html",
        seen=seen,
        rows=[(one, _rule_text(one.row), route_word(one.row.route or None)) for one in seen.rows],
        clocks=_clocks(seen.clocks),
        routes=seen.routes,
        harmless=_harmless(),
        english=is_english(),
        targets=seen.targets,
        target_text=words.target_text,
        target_place=words.target_place,
        rate_names={rate.key: rate.name for rate in words.rates()},
    )


def _rule_text(row: PolicyRow) -> str:
    yes = row.value == "Y"
    texts = {
        Rule.BAN: _("禁止") if yes else _("不禁止"),
        Rule.MOISTURE_MAX_PCT: _("含水率上限 %(value)s %%", value=row.value),
        Rule.NEEDS_LAB: _("须有合格检测报告") if yes else _("不要求检测报告"),
        Rule.NEEDS_STABILISATION: _("须经稳定化") if yes else _("不要求稳定化"),
    }
    if row.rule in texts:
        return texts[Rule(row.rule)]
    return f"{_clock_words().get(row.rule, row.rule)} {row.value}"


def _clock_words() -> dict[str, str]:
    return {
        "issue_to_load_h": _("开具到装运（小时）"),
        "transit_factor": _("在途：预计时长的倍数"),
        "transit_slack_h": _("在途：另加（小时）"),
        "arrival_to_decision_h": _("到厂到结论（小时）"),
        "storage_days": _("接收到处置（天，设施未另定时）"),
        "offline_sync_h": _("离线补传（小时）"),
        "paper_working_days": _("纸质补录（工作日）"),
    }


def _clocks(clocks: Clocks) -> list[tuple[str, str]]:
    return [(word, f"{getattr(clocks, name):f}") for name, word in _clock_words().items()]


def _harmless() -> dict[Harmless, tuple[str, str]]:
    return {
        Harmless.YES: (_("是"), "good"),
        Harmless.CONDITIONAL: (_("满足条件时"), "plain"),
        Harmless.MANUAL: (_("由主管部门认定"), "plain"),
        Harmless.NO: (_("否"), "danger"),
    }
