"""Version 1: one module for each kind of thing. Importing the package declares every route."""

from sludgetrack.api.v1 import (
    acts,
    facilities,
    handoffs,
    ledgers,
    manifests,
    photos,
    public,
    registers,
    reports,
    rules,
    samples,
    session,
    sheets,
    stock,
    tokens,
)

__all__ = [
    "acts",
    "facilities",
    "handoffs",
    "ledgers",
    "manifests",
    "photos",
    "public",
    "registers",
    "reports",
    "rules",
    "samples",
    "session",
    "sheets",
    "stock",
    "tokens",
]
