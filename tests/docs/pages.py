"""The documents for people, and how tests read them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
"""Every document of the project."""
SHELLS = frozenset(("", "sh", "bash", "console"))


def text(name: str) -> str:
    """A document by its path from the top."""
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, heading: str) -> str:
    """What stands in a document under a heading, up to the next one of the same or a higher level."""
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(rf"(?ms)^{re.escape(heading)}\n(.*?)(?=^#{{1,{level}}} |\Z)", text(name))
    if found is None:
        raise LookupError(f"{name} has no heading {heading!r}")
    return found[1]


def table(source: str) -> list[list[str]]:
    """The rows of the tables in a text, cells trimmed, without head and rule; an escaped bar stays in its cell."""
    rows = [re.split(r"(?<!\\)\|", line.strip())[1:-1] for line in source.splitlines() if line.startswith("|")]
    rules = {n for n, row in enumerate(rows) if all(re.fullmatch(r"\s*:?-+:?\s*", cell) for cell in row)}
    heads = {n - 1 for n in rules}
    return [[cell.strip() for cell in row] for n, row in enumerate(rows) if n not in rules | heads]


def command_lines(page: Path) -> list[list[str]]:
    """The words of every ``sludgetrack`` command in a document's blocks of shell commands."""
    fenced = re.findall(r"(?ms)^```(\w*)\n(.*?)^```", page.read_text(encoding="utf-8"))
    lines = [line.removeprefix("$ ") for language, block in fenced if language in SHELLS for line in block.splitlines()]
    return [shlex.split(line, comments=True) for line in lines if line.startswith("sludgetrack ")]
