"""What the documents say is there is there, and what is there they say."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import click
import pytest

from sludgetrack import settings
from sludgetrack.api.problems import all_problems
from sludgetrack.cli import main
from sludgetrack.domain.correcting import ASIDE
from sludgetrack.domain.events import KINDS, EventType, StreamKind
from sludgetrack.domain.manifest import ALLOWED, Status
from sludgetrack.ledgerfiles import findings
from sludgetrack.ledgerfiles.columns import FILES
from sludgetrack.ledgerfiles.shapes import Column, LedgerFile
from sludgetrack.services.importing import findings as of_imports
from tests.docs.pages import PAGES, README, ROOT, command_lines, section, table, text

OPERATIONS = "docs/operations.md"
LEDGERS = "docs/ledger-files.md"


def code(cell: str) -> str:
    """What stands between the first back quotes of a cell."""
    return cell.split("`")[1]


# The command line


def commands(
    group: click.Command = main, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command one can give, with its words."""
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from commands(command, (*path, name))
    else:
        yield path, group


def long_options(command: click.Command) -> set[str]:
    given = [param for param in command.params if isinstance(param, click.Option)]
    return {name for option in given for name in (*option.opts, *option.secondary_opts) if name.startswith("--")}


def described_commands() -> dict[str, str]:
    """The commands of the table in the description of operations: their words, and the cells that tell them."""
    told: dict[str, str] = {}
    names = [" ".join(path) for path, _ in commands()]
    for row in table(section(OPERATIONS, "## Commands")):
        for name in names:
            if re.search(rf"`{re.escape(name)}(?: [^`]*)?`", row[0]):
                told[name] = told.get(name, "") + " ".join(row)
    return told


def test_every_command_is_described_with_every_option() -> None:
    told = described_commands()
    for path, command in commands():
        cells = told[" ".join(path)]
        if "same options" in cells:
            cells += told["rates"]
        assert long_options(command) <= set(re.findall(r"--[a-z-]+", cells)), path


def test_no_option_is_described_that_is_none() -> None:
    known = {option for _, command in commands() for option in long_options(command)} | {"--help", "--version"}

    assert set(re.findall(r"--[a-z][a-z-]*", section(OPERATIONS, "## Commands"))) <= known


def test_every_command_line_shown_can_be_given() -> None:
    known = dict(commands())
    lines = [words for page in PAGES for words in command_lines(page)]
    assert len(lines) > 10
    for words in lines:
        path = next((path for path in known if tuple(words[1 : 1 + len(path)]) == path), None)
        assert path is not None, words
        assert {word for word in words if word.startswith("--")} <= long_options(known[path]), words


# make


def phony() -> list[str]:
    found = re.search(r"^\.PHONY: (.*)$", text("Makefile"), re.MULTILINE)
    assert found is not None
    return found[1].split()


def test_make_alone_lists_every_target() -> None:
    listed = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert [line.split()[1] for line in listed.splitlines()] == phony()


