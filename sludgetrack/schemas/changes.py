"""Corrected figures on the wire: ``{"field": "net_out_t", "value": "12.340"}``, of a list ``outputs.0.wet_t``.

Inside a change names the claim's own field in whole kilograms, basis points and ISO days. This is the one place that
knows both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from sludgetrack.domain.commands import ChangeLine
from sludgetrack.domain.correcting import CORRECTABLE
from sludgetrack.domain.events import EventType
from sludgetrack.domain.fields import BY_NAME
from sludgetrack.domain.figures import is_mass, is_moisture
from sludgetrack.domain.quantities import percent_from_bp, tonnes_from_kg
from sludgetrack.schemas.base import WireSchema
from sludgetrack.schemas.fields import N_, LegalDay, Percent, Plain, Tonnes, Whole, YesNo
from sludgetrack.schemas.naming import wire_name

DECISIONS = ("accepted", "partial", "refused")
_TEXTS = {"moisture_method": 40, "route": 8, "evidence": 400, "decided_by": 120}
_WHOLE = {"planned_minutes": (1, 10_000), "treated_m3": (0, 100_000_000)}
_FLAGS = ("final", "seal_intact")
_LINE_PARTS = 3


def change_name(field: str) -> str:
    """The name on the wire of a figure that a change names: ``inputs.0.kg`` is ``inputs.0.wet_t``."""
    *before, last = field.split(".")
    return ".".join((*before, "wet_t" if last == "kg" else wire_name(last)))


def change_field(name: str) -> str | None:
    """The figure that a name on the wire means; None where no event has such a figure to correct."""
    parts = name.split(".")
    if len(parts) == _LINE_PARTS and _is_place(parts[1]):
        plain = _BY_WIRE.get(f"{parts[0]}.{parts[2]}")
        return None if plain is None else f"{parts[0]}.{int(parts[1])}.{plain.partition('.')[2]}"
    return _BY_WIRE.get(name) if len(parts) == 1 else None


def change_value(field: str, value: Any) -> Any:
    """A figure's value as it stands on the wire: decimal text of tonnes or percent, all else as it is."""
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if is_mass(field):
        return tonnes_from_kg(value)
    return percent_from_bp(value) if is_moisture(field) else value


def wire_change(change: Mapping[str, Any]) -> dict[str, Any]:
    """A change as it is read on the wire: the new value, and beside it the old one where it is known."""
    field = change["field"]
    shown = {"field": change_name(field), "value": change_value(field, change["new"])}
    return {**shown, "old": change_value(field, change["old"])} if "old" in change else shown


def correctable_names(event: EventType, figures: Mapping[str, Any]) -> list[str]:
    """The figures of an event that may be corrected, each line of its lists by its place, as a change names them."""
    return [name for plain in CORRECTABLE.get(event, ()) for name in _placed(plain, figures)]


def _placed(plain: str, figures: Mapping[str, Any]) -> list[str]:
    head, dot, last = plain.partition(".")
    if not dot:
        return [plain]
    return [f"{head}.{n}.{last}" for n in range(len(figures.get(head) or ()))]


_BY_WIRE = {change_name(name): name for names in CORRECTABLE.values() for name in names}
"""The correctable figures by their name on the wire, of a list without the line's place."""


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _LINE_PARTS


def _value_field(field: str) -> fields.Field[Any]:
    last = field.rpartition(".")[2]
    if is_mass(field):
        return Tonnes()
    if is_moisture(field):
        return Percent()
    named: dict[str, fields.Field[Any]] = {
        "day": LegalDay(),
        "decision": fields.String(validate=validate.OneOf(DECISIONS)),
        **{name: YesNo() for name in _FLAGS},
        **{name: Whole(validate=validate.Range(*bounds)) for name, bounds in _WHOLE.items()},
    }
    return named.get(last) or Plain(validate=validate.Length(1, _TEXTS.get(last) or BY_NAME[last].max_length))


@cache
def _readers(*, strict: bool) -> Mapping[str, fields.Field[Any]]:
    """How the value of each correctable figure is read."""

    class _Values(Schema):
        pass

    values = _Values()
    values.strict = strict  # type: ignore[attr-defined]  # what the quantity fields ask of their schema
    made = {name: _value_field(name) for name in _BY_WIRE.values()}
    for name, field in made.items():
        field._bind_to_schema(name, values)  # noqa: SLF001 - what a schema does to its declared fields
    return made


class _AnyValue(fields.Raw):
    """A value whose kind the field tells: decimal text, text, a whole number, yes or no, or null for none."""

    def __init__(self, **kwargs: Any) -> None:
        described = {"description": "As the field is written elsewhere; null where nothing should be stated"}
        kinds = [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]
        super().__init__(metadata={**described, "anyOf": kinds, **kwargs.pop("metadata", {})}, **kwargs)


class ChangeLineSchema(WireSchema):
    """A corrected figure by its name on the wire, and what it should say."""

    field = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        metadata={"description": "As in the event's figures; of a list with the line's place: outputs.0.wet_t"},
    )
    value = _AnyValue(required=True, allow_none=True)

    @post_load
    def _make(self, data: dict[str, Any], **kwargs: Any) -> ChangeLine:  # noqa: ARG002 - marshmallow's signature
        name = change_field(data["field"])
        if name is None:
            raise ValidationError({"field": [N_("这一项不能更正")]})
        return ChangeLine(name, self._read(name, data["value"]))

    def _read(self, name: str, value: Any) -> str | int | bool | None:
        if value is None:
            return None
        parts = name.split(".")
        reader = _readers(strict=self.strict)[name if len(parts) == 1 else f"{parts[0]}.{parts[-1]}"]
        try:
            read = reader.deserialize(value)
        except ValidationError as error:
            raise ValidationError({"value": error.messages}) from error
        plain: str | int | bool = read.isoformat() if isinstance(read, date) else read
        return plain
