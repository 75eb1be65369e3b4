"""Routes as the sheets name them; the template's version stands for the shipped table."""

from __future__ import annotations

from sludgetrack import reference
from sludgetrack.documents.content import Words


def route_words(code: str) -> Words:
    """A route as the sheets name it: ``I1 单独焚烧``."""
    route = reference.routes().get(code)
    return Words(f"{code} {route.zh}", route.en) if route else Words(code)
