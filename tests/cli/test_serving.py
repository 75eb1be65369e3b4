"""``sludgetrack serve`` and what it wants of its settings before it opens a database or a port."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sludgetrack.cli import main
from sludgetrack.cli.common import Session
from sludgetrack.settings import Settings

USES_BLOBS = pytest.mark.parametrize("command", [["serve"], ["worker", "--once"], ["audit"], ["sheets", "XX-7"]])


def run(home: Path, command: list[str], blobs: str) -> Result:
    """A command without a database: opening one in this home would start a server there."""
    return CliRunner().invoke(main, command, obj=Session(Settings(home=home, blobs=blobs)))


@USES_BLOBS
def test_s3_without_its_extra_is_wrong_usage_and_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.delitem(sys.modules, "sludgetrack.store.blobs_s3", raising=False)
    monkeypatch.setitem(sys.modules, "obstore.store", None)

    result = run(tmp_path, command, "s3://bucket/prefix")

    assert result.exit_code == 2
    assert "Error: SLUDGETRACK_BLOBS: s3:// needs the extra s3: pip install 'sludgetrack[s3]'" in result.stderr
    assert list(tmp_path.iterdir()) == []


@USES_BLOBS
def test_an_s3_store_that_cannot_be_used_is_wrong_usage_and_names_the_setting(
    tmp_path: Path, command: list[str]
) -> None:
    result = run(tmp_path, command, "s3://")

    assert result.exit_code == 2
    assert "SLUDGETRACK_BLOBS: s3:// cannot be used" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_means_nothing_is_wrong_usage_and_says_what_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUDGETRACK_HOME", str(tmp_path))
    monkeypatch.setenv("SLUDGETRACK_BLOBS", "ftp://somewhere")

    result = CliRunner().invoke(main, ["serve"])

    assert result.exit_code == 2
    assert "SLUDGETRACK_BLOBS: a folder, or s3://bucket/prefix" in result.stderr
