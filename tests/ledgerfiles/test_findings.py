from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import sludgetrack.ledgerfiles
from sludgetrack.ledgerfiles.columns import MOVEMENTS
from sludgetrack.ledgerfiles.findings import MESSAGES, Finding, finding_line, sentence, shown
from tests.ledgerfiles.making import RECEIVED, read

PACKAGE = Path(sludgetrack.ledgerfiles.__file__).parent
OF_THE_IMPORTER = {"duplicate_key", "unknown_reference", "changed"}


def test_a_finding_is_one_line_with_its_place_code_and_sentence() -> None:
    _, findings = read(MOVEMENTS, RECEIVED | {"accepted_t": "17"})

    assert finding_line(findings[0]) == (
        "movements.csv:2:accepted_t: accepted_above_net: 接收数量 17.000 大于进厂净重 16.400"
    )


def test_the_sentence_is_in_the_readers_language() -> None:
    english = {MESSAGES["negative"]: "“%(shown)s” is negative"}

    assert (
        sentence(Finding("a.csv", 2, "wet_t", "negative", {"shown": "-1"}), english.__getitem__) == "“-1” is negative"
    )


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_sentence_takes_named_facts_only(code: str) -> None:
    template = MESSAGES[code]
    facts = dict.fromkeys(re.findall(r"%\((\w+)\)s", template), "?")

    assert "%" not in (template % facts)


def test_every_code_used_has_a_sentence_and_every_sentence_is_used() -> None:
    texts = {
        node.value
        for path in PACKAGE.glob("*.py")
        if path.name != "findings.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert set(MESSAGES) - texts == OF_THE_IMPORTER


def test_a_shown_cell_is_one_short_line() -> None:
    assert shown(" a\nb ") == "a�b"
    assert len(shown("长" * 200)) == 60
