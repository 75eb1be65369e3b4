"""The regulator's pages: the division at a glance, tracing, accounts, findings, the roadside, rules, the record."""

from sludgetrack.web.regulator import (
    acts,
    overview,
    periods,
    pictures,
    rates,
    record,
    roadside,
    rule_forms,
    rules,
    sewer,
    trace,
)
from sludgetrack.web.regulator.desk import blueprint

__all__ = [
    "acts",
    "blueprint",
    "overview",
    "periods",
    "pictures",
    "rates",
    "record",
    "roadside",
    "rule_forms",
    "rules",
    "sewer",
    "trace",
]
