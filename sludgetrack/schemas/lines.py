"""Flat objects in the lists of commands: batches to load from, what goes into a run and comes out, readings."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import fields, post_load, validate

from sludgetrack.domain import commands as c
from sludgetrack.schemas.base import WireSchema
from sludgetrack.schemas.fields import DecimalText, Percent, Tonnes, short_text
from sludgetrack.schemas.naming import wire_name


def tonnes(field: str, **kwargs: Any) -> Tonnes:
    """A mass field under its wire name."""
    return Tonnes(data_key=wire_name(field), **kwargs)


def percent(field: str, **kwargs: Any) -> Percent:
    """A moisture field under its wire name."""
    return Percent(data_key=wire_name(field), **kwargs)


class LineSchema(WireSchema):
    """A flat object in a list."""

    line: ClassVar[type[c.Line]]

    @post_load
    def _make(self, data: dict[str, Any], **kwargs: Any) -> c.Line:  # noqa: ARG002 - marshmallow's signature
        return self.line(**data)


class BatchLineSchema(LineSchema):
    """A batch to load from."""

    line = c.BatchLine
    batch = short_text(60, required=True)
    kg = tonnes("wet_kg")


class InputLineSchema(LineSchema):
    """A lot put into a run; without a mass all that is left of it."""

    line = c.InputLine
    lot = short_text(60, required=True)
    kg = tonnes("wet_kg")


class OutputLineSchema(LineSchema):
    """A lot that came out of a run, weighed and tested."""

    line = c.OutputLine
    lot = short_text(60, required=True)
    wet_kg = tonnes("wet_kg", required=True)
    moisture_bp = percent("moisture_bp", required=True)


class AdditiveLineSchema(LineSchema):
    """Dry solids added to a run that are nobody's sludge."""

    line = c.AdditiveLine
    what = fields.String(required=True, validate=validate.OneOf(c.ADDITIVES))
    dry_kg = tonnes("dry_kg", required=True)


class ReadingLineSchema(LineSchema):
    """A parameter of a lab report and its value."""

    line = c.ReadingLine
    parameter = short_text(40, required=True)
    value = DecimalText(required=True)
    unit = short_text(20)
