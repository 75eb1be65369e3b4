"""总览: the month beside the last and the targets, where the sludge went, and what to do first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.oddities import Odd, Oddity
from sludgetrack.domain.quantities import percent_of, t80_from_units
from sludgetrack.services.context import Context
from sludgetrack.services.reading import regulator as reading
from sludgetrack.services.reading.regulator import Away, Concern, Lost, OpenLoad, Overview, SelfAmended, Task
from sludgetrack.store import registry_reading as registry
from sludgetrack.store.division_reading import BadDisposal, Negative, SiteLoad
from sludgetrack.web import charting, register_words
from sludgetrack.web.acting import acting, do
from sludgetrack.web.format import dry_mass, grouped, mass, plate
from sludgetrack.web.forms import reading as page_reading
from sludgetrack.web.regulator import words
from sludgetrack.web.regulator.desk import blueprint, for_inspectors
from sludgetrack.web.runtime import runtime
from sludgetrack.web.site.disposing import breach_text
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import route_word, source_word

MOST_TASKS = 100
"""Lines of the work list on the page; the chips lead to the others."""
MOST_NAMED = 5
"""Plants named under each heading of what stands out."""


@blueprint.get("/overview", endpoint="overview")
@for_inspectors
def page() -> ResponseReturnValue:
    """The division at a glance."""
    month = _month(request.args.get("month", ""))

    def read(ctx: Context) -> tuple[Overview, dict[str, str]]:
        plants = registry.facilities_under(ctx.connection, ctx.actor.division)
        return reading.overview(ctx, month), {row.code: row.name for row in plants}

    seen, names = do(read)
    wanted = request.args.get("concern", "")
    tasks = [task for task in seen.tasks if not wanted or task.concern == wanted]
    return render_template(
        "regulator/overview.html",
        seen=seen,
        authority=acting().organisation_name,
        division=acting().actor.division,
        as_of=runtime().now(),
        judged=[_card(one) for one in seen.judged],
        flow=charting.flow_chart(seen.flow, names),
        columns=_columns(seen),
        tasks=[_line(task, names) for task in tasks[:MOST_TASKS]],
        unlisted=max(0, len(tasks) - MOST_TASKS),
        standing_out=[group for group in _standing_out(seen) if group["count"]],
        chips=_chips(seen, wanted),
        causes=_causes(seen),
        sites=[_site(site, seen) for site in seen.sites],
        older=url_for("regulator.overview", month=f"{seen.before.first:%Y-%m}"),
        newer=_newer(seen),
        share=percent_of(seen.sums.missing, seen.sums.produced + seen.sums.opening),
        overdue_kg=sum(load.kg for load in seen.overdue),
    )


# What stands out


def _standing_out(seen: Overview) -> Iterable[dict[str, Any]]:
    """The plants whose figures cannot be, each kind under its heading with those that weigh most."""
    odd: dict[Odd, list[Oddity]] = defaultdict(list)
    for one in seen.oddities:
        odd[one.odd].append(one)
    below: dict[tuple[str, str], int] = defaultdict(int)
    for lot in seen.negative:
        below[lot.facility, lot.facility_name] += _lowest(lot)
    deepest = sorted(below.items(), key=lambda item: item[1])
    returns = [(one.plant.code, one.plant.name, one.units, _return_told(one)) for one in odd[Odd.RETURN]]
    yield _group(Concern.IMPLAUSIBLE, _("一家占比过大，或远超能力，多半是填错了数"), returns)
    stock = [(code, name, units, "") for (code, name), units in deepest]
    yield _group(Concern.NEGATIVE, _("运出、处置的比有的多，账面低于零"), stock)
    more = [(one.plant.code, one.plant.name, one.units, "") for one in odd[Odd.MANAGED_MORE]]
    yield _group(Concern.MANAGED_MORE, _("处置加不明，比产量加期初多 5 %% 以上；列出多出的量"), more)
    missing = [(one.plant.code, one.plant.name, one.plant.unaccounted, "") for one in odd[Odd.UNACCOUNTED]]
    yield _group(Concern.UNACCOUNTED, _("去向不明超过产量的 2 %%；负数是多出来的"), missing)


def _return_told(one: Oddity) -> str:
    facts = {"share": one.share, "times": grouped(one.times)}
    if one.plant.capacity:
        return _("占全辖区 %(share)s %%，是许可能力的 %(times)s 倍", **facts)
    return _("占全辖区 %(share)s %%，是各厂中位数的 %(times)s 倍", **facts)


def _group(concern: Concern, note: str, found: list[tuple[str, str, int, str]]) -> dict[str, Any]:
    month = request.args.get("month") or None
    return {
        "title": words.concerns()[concern],
        "note": note,
        "tone": words.TONES[concern],
        "count": len(found),
        "units": sum(units for _code, _name, units, _more in found),
        "lines": [
            {"name": name, "href": url_for("regulator.facility", code=code), "units": units, "more": more}
            for code, name, units, more in found[:MOST_NAMED]
        ],
        "href": url_for("regulator.overview", month=month, concern=concern) + "#tasks",
    }


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _newer(seen: Overview) -> str:
    following = (seen.month.first + timedelta(days=31)).replace(day=1)
    is_past = following <= page_reading().now.date()
    return url_for("regulator.overview", month=f"{following:%Y-%m}") if is_past else ""


def _card(one: reading.Judged) -> dict[str, Any]:
    named = {rate.key: rate for rate in words.rates()}[one.rate]
    first = one.targets[0] if one.targets else None
    return {
        "label": named.name,
        "formula": named.formula,
        "value": one.value,
        "before": one.before,
        "met": one.met,
        "target": words.target_text(first) if first else "",
        "source": source_word(first.source) if first else "",
    }


def _causes(seen: Overview) -> list[dict[str, Any]]:
    named = words.causes()
    found = seen.row["unaccounted_by_cause"] or {}
    return [{"cause": cause, "label": named[cause], "tonnes": tonnes} for cause, tonnes in found.items()]


def _columns(seen: Overview) -> list[dict[str, Any]]:
    """Six months of the harmless rate; months without production are left out."""
    met = {one.rate: one.met for one in seen.judged}["harmless_rate"]
    shown = []
    for month, rate in seen.history:
        if rate is None:
            continue
        tone = "good" if met or month != seen.month.first else "warning"
        label = page_reading().month(month)
        shown.append({"label": label, "value": int(Decimal(rate)), "text": rate, "tone": tone})
    return shown


def _site(site: SiteLoad, seen: Overview) -> dict[str, Any]:
    days = (seen.month.last - seen.month.first).days + 1
    daily_kg = int(t80_from_units(site.received_units).replace(".", "")) // days
    return {
        "row": site,
        "daily_kg": daily_kg,
        "share": percent_of(daily_kg, site.capacity_t80_kg_d) if site.capacity_t80_kg_d else None,
        "over": site.capacity_t80_kg_d is not None and daily_kg > site.capacity_t80_kg_d,
    }


# The work list


def _chips(seen: Overview, wanted: str) -> list[dict[str, Any]]:
    month = request.args.get("month") or None
    named = {"": _("全部"), **words.concerns()}
    counts = {key: sum(1 for task in seen.tasks if key in ("", task.concern)) for key in named}
    return [
        {
            "href": url_for("regulator.overview", month=month, concern=key or None) + "#tasks",
            "label": label,
            "count": counts[key],
            "current": key == wanted,
        }
        for key, label in named.items()
        if counts[key] or not key
    ]


_BY_DAY = (
    Concern.DISPOSAL,
    Concern.NEGATIVE,
    Concern.IMPLAUSIBLE,
    Concern.MANAGED_MORE,
    Concern.UNACCOUNTED,
)
"""Concerns that have a day and no time of the day."""


def _line(task: Task, names: Mapping[str, str]) -> dict[str, Any]:
    what, who, href = _told(task, names)
    return {
        "what": what,
        "who": who,
        "href": href,
        "kg": task.kg,
        "since": task.since,
        "whole_day": task.concern in _BY_DAY,
        "tone": words.TONES[task.concern],
        "word": words.concerns()[task.concern],
    }


def _told(task: Task, names: Mapping[str, str]) -> tuple[str, str, str]:
    """What it is, who it concerns, and where to go on."""
    about = task.about
    if isinstance(about, OpenLoad):
        return _load_told(task.concern, about)
    if isinstance(about, BadDisposal):
        return _disposal_told(about), about.facility_name, url_for("regulator.lot", name=about.lot)
    if isinstance(about, Negative):
        what = _("%(name)s 账面为负：%(mass)s（干）", name=about.name, mass=dry_mass(_lowest(about)))
        return what, about.facility_name, url_for("regulator.lot", name=about.name)
    if isinstance(about, Oddity):
        return _odd_told(about), about.plant.name, url_for("regulator.facility", code=about.plant.code)
    return _other_told(about, names)


def _odd_told(one: Oddity) -> str:
    amount = dry_mass(one.units)
    if one.odd is Odd.RETURN:
        return _("申报产量 %(mass)s（干），%(why)s", mass=amount, why=_return_told(one))
    if one.odd is Odd.MANAGED_MORE:
        return _("处置和不明的比产量加期初多 %(mass)s（干）", mass=amount)
    return _("去向不明 %(mass)s（干），超过产量的 2 %%", mass=dry_mass(one.plant.unaccounted))


def _load_told(concern: Concern, load: OpenLoad) -> tuple[str, str, str]:
    way = f"{load.giver} → {load.destination}"
    if concern is Concern.DISPUTED:
        return _("互相矛盾的记录，等裁定"), way, url_for("regulator.resolve", number=load.number)
    truck = f"{plate(load.plate)} " if load.plate else ""
    what = words.waiting(load.due.stage) if load.due else ""
    return f"{truck}{what}", f"{load.hauler} · {way}", url_for("manifests.page", number=load.number)


def _disposal_told(bad: BadDisposal) -> str:
    reasons = register_words.listed(breach_text(reason)[0] for reason in bad.reasons)
    return _("%(what)s：%(why)s", what=f"{route_word(bad.route)} {mass(bad.wet_kg)}", why=reasons)


def _other_told(about: Away | SelfAmended | Lost, names: Mapping[str, str]) -> tuple[str, str, str]:
    if isinstance(about, Lost):
        what = _("查实倾倒") if about.dumped else _("灭失")
        who = f"{about.hauler} · {about.giver} → {about.destination}"
        return f"{what} · {_('干')} {dry_mass(about.units)}", who, url_for("manifests.page", number=about.number)
    if isinstance(about, Away):
        truck = plate(about.plate)
        told = _("%(what)s：%(why)s", what=truck, why=about.finding) if about.finding else truck
        return told, about.facility, url_for("regulator.roadside", plate=about.plate)
    fields = register_words.listed(register_words.field_word_of("facility", name) for name in about.fields)
    site = url_for("regulator.facility", code=about.facility)
    return _("经营单位自行改了：%(fields)s", fields=fields), names.get(about.facility, about.facility), site


def _lowest(one: Negative) -> int:
    return min(one.physical_units, one.origin_units)
