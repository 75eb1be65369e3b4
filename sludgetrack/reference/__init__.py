"""The shipped reference tables: routes, treatments, limits, targets, policies and baselines."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sludgetrack.domain.dated import Shipped
from sludgetrack.domain.limits import Limit, parse_limits
from sludgetrack.domain.policy import PolicyRow, parse_policies
from sludgetrack.domain.routes import Route, Treatment, parse_routes, parse_treatments
from sludgetrack.domain.targets import Baseline, Target, parse_baselines, parse_targets


def table(name: str) -> str:
    """The text of ``<name>.csv``. Raises FileNotFoundError for a table that is not shipped."""
    return files(__name__).joinpath(f"{name}.csv").read_text(encoding="utf-8")


@cache
def routes() -> dict[str, Route]:
    """Disposal routes by code."""
    return parse_routes(table("routes"))


@cache
def treatments() -> dict[str, Treatment]:
    """Treatment processes by code."""
    return parse_treatments(table("treatments"))


@cache
def limits() -> tuple[Limit, ...]:
    """Every limit of the standards."""
    return tuple(parse_limits(table("limits")))


@cache
def policies() -> tuple[PolicyRow, ...]:
    """Policy rows known when this version was made; a city's own rows come after them."""
    return tuple(parse_policies(table("policies")))


@cache
def targets() -> tuple[Target, ...]:
    """Targets of the planning documents."""
    return tuple(parse_targets(table("targets")))


@cache
def baselines() -> tuple[Baseline, ...]:
    """Rates the planning documents start from."""
    return tuple(parse_baselines(table("baselines")))


@cache
def shipped() -> Shipped:
    """The tables whose rows authorities may set anew."""
    return Shipped(routes(), treatments(), limits(), targets())
