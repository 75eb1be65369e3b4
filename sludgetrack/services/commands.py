"""Commands to and from JSON, for offers that wait with the figures of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sludgetrack.domain.commands import COMMANDS, BatchLine, Command
from sludgetrack.domain.events import EventType
from sludgetrack.domain.times import parse_rfc3339, rfc3339


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
    values = dict(document)
    if values.get("occurred_at"):
        values["occurred_at"] = parse_rfc3339(values["occurred_at"])
    if "batches" in values:
        values["batches"] = tuple(BatchLine(line["batch"], line["kg"]) for line in values["batches"])
    if "day" in values:
        values["day"] = date.fromisoformat(values["day"])
    return COMMANDS[event](**values)