def test_every_make_target_named_in_a_document_exists() -> None:
    shown = [
        name for page in PAGES for name in re.findall(r"(?:^|`)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE)
    ]

    assert {"run", "test"} <= set(shown) <= set(phony())


# Settings, problems


def test_every_setting_is_described_and_no_other() -> None:
    named = (value for name, value in vars(settings).items() if name.isupper() and isinstance(value, str))
    read = {value for value in named if re.fullmatch(r"(?:DATABASE|SLUDGETRACK)_[A-Z_]+", value)}

    assert {code(row[0]) for row in table(section(OPERATIONS, "## Settings"))} == read
    assert set(re.findall(r"\bSLUDGETRACK_[A-Z_]+", "".join(page.read_text("utf-8") for page in PAGES))) <= read


def test_every_setting_the_class_explains_is_described() -> None:
    explained = set(re.findall(r'^    """([A-Z_]+):', Path(settings.__file__).read_text("utf-8"), re.MULTILINE))

    assert {code(row[0]) for row in table(section(OPERATIONS, "## Settings"))} == explained


def test_every_problem_is_described_with_its_status() -> None:
    told = {code(row[0]): int(row[1]) for row in table(section("docs/api.md", "## Problems"))}

    assert told == {name: problem.status for name, problem in all_problems().items()}


# Ledger files


def shown(column: Column) -> str:
    """A column's name as the tables have it: keys bold, required ones with a star."""
    name = f"**{column.name}**" if column.key else column.name
    return rf"{name} \*" if column.required else name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_ledger_column_is_described_with_its_headings_and_whether_it_is_needed(file: LedgerFile[Any]) -> None:
    told = section(LEDGERS, f"### {file.name}")

    expected = [[shown(column), " ".join(column.zh.split())] for column in file.columns]
    assert [row[:2] for row in table(told)] == expected
    assert " ".join(file.zh.split()) in told


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_code_and_stage_of_a_ledger_column_is_named(file: LedgerFile[Any]) -> None:
    rows = {re.sub(r"[*\\ ]", "", row[0]): row for row in table(section(LEDGERS, f"### {file.name}"))}
    for column in file.columns:
        cells = " ".join(rows[column.name])
        if len(column.codes) < 8:
            assert all(f"`{each.value}`" in cells for each in column.codes), column.name
        for stage in (column.stage, column.or_stage):
            assert stage is None or stage in cells, column.name


def test_every_finding_of_an_import_is_described() -> None:
    told = [code(row[0]) for row in table(section(LEDGERS, "## What is refused"))]

    assert told == [*findings.MESSAGES, *of_imports.MESSAGES]


# The life of a manifest


def test_the_table_of_a_manifests_life_is_the_codes() -> None:
    told = {row[0]: row[1] for row in table(section("docs/domain.md", "## A manifest's life"))}

    kinds = [kind for kind in KINDS.values() if StreamKind.MANIFEST in kind.stream]
    assert list(told) == [f"{kind.en} {kind.zh}" for kind in kinds]
    for kind in kinds:
        otherwise = read_states("any") if kind.type in CORRECTING else frozenset(("disputed",))
        assert read_states(told[f"{kind.en} {kind.zh}"]) == ALLOWED.get(kind.type, otherwise), kind.type


def read_states(cell: str) -> frozenset[str]:
    """The states a cell names."""
    if cell == "–":
        return frozenset((Status.NEW,))
    if cell == "any":
        return frozenset(Status) - {Status.NEW}
    return frozenset(name.strip().replace(" ", "_") for name in cell.split(","))


def test_only_a_decision_hangs_on_a_dispute_instead_of_a_state_and_corrections_on_neither() -> None:
    of_manifests = {kind.type for kind in KINDS.values() if StreamKind.MANIFEST in kind.stream}

    assert of_manifests - set(ALLOWED) == {EventType.RESOLVED, *CORRECTING}


CORRECTING = {*ASIDE, EventType.CORRECTED}


# Links


def links(page: Path) -> list[str]:
    return re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors that headings of a page give, as people's viewers make them."""
    heads = re.findall(r"(?m)^#+ (.*)$", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_link_and_picture_leads_somewhere() -> None:
    within = [(page, link) for page in PAGES for link in links(page) if "://" not in link]
    assert len(within) > 20
    for page, link in within:
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), (page, link)
        assert not anchor or anchor in anchors(target), (page, link)


def test_every_document_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [README]
    while waiting:
        page = waiting.pop().resolve()
        if page not in reached and page.suffix == ".md":
            reached.add(page)
            waiting += [page.parent / link.partition("#")[0] for link in links(page) if "://" not in link]

    assert {page.resolve() for page in PAGES} <= reached


def test_every_picture_is_shown() -> None:
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page)}

    assert set((ROOT / "docs/img").iterdir()) <= shown
