"""Commands to and from JSON, for offers that wait with the figures of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from sludgetrack.domain.commands import COMMANDS, Command
from sludgetrack.domain.events import Claim, EventType
from sludgetrack.domain.times import parse_rfc3339, rfc3339

Read = Callable[[Any], Any]


def store_command(command: Command) -> dict[str, Any]:
    """A command as a JSON object."""
    return {
        **command.figures(),
        "event_id": command.event_id,
        "occurred_at": rfc3339(command.occurred_at) if command.occurred_at else None,
        "based_on": command.based_on,
    }


def load_command(event: EventType, document: Mapping[str, Any]) -> Command:
    """The command a stored JSON object holds."""
    read = _readers(event)
    return COMMANDS[event](**{name: _given(read.get(name), value) for name, value in document.items()})


def command_of(claim: Claim) -> Command:
    """The command whose figures a claim carries, without what the record added to them."""
    wanted = {f.name for f in fields(COMMANDS[claim.type])}
    said = {name: value for name, value in claim.figures.items() if name in wanted}
    return load_command(claim.type, {**said, "event_id": claim.event_id})


@cache
def _readers(event: EventType) -> Mapping[str, Read]:
    """How the fields are read that JSON has no kind for: days, instants and lists of lines."""
    found: dict[str, Read] = {}
    for name, hint in get_type_hints(COMMANDS[event]).items():
        kinds = get_args(hint) or (hint,)
        if datetime in kinds:
            found[name] = parse_rfc3339
        elif date in kinds:
            found[name] = date.fromisoformat
        elif get_origin(hint) is tuple:
            found[name] = _lines_of(kinds[0])
    return found


def _lines_of(line: Callable[..., Any]) -> Read:
    return lambda items: tuple(line(**item) if isinstance(item, Mapping) else item for item in items)


def _given(read: Read | None, value: Any) -> Any:
    return value if read is None or value is None else read(value)
