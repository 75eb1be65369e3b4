"""What every command has, and the lines of flat objects it may carry."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, ClassVar

from sludgetrack.domain.events import EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What every command has. ``occurred_at`` None means: now, by the server."""

    event: ClassVar[EventType]
    event_id: str
    occurred_at: datetime | None = None
    based_on: str | None = None
    remark: str | None = None

    def figures(self) -> dict[str, Any]:
        """The claimed fields that were given, as they stand in a claim."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self) if self._is_given(f.name)}

    def _is_given(self, name: str) -> bool:
        return name not in _META and getattr(self, name) not in (None, ())


_META = frozenset(("event_id", "occurred_at", "based_on"))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Line):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True)
class Line:
    """A flat object in a list of a claim."""
