"""政策: the rules the division is judged by on a day, each with its source, and who changed them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack import reference
from sludgetrack.domain.dated import TableRow
from sludgetrack.domain.limits import SEPARATOR, Limit, limit_key, reading_of
from sludgetrack.domain.targets import target_key
from sludgetrack.domain.times import legal_day
from sludgetrack.services import rule_setting
from sludgetrack.services.context import Context
from sludgetrack.services.reading import rule_changes
from sludgetrack.services.reading import rules as reading
from sludgetrack.services.reading.admin import Difference
from sludgetrack.store import registry_reading as registry
from sludgetrack.web.acting import acting, do
from sludgetrack.web.regulator import rule_words, words
from sludgetrack.web.regulator.desk import blueprint, for_inspectors
from sludgetrack.web.runtime import runtime
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import is_english, route_word

MOST_CHANGES = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """The day and division an address asks for; the authority's own, today, where it says nothing that can be."""

    on: date
    division: str
    today: date

    def address(self, endpoint: str, **more: Any) -> str:
        """A page about the same day and division."""
        on = None if self.on == self.today else self.on.isoformat()
        division = None if self.division == acting().actor.division else self.division
        return url_for(endpoint, on=on, division=division, **more)


@dataclass(frozen=True, slots=True)
class StandardLine:
    """A standard in the list of limits: how many of its rows somebody has compared with the printed text."""

    standard: str
    routes: str
    rows: int
    checked: int


@blueprint.get("/policies")
@for_inspectors
def policies() -> ResponseReturnValue:
    """Routes by rules, with the values in force and where each comes from."""
    asked, seen, divisions = _seen()
    return render_template(
        "regulator/policies.html",
        lines=[(line, line.route.en if is_english() else line.route.zh) for line in seen.lines],
        treatments=seen.treatments,
        coming=[row for row in seen.upcoming if row.table in ("routes", "treatments")],
        **_around(asked, seen, divisions, "regulator.policies"),
    )


@blueprint.get("/policies/clocks")
@for_inspectors
def clocks() -> ResponseReturnValue:
    """How long each stage may take."""
    asked, seen, divisions = _seen()
    return render_template("regulator/clocks.html", **_around(asked, seen, divisions, "regulator.clocks"))


@blueprint.get("/policies/limits")
@for_inspectors
def limits() -> ResponseReturnValue:
    """The limits by standard, each with who has compared it with the printed text."""
    asked, seen, divisions = _seen()
    return render_template(
        "regulator/limits.html",
        standards=_standards(seen.limits),
        coming=[row for row in seen.upcoming if row.table == "limits"],
        **_around(asked, seen, divisions, "regulator.limits"),
    )


@blueprint.get("/policies/targets")
@for_inspectors
def targets() -> ResponseReturnValue:
    """Targets and baselines."""
    asked, seen, divisions = _seen()
    return render_template(
        "regulator/targets.html",
        targets=[(one, target_key(one), _is_own(one.division)) for one in seen.targets],
        baselines=seen.baselines,
        coming=[row for row in seen.upcoming if row.table == "targets"],
        rate_names={rate.key: rate.name for rate in words.rates()},
        target_text=words.target_text,
        target_place=words.target_place,
        **_around(asked, seen, divisions, "regulator.targets"),
    )


@blueprint.get("/policies/changes", endpoint="rule_changes")
@for_inspectors
def changes() -> ResponseReturnValue:
    """Who changed which rule, when, and from what to what."""
    asked, seen, divisions = _seen()
    found = do(lambda ctx: rule_changes.changes(ctx, asked.division))
    table = request.args.get("table", "")
    told = Counter(change.table for change in found)
    chips = [
        {"label": _("全部"), "count": len(found), "current": not table, "href": asked.address("regulator.rule_changes")}
    ]
    chips += [
        {
            "label": word,
            "count": told[name],
            "current": table == name,
            "href": asked.address("regulator.rule_changes", table=str(name)),
        }
        for name, word in rule_words.tables().items()
        if told[name]
    ]
    return render_template(
        "regulator/rule_changes.html",
        changes=[change for change in found if not table or change.table == table][:MOST_CHANGES],
        chips=chips,
        **_around(asked, seen, divisions, "regulator.rule_changes"),
    )


