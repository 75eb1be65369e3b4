"""Version 1: one module for each kind of thing. Importing the package declares every route."""

from sludgetrack.api.v1 import acts, handoffs, manifests, session, sheets, tokens

__all__ = ["acts", "handoffs", "manifests", "session", "sheets", "tokens"]
