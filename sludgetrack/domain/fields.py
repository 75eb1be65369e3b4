"""The fields an event claims: what each is, which event demands it, and which event seals it.

The one table behind claim checks, API refusals and greyed-out form fields. A field is sealed by the first event that
claims it; only the events named in ``reopened_by`` may claim it anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sludgetrack.domain.events import EventType as E


class FieldKind(StrEnum):
    """How a field's value is written in a claim."""

    MASS = "mass"
    """whole kilograms"""
    MOISTURE = "moisture"
    """basis points of the wet mass, 0-10000"""
    TEXT = "text"
    CODE = "code"
    TIME = "time"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    LINES = "lines"
    """a list of flat objects"""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field of a manifest. ``claimed_by``: events that may carry it; ``required_by``: events refused without it."""

    name: str
    kind: FieldKind
    zh: str
    en: str
    claimed_by: tuple[E, ...]
    required_by: tuple[E, ...] = ()
    reopened_by: tuple[E, ...] = ()
    max_length: int = 120


_K = FieldKind
_ISSUE, _LOAD, _RECEIVE, _RETURN = (E.ISSUED,), (E.LOADED,), (E.RECEIVED,), (E.RETURNED,)
_PROPOSE = (E.CORRECTION_PROPOSED,)
_ANSWER = (E.CORRECTION_APPROVED, E.CORRECTION_REFUSED, E.CORRECTION_WITHDRAWN)
_REASONED = (
    E.TRANSFERRED,
    E.REDIRECTED,
    E.RETURNED,
    E.VOIDED,
    E.RESOLVED,
    E.CORRECTION_PROPOSED,
    E.CORRECTION_REFUSED,
    E.CORRECTION_WITHDRAWN,
)

RULES: tuple[FieldRule, ...] = (
    FieldRule("giver", _K.CODE, "产生单位", "producer", _ISSUE, _ISSUE),
    FieldRule("hauler", _K.CODE, "运输单位", "hauler", (*_ISSUE, E.ASSIGNED), _ISSUE),
    FieldRule(
        "destination",
        _K.CODE,
        "处置单位",
        "disposal site",
        (*_ISSUE, E.REDIRECTED),
        (*_ISSUE, E.REDIRECTED),
        reopened_by=(E.REDIRECTED,),
    ),
    FieldRule(
        "route",
        _K.CODE,
        "利用处置方式",
        "route",
        (*_ISSUE, E.REDIRECTED),
        (*_ISSUE, E.REDIRECTED),
        reopened_by=(E.REDIRECTED,),
    ),
    FieldRule("planned_kg", _K.MASS, "计划数量", "planned mass", _ISSUE, _ISSUE),
    FieldRule("planned_minutes", _K.NUMBER, "计划时长", "planned minutes", _ISSUE),
    FieldRule("batches", _K.LINES, "污泥批次", "batches", _ISSUE),
    FieldRule("external_number", _K.TEXT, "外部联单号", "external number", _ISSUE, max_length=40),
    FieldRule("contract", _K.TEXT, "处置合同号", "contract", _ISSUE),
    FieldRule(
        "plate",
        _K.TEXT,
        "车牌号",
        "plate",
        (E.ASSIGNED, E.LOADED, E.TRANSFERRED),
        (E.ASSIGNED, E.LOADED, E.TRANSFERRED),
        reopened_by=(E.ASSIGNED, E.LOADED, E.TRANSFERRED),
        max_length=12,
    ),
    FieldRule(
        "driver",
        _K.CODE,
        "驾驶员",
        "driver",
        (E.ASSIGNED, E.LOADED, E.TRANSFERRED),
        reopened_by=(E.ASSIGNED, E.LOADED, E.TRANSFERRED),
    ),
    FieldRule("gross_out_kg", _K.MASS, "出厂毛重", "gross out", _LOAD),
    FieldRule("tare_out_kg", _K.MASS, "出厂皮重", "tare out", _LOAD),
    FieldRule("net_out_kg", _K.MASS, "出厂净重", "net out", _LOAD, _LOAD),
    FieldRule("moisture_out_bp", _K.MOISTURE, "出厂含水率", "moisture out", _LOAD),
    FieldRule("moisture_method", _K.CHOICE, "检测方法", "moisture method", _LOAD),
    FieldRule("ticket_out", _K.TEXT, "出厂磅单号", "weigh ticket out", _LOAD, max_length=40),
    FieldRule("seal", _K.TEXT, "铅封号", "seal", _LOAD, max_length=40),
    FieldRule(
        "place",
        _K.TEXT,
        "地点",
        "place",
        (E.TRANSFERRED, E.INSPECTED),
        (E.TRANSFERRED, E.INSPECTED),
        reopened_by=(E.TRANSFERRED, E.INSPECTED),
    ),
    FieldRule("gross_arrival_kg", _K.MASS, "到厂毛重", "gross at the gate", (E.ARRIVED,), reopened_by=(E.ARRIVED,)),
    FieldRule("gross_in_kg", _K.MASS, "进厂毛重", "gross in", _RECEIVE, reopened_by=_RECEIVE),
    FieldRule("tare_in_kg", _K.MASS, "进厂皮重", "tare in", _RECEIVE, reopened_by=_RECEIVE),
    FieldRule("net_in_kg", _K.MASS, "进厂净重", "net in", _RECEIVE, reopened_by=_RECEIVE),
    FieldRule("moisture_in_bp", _K.MOISTURE, "进厂含水率", "moisture in", _RECEIVE, reopened_by=_RECEIVE),
    FieldRule("ticket_in", _K.TEXT, "进厂磅单号", "weigh ticket in", _RECEIVE, reopened_by=_RECEIVE, max_length=40),
    FieldRule("decision", _K.CHOICE, "处理意见", "decision", _RECEIVE, _RECEIVE, reopened_by=_RECEIVE),
    FieldRule("accepted_kg", _K.MASS, "接收数量", "accepted mass", _RECEIVE, reopened_by=_RECEIVE),
    FieldRule("seal_intact", _K.FLAG, "铅封完好", "seal intact", _RECEIVE, reopened_by=_RECEIVE),
    FieldRule("unload_point", _K.TEXT, "卸料点", "unloading point", _RECEIVE, reopened_by=_RECEIVE),
    FieldRule("returned_kg", _K.MASS, "退回数量", "returned mass", _RETURN, _RETURN, reopened_by=_RETURN),
    FieldRule(
        "reason",
        _K.TEXT,
        "原因",
        "reason",
        (E.RECEIVED, *_REASONED),
        _REASONED,
        reopened_by=(E.RECEIVED, *_REASONED),
        max_length=400,
    ),
    FieldRule(
        "finding",
        _K.TEXT,
        "认定",
        "finding",
        (E.LOST, E.INSPECTED),
        (E.LOST, E.INSPECTED),
        reopened_by=(E.LOST, E.INSPECTED),
        max_length=400,
    ),
    FieldRule("dumped", _K.FLAG, "查实倾倒", "found dumped", (E.LOST,)),
    FieldRule(
        "stands", _K.CODE, "采信的记录", "claim that stands", (E.RESOLVED,), (E.RESOLVED,), reopened_by=(E.RESOLVED,)
    ),
    FieldRule("corrects", _K.CODE, "被更正的记录", "corrected event", _PROPOSE, _PROPOSE, reopened_by=_PROPOSE),
    FieldRule("changes", _K.LINES, "更正内容", "changes", _PROPOSE, _PROPOSE, reopened_by=_PROPOSE),
    FieldRule("proposal", _K.CODE, "更正提议", "proposed correction", _ANSWER, _ANSWER, reopened_by=_ANSWER),
    FieldRule(
        "photo",
        _K.CODE,
        "照片",
        "photo",
        (E.RECEIVED, E.INSPECTED, E.RETURNED),
        reopened_by=(E.RECEIVED, E.INSPECTED, E.RETURNED),
    ),
    FieldRule("remark", _K.TEXT, "备注", "remark", tuple(E), reopened_by=tuple(E), max_length=400),
)

BY_NAME: Mapping[str, FieldRule] = {rule.name: rule for rule in RULES}


def claimed_by(event: E) -> tuple[FieldRule, ...]:
    """The fields an event may carry, in the order of the form."""
    return tuple(rule for rule in RULES if event in rule.claimed_by)


def required_by(event: E) -> tuple[str, ...]:
    """The names of the fields without which an event is refused."""
    return tuple(rule.name for rule in RULES if event in rule.required_by)


def is_sealed(name: str, event: E, claimed: Mapping[str, E]) -> bool:
    """Whether ``event`` may no longer set a field, ``claimed`` being the fields claimed so far and by which event."""
    return name in claimed and event not in BY_NAME[name].reopened_by
