"""Bodies of requests to the registers, as far as the API takes them otherwise than forms do."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, fields, post_load

from sludgetrack.domain import registrations as r
from sludgetrack.schemas import registrations as s
from sludgetrack.schemas.fields import YesNo, short_text


class NewPersonSchema(s.AddPersonSchema):
    """A new person, with a first password, which is nobody's history.

    Of one's own organisation, or of one that has no administrator yet.
    """

    password = short_text(200, required=True)

    @post_load
    def _make(self, data: dict[str, Any], **kwargs: Any) -> tuple[r.AddPerson, str]:  # noqa: ARG002 - marshmallow's
        password = data.pop("password")
        return r.AddPerson(**{**data, "roles": frozenset(data["roles"])}), password


class PersonChangesSchema(s.ChangePersonSchema):
    """A person's facts, all of them anew."""

    class Meta:
        """The person stands in the address."""

        exclude = ("person",)
        unknown = RAISE


class PersonActivitySchema(s.RequestSchema):
    """Whether a person is active: somebody leaves, and is signed out everywhere, or comes back."""

    class Meta:
        """The person stands in the address."""

        exclude = ("person",)
        unknown = RAISE

    request = r.SwitchPerson
    person = fields.String()
    active = YesNo(required=True)


class VehicleChangesSchema(s.ChangeVehicleSchema):
    """A vehicle's facts, all of them anew."""

    class Meta:
        """The plate stands in the address."""

        exclude = ("plate",)
        unknown = RAISE


class FacilityChangesSchema(s.ChangeFacilitySchema):
    """A facility's facts, all of them anew."""

    class Meta:
        """The facility stands in the address."""

        exclude = ("facility",)
        unknown = RAISE


class OrganisationChangesSchema(s.ChangeOrganisationSchema):
    """An organisation's facts, all of them anew."""

    class Meta:
        """The organisation stands in the address."""

        exclude = ("organisation",)
        unknown = RAISE


class WithdrawalSchema(s.RequestSchema):
    """A permit that no longer holds."""

    class Meta:
        """The permit stands in the address."""

        exclude = ("permit",)
        unknown = RAISE

    request = r.WithdrawPermit
    permit = fields.String()


class NewPasswordSchema(s.RequestSchema):
    """Somebody's new first password."""

    class Meta:
        """The person stands in the address."""

        exclude = ("person",)
        unknown = RAISE

    request = r.ResetPassword
    person = fields.String()
    password = short_text(200, required=True)

    @post_load
    def _make(self, data: dict[str, Any], **kwargs: Any) -> tuple[r.ResetPassword, str]:  # noqa: ARG002 - marshmallow's
        password = data.pop("password")
        return r.ResetPassword(**self.in_address(), **data), password
