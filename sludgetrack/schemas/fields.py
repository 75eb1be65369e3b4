"""Fields of the wire and of forms: quantities as decimal text, ids, codes, days and instants.

A form is read kindly: full-width digits, spaces around, a trailing percent sign. A schema made ``strict`` (the API's)
takes exactly what its description says.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from sludgetrack.domain.quantities import (
    NotAQuantity,
    bp_from_percent,
    kg_from_tonnes,
    percent_from_bp,
    tonnes_from_kg,
    tonnes_from_units,
)
from sludgetrack.domain.times import parse_rfc3339, rfc3339

TONNES_PATTERN = r"^[0-9]{1,6}(\.[0-9]{1,3})?$"
PERCENT_PATTERN = r"^([0-9]{1,2}(\.[0-9]{1,2})?|100(\.0{1,2})?)$"
DECIMAL_PATTERN = r"^[0-9]{1,9}(\.[0-9]{1,9})?$"
UUID7_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
UUID_PATTERN = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
HASH_PATTERN = r"^[0-9a-f]{64}$"
PLAIN_PATTERN = "^[^\\x00-\\x1f\\x7f-\\x9f]*$"
"""Text without control characters."""
YEARS = range(2000, 2200)
"""Years a claim may speak of. The first rules on sludge are of this century; later years than these are slips."""

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})", re.IGNORECASE
)
_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,9})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FULL_WIDTH = {ord("．"): ".", ord("％"): "", ord("%"): "", ord("，"): ","} | {0xFF10 + i: str(i) for i in range(10)}


def N_(text: str) -> str:  # noqa: N802 - the customary mark for a text that is translated later
    """Marks a text for the catalogue."""
    return text


def is_strict(field: fields.Field[Any]) -> bool:
    """Whether a field belongs to a schema that takes exactly what its description says."""
    return bool(getattr(field.root, "strict", False))


def text_of(value: Any, field: fields.Field[Any]) -> str:
    """The text of a value, cleaned unless the schema is strict."""
    if not isinstance(value, str):
        raise field.make_error("invalid")
    return value if is_strict(field) else value.translate(_FULL_WIDTH).strip()


class Tonnes(fields.Field[int]):
    """Wet mass as decimal tonnes in text, up to 3 decimals; whole kilograms inside. Numbers are refused: no floats."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "invalid": N_("吨数，最多 3 位小数，例如 16.460"),
    }

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"description": "Wet mass in tonnes, decimal text, up to 3 decimals", "pattern": TONNES_PATTERN}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else tonnes_from_kg(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        text = text_of(value, self)
        if not re.fullmatch(TONNES_PATTERN, text):
            raise self.make_error("invalid")
        try:
            return kg_from_tonnes(text)
        except NotAQuantity as error:
            raise self.make_error("invalid") from error


class DryTonnes(fields.Field[int]):
    """Dry solids as decimal tonnes in text, 3 decimals, from whole units of 0.1 g. Only ever written."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"description": "Dry solids in tonnes, decimal text, 3 decimals", "pattern": r"^-?[0-9]+\.[0-9]{3}$"}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else tonnes_from_units(value)


class Percent(fields.Field[int]):
    """Moisture as percent 0-100 in text, up to 2 decimals; basis points inside."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "invalid": N_("百分数 0–100，最多 2 位小数，例如 80.13"),
    }

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"description": "Percent, decimal text, 0-100, up to 2 decimals", "pattern": PERCENT_PATTERN}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else percent_from_bp(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        text = text_of(value, self)
        if not re.fullmatch(PERCENT_PATTERN, text):
            raise self.make_error("invalid")
        try:
            return bp_from_percent(text)
        except NotAQuantity as error:
            raise self.make_error("invalid") from error


class DecimalText(fields.Field[str]):
    """A number as decimal text that stays as it was written; numbers of JSON are refused: no floats."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "invalid": N_("数字，例如 1.97；低于检出限的填检出限"),
    }

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"description": "A number of 0 or more as decimal text", "pattern": DECIMAL_PATTERN}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = text_of(value, self)
        if not is_strict(self) and _THOUSANDS.fullmatch(text):
            text = text.replace(",", "")
        if not re.fullmatch(DECIMAL_PATTERN, text):
            raise self.make_error("invalid")
        return text


class Instant(fields.Field[datetime]):
    """RFC 3339 with an offset; aware UTC inside."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own convention
        "invalid": N_("带时区的时间，例如 2026-03-02T09:05:00+08:00"),
    }

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"description": "RFC 3339 instant with an offset, of the years 2000 to 2199"}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else rfc3339(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        text = text_of(value, self)
        if not _RFC3339.fullmatch(text):
            raise self.make_error("invalid")
        try:
            instant = parse_rfc3339(text.upper()).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.make_error("invalid") from error
        if instant.year not in YEARS:
            raise self.make_error("invalid")
        return instant


class LegalDay(fields.Field[date]):
    """A legal day, ``2026-03-02``."""

    default_error_messages = {"invalid": N_("日期，例如 2026-03-02")}  # noqa: RUF012 - marshmallow's own convention

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"description": "Legal day, of the years 2000 to 2199"}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        text = text_of(value, self)
        try:
            day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None or day.year not in YEARS:
            raise self.make_error("invalid")
        return day


