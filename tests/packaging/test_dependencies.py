"""What set-up installs is what the code imports, at one exact version each, and from nowhere in particular."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
OURS = {"sludgetrack", "tests", "migrations"}
COMES_WITH = {"jinja2": "flask", "markupsafe": "flask", "wtforms": "flask-wtf", "apispec": "flask-smorest"}
"""Parts of a declared library's own interface."""


@pytest.mark.parametrize("folder", ["sludgetrack", "migrations"])
def test_every_library_the_package_imports_is_declared(folder: str) -> None:
    assert imported(folder) - declared("install_requires") - declared("s3") == set()


def test_every_library_the_tests_import_is_declared() -> None:
    assert imported("tests") - declared("install_requires") - declared("test") == set()


def test_every_declared_library_is_pinned() -> None:
    assert (declared("install_requires") | declared("s3") | declared("test")) - pinned() == set()


def test_set_up_names_no_server_to_fetch_from() -> None:
    for name in ("constraints.txt", "package.json", "package-lock.json", "setup.cfg", "pyproject.toml", ".npmrc"):
        assert not re.search(r"https?://|\bfile:/|resolved\b(?!=)", (CHECKOUT / name).read_text(encoding="utf-8")), name


def test_every_package_of_the_tree_is_listed() -> None:
    folders = {path.parent.relative_to(CHECKOUT) for path in (CHECKOUT / "sludgetrack").rglob("__init__.py")}
    mapped = {f"sludgetrack._{name}" for name in ("templates", "static", "migrations")}

    assert set(setup()["options"]["packages"].split()) == {".".join(path.parts) for path in folders} | mapped


def imported(folder: str) -> set[str]:
    """Distributions imported anywhere in a folder, by normalised name."""
    by_module = packages_distributions()
    modules = {name for path in (CHECKOUT / folder).rglob("*.py") for name in modules_of(path)}
    foreign = modules - OURS - sys.stdlib_module_names
    names = {normal(distribution) for module in foreign for distribution in by_module.get(module, [module])[:1]}
    return {COMES_WITH.get(name, name) for name in names}


def modules_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def declared(where: str) -> set[str]:
    section = "options" if where == "install_requires" else "options.extras_require"
    lines = [line for line in setup()[section][where].splitlines() if line and not line.startswith("#")]
    return {normal(re.split(r"[\[<>=;, ]", line)[0]) for line in lines}


def pinned() -> set[str]:
    lines = (CHECKOUT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {normal(line.partition("==")[0]) for line in lines if "==" in line}


@cache
def setup() -> ConfigParser:
    parser = ConfigParser(interpolation=None)
    parser.read(CHECKOUT / "setup.cfg", encoding="utf-8")
    return parser


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