def asked_for() -> Asked:
    """The day and division of the address."""
    own, today = acting().actor.division, legal_day(runtime().now())
    division = request.args.get("division", "").strip()
    try:
        on = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        on = today
    return Asked(on, division if division.isdigit() and division.startswith(own) else own, today)


def change_words() -> dict[str, Any]:
    """What the list of changes says its codes with."""
    names = rule_words.process_names(reference.treatments())
    return {
        "key_text": lambda change: rule_words.key_text(change.table, change.key, names),
        "told": lambda change: rule_words.told(change.table, change.key, change.differences),
        "to_come": _to_come,
        "table_words": rule_words.tables(),
    }


def _to_come(row: TableRow) -> list[rule_words.Told]:
    """What a row that is not in force yet will say."""
    return rule_words.told(row.table, row.key, [Difference(name, None, text) for name, text in row.values.items()])


def _seen() -> tuple[Asked, reading.Rules, list[str]]:
    asked = asked_for()

    def read(ctx: Context) -> tuple[reading.Rules, list[str]]:
        found = registry.facilities_under(ctx.connection, ctx.actor.division)
        divisions = sorted({ctx.actor.division, *(row.division for row in found)})
        return reading.rules(ctx, asked.on, asked.division), divisions

    return asked, *do(read)


def _around(asked: Asked, seen: reading.Rules, divisions: list[str], here: str) -> dict[str, Any]:
    """What every one of these pages shows."""
    tabs = [
        ("regulator.policies", _("途径与门槛")),
        ("regulator.clocks", _("时限")),
        ("regulator.limits", _("限值")),
        ("regulator.targets", _("目标与基数")),
        ("regulator.rule_changes", _("变更记录")),
    ]
    return {
        "asked": asked,
        "seen": seen,
        "here": here,
        "divisions": [(code, code) for code in dict.fromkeys((*divisions, asked.division))],
        "tabs": [{"href": asked.address(name), "label": label, "current": name == here} for name, label in tabs],
        "may_set_tables": do(rule_setting.may_set_tables),
        "route_word": route_word,
        **common_words(),
        **change_words(),
    }


def common_words() -> dict[str, Any]:
    """How rules are named on every page about them."""
    return {
        "rule_names": rule_words.rules(),
        "name_of": rule_words.name_of,
        "value_text": rule_words.value_text,
        "standings": rule_words.standings(),
        "harmless": rule_words.harmless(),
        "division_word": rule_words.division_word,
        "limit_text": rule_words.limit_text,
        "conditions": rule_words.conditions(),
        "standard_words": rule_words.standards(),
        "route_classes": rule_words.classes(),
        "parameters": rule_words.parameters(),
        "english": is_english(),
        "who_division": acting().actor.division,
    }


def _standards(found: tuple[Limit, ...]) -> list[StandardLine]:
    by_standard: dict[str, list[Limit]] = {}
    for limit in found:
        by_standard.setdefault(limit.standard, []).append(limit)
    return [
        StandardLine(
            standard,
            " ".join(sorted({code for limit in rows for code in limit.routes})),
            len(rows),
            sum(1 for limit in rows if limit.checked_by),
        )
        for standard, rows in by_standard.items()
    ]


def _is_own(division: str) -> bool:
    return division.startswith(acting().actor.division)


def limit_line(limit: Limit) -> str:
    """What names a limit within its standard, with its reading: the line somebody confirms."""
    return limit_key(limit).partition(SEPARATOR)[2] + SEPARATOR + reading_of(limit)