class EventId(fields.Field[str]):
    """A UUIDv7 made by the writer: the idempotency key."""

    default_error_messages = {"invalid": N_("UUID（第 7 版）")}  # noqa: RUF012 - marshmallow's own convention

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"description": "UUIDv7 made by the writer; the idempotency key", "pattern": UUID7_PATTERN}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = text_of(value, self)
        if is_strict(self) and not re.fullmatch(UUID7_PATTERN, text):
            raise self.make_error("invalid")
        try:
            parsed = uuid.UUID(text)
        except ValueError as error:
            raise self.make_error("invalid") from error
        if parsed.version != 7 or str(parsed) != text.lower():
            raise self.make_error("invalid")
        return str(parsed)


class PersonId(fields.Field[str]):
    """A person's id, a UUID of any version."""

    default_error_messages = {"invalid": "UUID"}  # noqa: RUF012 - marshmallow's own convention

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"description": "A person's id", "pattern": UUID_PATTERN}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return value

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = text_of(value, self)
        text = text if is_strict(self) else text.lower()
        if not re.fullmatch(UUID_PATTERN, text):
            raise self.make_error("invalid")
        return text


class Whole(fields.Integer):
    """A whole number; strict schemas take no text and no fractions."""

    def _validated(self, value: Any) -> int:
        fraction = isinstance(value, float) and not value.is_integer()
        if is_strict(self) and (fraction or isinstance(value, (bool, str))):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class AskedNumber(fields.Integer):
    """A whole number in an address, where everything is text: digits alone."""

    def _validated(self, value: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class YesNo(fields.Boolean):
    """Yes or no; strict schemas take no words for it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if is_strict(self) and not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Plain(fields.String):
    """Text without control characters (they break sheets and searches) and without lone surrogates.

    Not blank: where something has to be said, spaces do not say it. A form's text comes without the spaces around it.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        text = text if is_strict(self) else text.strip(" \u3000")
        if any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 for char in text):
            raise ValidationError(N_("不能含控制字符"))
        if text and not text.strip():
            raise ValidationError(N_("不能只有空格"))
        return text


def short_text(maximum: int, **kwargs: Any) -> fields.String:
    """Text of 1 to ``maximum`` characters."""
    metadata = {"pattern": PLAIN_PATTERN} | kwargs.pop("metadata", {})
    return Plain(validate=validate.Length(min=1, max=maximum), metadata=metadata, **kwargs)


def digest_text(**kwargs: Any) -> fields.String:
    """A SHA-256 digest as 64 hexadecimal digits."""
    return fields.String(validate=_is_digest, metadata={"pattern": HASH_PATTERN}, **kwargs)


def _is_digest(text: str) -> None:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValidationError(N_("应为 64 位十六进制数"))
