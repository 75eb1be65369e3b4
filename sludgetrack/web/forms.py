"""Forms of every page: what was typed, what is wrong with which field, and the command that comes of it.

A page shows ``fresh()`` on GET and works on ``posted()`` on POST::

    form = forms.posted()
    receipt = form.attempt(EventType.VOIDED, lambda command: run_as(actor, lambda ctx: manifests.act(ctx, no, command)))
    if receipt is not None:
        return redirect(...)
    return render_template("….html", form=form), form.status

In templates ``form['net_out_t']`` is what the field holds, ``form.error('net_out_t')`` what is wrong with it,
``form.summary`` goes to ``kit.errors`` and ``form.event_id`` into a hidden field, which makes sending twice harmless.
Fields are named as on the wire (``schemas.commands.wire_name``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import uuid_utils
from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _
from marshmallow import Schema, ValidationError

from sludgetrack.domain.errors import (
    DomainError,
    IdempotencyConflict,
    InvalidFigures,
    NotFound,
    NotPermitted,
    OutOfRange,
    SameParty,
)
from sludgetrack.domain.events import EventType
from sludgetrack.domain.fields import BY_NAME
from sludgetrack.domain.identity import Role
from sludgetrack.domain.quantities import percent_from_bp, tonnes_from_kg
from sludgetrack.domain.times import LEGAL_ZONE
from sludgetrack.i18n import CHINESE
from sludgetrack.problems import N_, problem_of, sentence
from sludgetrack.schemas.commands import SCHEMAS, wire_name
from sludgetrack.web.format import Reading, mass, moisture
from sludgetrack.web.runtime import runtime
from sludgetrack.web.words import code_words, field_word, role_word, route_word

T = TypeVar("T")

UNSEEN = frozenset(("event_id", "based_on"))
"""Fields a person does not see; what is wrong with them is said above the form."""

_ROUTES = ("route", "permitted")
_FACILITIES = ("destination", "giver", "facility")
"""Facts of a refusal that are codes with names of their own."""

_NO_FIGURES = UNSEEN | {"occurred_at"}

_SPOKEN: tuple[tuple[str, str], ...] = (
    (r"Missing data for required field\.|Field may not be null\.", N_("这一项必须填写。")),
    (r"Not a valid integer\.", N_("应为整数，不带小数和单位。")),
    (r"Not a valid date\.", N_("应为日期，例如 2026-03-02。")),
    (r"Not a valid boolean\.|Must be one of: .*\.", N_("请从给出的选项中选一项。")),
    (r"Longer than maximum length (?P<n>\d+)\.", N_("太长了，最多 %(n)s 个字。")),
    (r"Length must be between \d+ and (?P<n>\d+)\.", N_("太长了，最多 %(n)s 个字。")),
    (
        r"Must be greater than or equal to (?P<low>\d+) and less than or equal to (?P<high>\d+)\.",
        N_("应在 %(low)s 到 %(high)s 之间。"),
    ),
)
"""What the schemas' own English messages become; other messages are texts of the catalogue already."""


