"""Rates and the balance of mass, for authorities."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from sludgetrack.access.tokens import Scope
from sludgetrack.api.access import Access, caller
from sludgetrack.api.parts import parts, run_for
from sludgetrack.api.routing import Gives, Takes, operation
from sludgetrack.domain.errors import OutOfRange
from sludgetrack.domain.identity import Actor
from sludgetrack.domain.permissions import Action, Parties, require
from sludgetrack.schemas.answers import list_of, maybe, nested, one_of, text
from sludgetrack.schemas.base import WireSchema
from sludgetrack.schemas.fields import LegalDay
from sludgetrack.services import reporting
from sludgetrack.services.period_report import Ordered, period_report
from sludgetrack.services.reporting import Grouping, Period

TAG = "Reports"
_ACCESS = Access(Scope.READ, Action.READ_RATES)
_BY = [str(by) for by in Grouping]


class PeriodQuery(WireSchema):
    """A period of inclusive legal days."""

    first = LegalDay(data_key="from", required=True)
    last = LegalDay(data_key="to", required=True)
    division = fields.String(
        validate=validate.Regexp(r"[0-9]{1,6}\Z"),
        metadata={"pattern": "^[0-9]{1,6}$", "description": "By producing plant; default: the authority's own"},
    )


class ReportQuery(PeriodQuery):
    """A period of inclusive legal days, and a row for what."""

    by = fields.String(validate=validate.OneOf(_BY), load_default=str(Grouping.DIVISION))


def _amounts() -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.String(), required=True, allow_none=True)


class _RowSchema(Schema):
    group = text()
    produced = maybe()
    opening_stock = maybe()
    closing_stock = maybe()
    harmless = text()
    noncompliant = text()
    unaccounted = maybe()
    unaccounted_by_cause = _amounts()


class RateRowSchema(_RowSchema):
    """One group's figures in tonnes of dry solids and rates in percent; null where a denominator is 0."""

    landfilled = text()
    by_route = _amounts()
    estimated_share = maybe()
    harmless_rate = maybe()
    harmless_rate_stock_adjusted = maybe()
    harmless_rate_cohort = maybe()
    landfill_rate = maybe()
    landfill_rate_of_disposed = maybe()
    resource_rate = maybe()
    resource_rate_broad = maybe()


class BalanceRowSchema(_RowSchema):
    """One group's balance: `left` is P + K0, `right` H + N + U + K1, `difference` is 0 in a book that is right."""

    left = maybe()
    right = maybe()
    difference = maybe()


class _ReportSchema(Schema):
    basis = text()
    from_ = fields.String(data_key="from", attribute="from", required=True)
    to = text()
    by = one_of(*_BY)
    provisional = list_of(fields.String())
    locked_through = maybe()


class RatesSchema(_ReportSchema):
    """Rates of a period."""

    rows = list_of(fields.Nested(RateRowSchema))
    total = nested(RateRowSchema)


class BalanceSchema(_ReportSchema):
    """The balance of a period."""

    rows = list_of(fields.Nested(BalanceRowSchema))
    total = nested(BalanceRowSchema)


@operation(
    "GET",
    "/rates",
    tag=TAG,
    access=_ACCESS,
    takes=Takes(query=ReportQuery(strict=True)),
    gives=Gives(schema=RatesSchema()),
)
def read_rates(query: dict[str, Any]) -> dict[str, Any]:
    """Rates of what the plants of a division produced"""
    me, period, by = caller().actor, period_asked(query), Grouping(query["by"])
    division = division_asked(me, query)
    return run_for(
        me, lambda ctx: reporting.rates(ctx.connection, period, by, division_prefix=division, now=ctx.now)
    ).document()


@operation(
    "GET",
    "/balance",
    tag=TAG,
    access=_ACCESS,
    takes=Takes(query=ReportQuery(strict=True)),
    gives=Gives(schema=BalanceSchema()),
)
def read_balance(query: dict[str, Any]) -> dict[str, Any]:
    """P + K0 = H + N + U + K1, with both sides and their difference"""
    me, period, by = caller().actor, period_asked(query), Grouping(query["by"])
    division = division_asked(me, query)
    return run_for(me, lambda ctx: reporting.balance(ctx.connection, period, by, division_prefix=division)).document()


@operation(
    "GET",
    "/reports/period.pdf",
    tag=TAG,
    access=_ACCESS,
    takes=Takes(query=PeriodQuery(strict=True)),
    gives=Gives(content_type="application/pdf", description="The report, in Chinese and English"),
)
def read_period_report(query: dict[str, Any]) -> Response:
    """Balance, rates, targets, flow and stock of a period as a document to print"""
    me, period = caller().actor, period_asked(query)
    division, address = division_asked(me, query), parts().settings.public_address
    made = run_for(me, lambda ctx: period_report(ctx.connection, Ordered(period, division, ctx.now, address)))
    response = Response(made, mimetype="application/pdf")
    name = "-".join(filter(None, ("report", division, str(period.first), str(period.last))))
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def period_asked(query: dict[str, Any]) -> Period:
    """The period asked for. Raises OutOfRange where it ends before it begins."""
    if query["last"] < query["first"]:
        raise OutOfRange(field="to", value=query["last"].isoformat(), wanted=f"≥ {query['first']}")
    return Period(query["first"], query["last"])


def division_asked(actor: Actor, query: dict[str, Any]) -> str:
    """The division asked for, which lies under the authority's own. Raises NotPermitted."""
    division: str = query.get("division", actor.division)
    require(actor, Action.READ_RATES, Parties(giver="", divisions=(division,)))
    return division
