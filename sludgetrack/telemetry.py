"""What a running system says about itself: one line per thing that happened, to standard error.

A line has an event name from below, identifiers and figures; never names of people, phone numbers or whole objects.
On a terminal it is for reading, elsewhere it is JSON.
"""

from __future__ import annotations

import logging
import re
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

import structlog
import uuid_utils

if TYPE_CHECKING:
    from structlog.typing import EventDict, FilteringBoundLogger, Processor

REQUEST_SERVED: Final = "request_served"
REQUEST_FAILED: Final = "request_failed"
LOGIN_REFUSED: Final = "login_refused"
EVENT_APPENDED: Final = "event_appended"
COMMAND_REFUSED: Final = "command_refused"
UNIT_RETRIED: Final = "unit_retried"
OUTBOX_DONE: Final = "outbox_done"
OUTBOX_FAILED: Final = "outbox_failed"
SERVER_STARTED: Final = "server_started"
DATABASE_STARTED: Final = "database_started"
DATABASE_STOPPED: Final = "database_stopped"
DATABASE_HEALED: Final = "database_healed"

_GIVEN_ID: Final = re.compile(r"[0-9A-Za-z._-]{8,64}")
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def configure(*, as_json: bool | None = None, level: int = logging.INFO) -> None:
    """Send our lines and those of the libraries to standard error. ``as_json`` None: JSON unless on a terminal."""
    json = not sys.stderr.isatty() if as_json is None else as_json
    last = _as_json() if json else _for_reading()
    shared: list[Processor] = [
        _with_request_id,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _adopt_libraries(shared, last)


def log() -> FilteringBoundLogger:
    """The logger: ``log().info(EVENT_APPENDED, manifest=number, seq=3)``."""
    logger: FilteringBoundLogger = structlog.get_logger()
    return logger


def begin_request(given: str | None = None) -> str:
    """Give everything logged from here on in this request (or job) one id, and return it.

    An id given by a caller is kept if it is 8 to 64 plain characters, so that two systems' logs can be joined; anything
    else could forge lines and is replaced.
    """
    chosen = given if given and _GIVEN_ID.fullmatch(given) else str(uuid_utils.uuid7())
    _request_id.set(chosen)
    return chosen


def request_id() -> str | None:
    """The id of the request or job at hand."""
    return _request_id.get()


def _as_json() -> list[Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]


def _for_reading() -> list[Processor]:
    """Plain tracebacks: the richer ones print every local variable, personal data with them."""
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]


def _with_request_id(_logger: object, _method: str, event: EventDict) -> EventDict:
    at_hand = _request_id.get()
    if at_hand is not None:
        event.setdefault("request_id", at_hand)
    return event


class _StandardError(logging.StreamHandler[Any]):
    """Writes to what standard error is at that moment, not to what it was at set-up."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr


def _adopt_libraries(shared: list[Processor], last: list[Processor]) -> None:
    """Warnings of the libraries come out as lines of the same form."""
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