@dataclass(slots=True)
class Form:
    """One form on one page. ``values`` and ``lists`` are texts by wire name; ``status`` is the answer's HTTP status.

    ``labels`` name fields for the summary of errors, where they are none of a command's own.
    """

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    lists: Mapping[str, list[str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    status: int = 200

    def __getitem__(self, name: str) -> str:
        """What a field holds; empty where nothing was typed."""
        return self.values.get(name, "")

    def chosen(self, name: str) -> list[str]:
        """Every value of a field that may have several, ticked boxes or lines."""
        return list(self.lists.get(name, ()))

    @property
    def event_id(self) -> str:
        """The id the event will have."""
        return self["event_id"]

    def error(self, name: str) -> str:
        """What is wrong with a field, or nothing."""
        return self.errors.get(name, "")

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Every error with its field, for the notice above the form; those without a field to see have no name."""
        return [("" if name in UNSEEN else name, self._named(name, text)) for name, text in self.errors.items()]

    def _named(self, name: str, text: str) -> str:
        """An error with its field's label before it, where that is known."""
        label = self.labels.get(name) or _label(name)
        colon = _("：")
        return f"{label}{colon}{text}" if label else text

    def blame(self, name: str, text: str, status: int = 422) -> None:
        """Say what is wrong with a field; ``name`` is empty for the form as a whole. The first word counts."""
        self.errors.setdefault(name, text)
        self.status = status if self.status == 200 else self.status

    def move_error(self, name: str, shown_at: str) -> None:
        """Say at another field what is wrong with one that the page does not show."""
        if name in self.errors:
            self.errors.setdefault(shown_at, self.errors.pop(name))

    def section(self, prefix: str) -> Form:
        """The fields whose names begin so, without that beginning, for a form that makes several commands."""
        values = {name.removeprefix(prefix): text for name, text in self.values.items() if name.startswith(prefix)}
        return Form(values, lists=self.lists)

    def blame_section(self, prefix: str, part: Form) -> None:
        """Take over a section's errors; those nobody sees there belong to the form as a whole."""
        for name, text in part.errors.items():
            self.labels.setdefault(prefix + name, part.labels.get(name) or _label(name))
            self.blame(prefix + name if name and name not in UNSEEN else "", text, part.status)

    def command(self, event: EventType, fixed: Mapping[str, Any] | None = None) -> Any:
        """The command typed, or None with the errors noted. ``fixed`` are wire values the page knows by itself."""
        return self.load(SCHEMAS[event](), fixed)

    def load(self, schema: Schema, fixed: Mapping[str, Any] | None = None) -> Any:
        """What a schema makes of what was typed, or None with the errors noted."""
        data = {name: text for name, text in self.values.items() if name in _wire_names(schema)}
        try:
            return schema.load({**data, **(fixed or {})})
        except ValidationError as error:
            messages = error.messages_dict
            for name in messages:
                for place, said_ in _placed(str(name), messages[name]):
                    self.blame(place, _spoken(said_))
            return None

    def refuse(self, error: DomainError, words: Mapping[str, str] | None = None) -> None:
        """Note a refusal beside its field. ``words`` are further names for codes (facilities).

        What no field can mend is raised again, to become a page of its own: NotPermitted, and NotFound without a field.
        """
        if isinstance(error, NotPermitted) or (isinstance(error, NotFound) and error.field is None):
            raise error
        if isinstance(error, InvalidFigures):
            for problem in error.problems:
                self.refuse(problem, words)
            return
        if isinstance(error, IdempotencyConflict):
            self.values["event_id"] = new_id()
            self.blame("", _("这张表刚才已经提交过。内容改了，要再记一次请再提交。"), 409)
            return
        self.blame(wire_name(error.field or ""), said(error, words), problem_of(error).status)

    def guard(self, work: Callable[[], T], words: Mapping[str, str] | None = None) -> T | None:
        """What the work gives, or None with its refusal noted."""
        try:
            return work()
        except DomainError as error:
            self.refuse(error, words)
            return None

    def attempt(
        self,
        event: EventType,
        work: Callable[[Any], T],
        *,
        fixed: Mapping[str, Any] | None = None,
        words: Mapping[str, str] | None = None,
    ) -> T | None:
        """Do something with the command typed: the result, or None with every error noted."""
        command = self.command(event, fixed)
        return None if command is None else self.guard(lambda: work(command), words)


def _label(name: str) -> str:
    """The name of a command's field, by its name on the wire."""
    for field_name in (name, name.removesuffix("_t") + "_kg", name.removesuffix("_pct") + "_bp"):
        if field_name in BY_NAME:
            return field_word(field_name)
    return ""


def new_id() -> str:
    """A fresh id for an event."""
    return str(uuid_utils.uuid7())


def fresh(proposed: Mapping[str, str | None] | None = None) -> Form:
    """A form not sent yet, with a new event id and what is proposed; None is left empty."""
    known = {name: text for name, text in (proposed or {}).items() if text is not None}
    return Form({"event_id": new_id(), **known})


def posted() -> Form:
    """The form as it was sent, trimmed."""
    typed = {name: text.strip() for name, text in request.form.items() if name != "csrf_token"}
    return Form(typed, lists=request.form.to_dict(flat=False))


def instant_text(local: str, zone: str = LEGAL_ZONE) -> str:
    """RFC 3339 of what a ``datetime-local`` field holds in a zone; other text stays, for the schema to refuse."""
    try:
        typed = datetime.fromisoformat(local)
    except ValueError:
        return local
    return (typed if typed.tzinfo else typed.replace(tzinfo=ZoneInfo(zone))).isoformat(timespec="seconds")


def local_text(instant: datetime | None, zone: str = LEGAL_ZONE) -> str:
    """What a ``datetime-local`` field holds for an instant."""
    return "" if instant is None else instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def typed_figures(command: Mapping[str, Any]) -> dict[str, str | None]:
    """A stored command's figures as a form holds them, by wire name; ids and lists are left out."""
    return {wire_name(name): _typed(name, value) for name, value in command.items() if name not in _NO_FIGURES}


def _typed(name: str, value: Any) -> str | None:
    if name.endswith("_kg") and isinstance(value, int):
        return tonnes_from_kg(value)
    if name.endswith("_bp") and isinstance(value, int):
        return percent_from_bp(value)
    if isinstance(value, bool):
        return "1" if value else None
    return None if value is None or isinstance(value, list) else str(value)


def said(error: DomainError, words: Mapping[str, str] | None = None) -> str:
    """A refusal in the reader's words: legal time, tonnes and names instead of UTC, kilograms and codes.

    ``words`` are the names of facilities by code.
    """
    return sentence(_told(error, words or {}), _, code_words())


def reading() -> Reading:
    """How this page writes times."""
    parts = runtime()
    zone: tzinfo = parts.settings.time_zone
    return Reading(str(get_locale() or CHINESE), parts.now(), zone)


def _told(error: DomainError, names: Mapping[str, str]) -> DomainError:
    if "problems" in vars(error):
        return error
    told = {key: _fact(error, key, value, names) for key, value in error.facts.items()}
    return type(error)(field=error.field, **told)


def _fact(error: DomainError, key: str, value: object, names: Mapping[str, str]) -> object:
    if isinstance(value, datetime):
        return reading().moment(value)
    if isinstance(error, OutOfRange) and key == "value" and isinstance(value, int):
        return _quantity(error.field or "", value)
    if key in _ROUTES:
        return [route_word(code) for code in value] if isinstance(value, list) else route_word(str(value))
    if error.field == "roles":
        return [_role(code) for code in value] if isinstance(value, list) else _role(str(value))
    if key in _FACILITIES or isinstance(error, SameParty):
        return names.get(str(value), value)
    return value


def _role(code: str) -> str:
    return role_word(Role(code)) if code in list(Role) else code


def _quantity(field_name: str, value: int) -> str:
    if field_name.endswith("_kg"):
        return mass(value)
    return moisture(value) if field_name.endswith("_bp") else str(value)


def _wire_names(schema: Schema) -> set[str]:
    return {known.data_key or name for name, known in schema.fields.items()}


def _placed(name: str, messages: object) -> Iterator[tuple[str, object]]:
    """Where a schema's messages belong: the field, or of a list the field of a line, ``outputs/0/wet_t``."""
    if isinstance(messages, dict) and all(isinstance(key, int) for key in messages):
        for n, line in messages.items():
            found = line if isinstance(line, dict) else {"": line}
            yield from ((f"{name}/{n}/{part}".rstrip("/"), said_) for part, said_ in found.items())
    else:
        yield name, messages


def _spoken(messages: object) -> str:
    """One sentence out of a schema's messages for a field, however deep they lie."""
    while isinstance(messages, dict | list):
        messages = next(iter(messages.values() if isinstance(messages, dict) else messages), "")
    for pattern, text in _SPOKEN:
        found = re.fullmatch(pattern, str(messages))
        if found:
            return str(_(text, **found.groupdict()))
    return str(_(str(messages)))
