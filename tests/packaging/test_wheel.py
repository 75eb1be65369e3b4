"""The wheel built from this tree holds everything and runs outside the checkout."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path, PurePosixPath

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
LOOK_AROUND = """
import importlib.resources, json, sys
import sludgetrack
from sludgetrack import assets
tables = importlib.resources.files("sludgetrack.reference")
print(json.dumps({
    "package": sludgetrack.__file__,
    "templates": str(assets.templates_dir()),
    "static": str(assets.static_dir()),
    "migrations": str(assets.migrations_dir() / "env.py"),
    "regular": str(assets.font(assets.REGULAR)),
    "bold": str(assets.font(assets.BOLD)),
    "routes": str(tables / "routes.csv"),
}))
"""


def test_nothing_of_the_tree_is_left_out(wheel: Path) -> None:
    assert files_of_the_tree() - set(files_in(wheel)) == set()


def test_nothing_is_in_it_that_only_developers_need(wheel: Path) -> None:
    outside = [name for name in files_in(wheel) if not name.startswith(("sludgetrack/", "sludgetrack-"))]
    compiled = [name for name in files_in(wheel) if name.endswith((".pyc", ".po", ".pot"))]

    assert (outside, compiled) == ([], [])


def test_it_brings_its_licence_and_that_of_the_fonts(wheel: Path) -> None:
    names = [PurePosixPath(name).name for name in files_in(wheel)]

    assert "LICENSE" in names
    assert "NotoSansSC-LICENSE.txt" in names


def test_installed_elsewhere_it_finds_everything_in_itself(installed: Path) -> None:
    answer = subprocess.run(
        [installed / "bin" / "python", "-I", "-c", LOOK_AROUND],
        cwd=installed, capture_output=True, text=True, check=True,
    )  # fmt: skip

    found = {what: Path(path) for what, path in json.loads(answer.stdout).items()}
    assert {what: path.exists() for what, path in found.items()} == dict.fromkeys(found, True)
    assert {what: path.is_relative_to(installed) for what, path in found.items()} == dict.fromkeys(found, True)
    assert (installed / "bin" / "sludgetrack").exists()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: a build writes into its tree."""
    tree = tmp_path_factory.mktemp("tree") / "sludgetrack"
    shutil.copytree(CHECKOUT, tree, ignore=only_what_is_built)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tree / "dist")]
    built = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (made,) = (tree / "dist").glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own that borrows the libraries of this one, but not this checkout."""
    home = tmp_path_factory.mktemp("elsewhere") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    python = home / "bin" / "python"
    subprocess.run([sys.executable, "-m", "pip", "-q", "--python", python, "install", "--no-deps", wheel], check=True)
    (libraries,) = home.glob("lib/python*/site-packages")
    (libraries / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home


def only_what_is_built(folder: str, names: list[str]) -> list[str]:
    """What a copy of the checkout leaves out."""
    everywhere = {"__pycache__", "node_modules", "build", "dist"}
    at_top = {name for name in names if name.startswith(".") or name.endswith(".egg-info")}
    return [name for name in names if name in everywhere or (Path(folder) == CHECKOUT and name in at_top)]


def files_in(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return [name for name in archive.namelist() if not name.endswith("/")]


def files_of_the_tree() -> set[str]:
    """Everything an installation needs, by its name in the wheel."""
    inside = {"sludgetrack": "", "templates": "sludgetrack/_", "static": "sludgetrack/_", "migrations": "sludgetrack/_"}
    return {
        prefix + path.relative_to(CHECKOUT).as_posix()
        for folder, prefix in inside.items()
        for path in (CHECKOUT / folder).rglob("*")
        if path.is_file() and needed(path)
    }


def needed(path: Path) -> bool:
    hidden = path.name.startswith(".") and path.name != ".head"
    return not hidden and "__pycache__" not in path.parts and path.suffix not in {".po", ".pot"}
