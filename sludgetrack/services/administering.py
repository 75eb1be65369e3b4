"""What every act of an administrator shares: it is recorded once, however often it is sent, and only what differs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from sludgetrack.domain.chain import canonical_bytes
from sludgetrack.domain.registrations import Request
from sludgetrack.services.context import Context
from sludgetrack.services.registering import Registration, register
from sludgetrack.store.append import find


class Outcome(StrEnum):
    """What came of a request."""

    RECORDED = "recorded"
    AGAIN = "again"
    """The same request was recorded before; nothing was written now."""
    UNCHANGED = "unchanged"
    """Everything is registered so already; nothing was written."""

    @property
    def again(self) -> bool:
        """Whether an earlier sending of the request did it."""
        return self is Outcome.AGAIN


def once(ctx: Context, request: Request, make: Callable[[], Registration | None]) -> Outcome:
    """Record what ``make`` gives for the acting person, once. ``make`` checks, and gives None where nothing differs.

    Raises IdempotencyConflict where the id was used for another request.
    """
    print_ = _fingerprint(ctx, request)
    if find(ctx.connection, request.event_id, print_):
        return Outcome.AGAIN
    registration = make()
    if registration is None:
        return Outcome.UNCHANGED
    said = replace(registration, fingerprint=print_)
    register(ctx.connection, [said], ctx.now, actor=ctx.actor.person, organisation=ctx.actor.organisation)
    ctx.directory.forget()
    return Outcome.RECORDED


def differing(before: Any, stated: Mapping[str, Any]) -> dict[str, Any]:
    """The stated fields that are not what a row says already, dates as text."""
    return {name: value for name, value in stated.items() if _shown(getattr(before, name)) != value}


def _shown(value: Any) -> Any:
    if isinstance(value, (tuple, frozenset)):
        return sorted(str(item) for item in value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _fingerprint(ctx: Context, request: Request) -> bytes:
    kind = type(request).__name__
    return hashlib.sha256(
        canonical_bytes({**request.document(), "request_type": kind, "request_person": ctx.actor.person})
    ).digest()
