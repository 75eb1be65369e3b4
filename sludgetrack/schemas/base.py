"""What every schema of the wire and of forms has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, fields, pre_load


class WireSchema(Schema):
    """Unknown fields are refused.

    Blank form fields count as not given, and what people type is read kindly; a ``strict`` schema (the API's) takes
    exactly what its description says.
    """

    class Meta:
        """Unknown fields are refused."""

        unknown = RAISE

    def __init__(self, *, strict: bool = False, **kwargs: Any) -> None:
        self.strict = strict
        super().__init__(**kwargs)
        for field in self.fields.values():
            inner = field.inner if isinstance(field, fields.List) else field
            if isinstance(inner, fields.Nested) and isinstance(inner.schema, WireSchema):
                inner.schema.strict = strict

    def in_address(self) -> dict[str, Any]:
        """The fields left out because they stand in the address, empty until they are filled in."""
        return dict.fromkeys(self.exclude, "")

    @pre_load
    def _drop_blanks(self, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - marshmallow's signature
        if self.strict or not isinstance(data, Mapping):
            return data
        return {key: value for key, value in data.items() if not (isinstance(value, str) and not value.strip())}
