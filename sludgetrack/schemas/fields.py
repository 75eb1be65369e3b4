"""Fields of the wire and of forms: quantities as decimal text, ids, codes and instants."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from sludgetrack.domain.quantities import (
    NotAQuantity,
    bp_from_percent,
    kg_from_tonnes,
    percent_from_bp,
    tonnes_from_kg,
)
from sludgetrack.domain.times import parse_rfc3339, rfc3339

TONNES_PATTERN = r"^\d{1,6}(\.\d{1,3})?$"
PERCENT_PATTERN = r"^(\d{1,2}(\.\d{1,2})?|100(\.0{1,2})?)$"
_FULL_WIDTH = {ord("．"): ".", ord("％"): "", ord("%"): "", ord("，"): ","} | {0xFF10 + i: str(i) for i in range(10)}


class Tonnes(fields.Field[int]):
    """Wet mass as decimal tonnes in text, up to 3 decimals; whole kilograms inside. Numbers are refused: no floats."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "invalid": "吨数，最多 3 位小数，例如 16.460",
    }

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"description": "Wet mass in tonnes, decimal text, up to 3 decimals", "pattern": TONNES_PATTERN}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return None if value is None else tonnes_from_kg(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:  # noqa: ARG002
        text = _text(value, self)
        if not re.fullmatch(TONNES_PATTERN, text):
            raise self.make_error("invalid")
        try:
            return kg_from_tonnes(text)
        except NotAQuantity as error:
            raise self.make_error("invalid") from error


class Percent(fields.Field[int]):
    """Moisture as percent 0-100 in text, up to 2 decimals; basis points inside."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "invalid": "百分数 0–100，最多 2 位小数，例如 80.13",
    }

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"description": "Percent, decimal text, 0-100, up to 2 decimals", "pattern": PERCENT_PATTERN}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return None if value is None else percent_from_bp(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:  # noqa: ARG002
        text = _text(value, self)
        if not re.fullmatch(PERCENT_PATTERN, text):
            raise self.make_error("invalid")
        try:
            return bp_from_percent(text)
        except NotAQuantity as error:
            raise self.make_error("invalid") from error


class Instant(fields.Field[datetime]):
    """RFC 3339 with an offset; aware UTC inside."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "invalid": "带时区的时间，例如 2026-03-02T09:05:00+08:00",
    }

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"description": "RFC 3339 instant with an offset"}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return None if value is None else rfc3339(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:  # noqa: ARG002
        text = _text(value, self)
        if not re.match(r"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}", text):
            raise self.make_error("invalid")
        try:
            instant = parse_rfc3339(text.upper())
            return instant.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.make_error("invalid") from error


class EventId(fields.Field[str]):
    """A UUIDv7 made by the writer: the idempotency key."""

    default_error_messages = {"invalid": "UUID（第 7 版）"}  # noqa: RUF012 - marshmallow's own convention

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"description": "UUIDv7 made by the writer; the idempotency key"}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:  # noqa: ARG002
        text = _text(value, self)
        try:
            parsed = uuid.UUID(text)
        except ValueError as error:
            raise self.make_error("invalid") from error
        if parsed.version != 7 or str(parsed) != text.lower():
            raise self.make_error("invalid")
        return str(parsed)


def short_text(maximum: int, **kwargs: Any) -> fields.String:
    """Text of 1 to ``maximum`` characters without control characters (they break sheets and searches)."""
    return fields.String(validate=[validate.Length(min=1, max=maximum), _no_control_characters], **kwargs)


def _no_control_characters(text: str) -> None:
    if any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 for char in text):
        raise ValidationError("不能含控制字符")


def _text(value: Any, field: fields.Field[Any]) -> str:
    if not isinstance(value, str):
        raise field.make_error("invalid")
    return value.translate(_FULL_WIDTH).strip()
