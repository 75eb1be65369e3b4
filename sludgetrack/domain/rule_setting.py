"""What an authority asks the record to take in about rules: policy, clocks, routes, treatments, limits, targets.

Everything holds from a day on and names its source. Nothing is taken back: a later row overrides an earlier one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import ClassVar

from sludgetrack.domain.clocks import Clocks
from sludgetrack.domain.dated import TableName
from sludgetrack.domain.errors import DomainError, OutOfRange
from sludgetrack.domain.limits import SEPARATOR
from sludgetrack.domain.policy import Rule
from sludgetrack.domain.registrations import Request

YES_NO = ("Y", "N")
CLOCKS = tuple(clock.name for clock in fields(Clocks))
"""The rules without a route."""

_PERCENT = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2})?|100(\.0{1,2})?")
_LENGTH = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Request):
    """Something that holds from the legal day ``valid_from`` on, as ``source`` says."""

    valid_from: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPolicy(Setting):
    """A division's rule about a route, or without a route one of its clocks. The value is text, as in the table."""

    division: str
    rule: str
    value: str
    route: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRoute(Setting):
    """A route's flags and gates for everybody; what is None stays."""

    table: ClassVar[TableName] = TableName.ROUTES
    route: str
    harmless: str | None = None
    resource_narrow: bool | None = None
    resource_broad: bool | None = None
    landfill: bool | None = None
    needs_lab: bool | None = None
    needs_stabilisation: bool | None = None
    moisture_max_pct: str | None = None
    moisture_op: str | None = None
    standard: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTreatment(Setting):
    """Whether a process stabilises, and the dry solids it plausibly keeps, in whole percent; what is None stays."""

    table: ClassVar[TableName] = TableName.TREATMENTS
    treatment: str
    stabilises: bool | None = None
    kept_min_pct: int | None = None
    kept_max_pct: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLimit(Setting):
    """A limit of a standard for the routes it applies to; ``used`` false gives it up."""

    standard: str
    applies_to: str
    parameter: str
    op: str
    value: str
    unit: str = ""
    condition: str = ""
    used: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLimits(Request):
    """确认限值: the person compared limits of a standard with its printed text. ``limits`` are keys with readings."""

    standard: str
    limits: tuple[str, ...]
    checked_on: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTarget(Setting):
    """A rate a division has to reach by the end of a year; ``used`` false gives it up."""

    division: str
    rate: str
    op: str
    value_pct: str
    year: int
    city_class: str = ""
    binding: bool = False
    used: bool = True


def policy_problems(said: SetPolicy) -> Iterator[DomainError]:
    """What is wrong with a rule and its value, as far as they say by themselves."""
    known = tuple(map(str, Rule)) if said.route else CLOCKS
    if said.rule not in known:
        yield OutOfRange(field="rule", value=said.rule, wanted=list(known))
    elif said.rule == Rule.MOISTURE_MAX_PCT:
        yield from percent_problems("value", said.value)
    elif said.route and said.value not in YES_NO:
        yield OutOfRange(field="value", value=said.value, wanted=list(YES_NO))
    elif not said.route and not _LENGTH.fullmatch(said.value):
        yield OutOfRange(field="value", value=said.value, wanted="0–9999.99")


def percent_problems(field: str, text: str) -> Iterator[DomainError]:
    """What is wrong with a text that should be a percentage."""
    if not _PERCENT.fullmatch(text):
        yield OutOfRange(field=field, value=text, wanted="0–100, 0.01")


def words_problems(**words: str) -> Iterator[DomainError]:
    """Parts of a key that hold what parts them."""
    for field, text in words.items():
        if SEPARATOR in text:
            yield OutOfRange(field=field, value=text, wanted=f"≠ {SEPARATOR}")
