"""The API under /api/v1: what the pages do, for programs. Errors are RFC 9457 problems, never HTML."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect

from sludgetrack.api import problems, spec, v1

__all__ = ["init", "v1"]


def init(app: Flask, csrf: CSRFProtect) -> None:
    """Register the API: its routes, its description, and problems for every error under its addresses."""
    spec.init(app, csrf)
    problems.init(app)
