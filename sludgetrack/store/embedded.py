"""The PostgreSQL server that comes with the package, one for each home.

``ensure_running(home)`` starts the home's server if none runs and says how to reach it. Every process that uses it
holds a shared lock on its folder; whoever gives up the last one stops it. Locks of processes that die are given up by
the kernel, so nothing is counted and nothing can be miscounted. Why it is built this way: docs/adr/0002.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import psutil
import psycopg
from psycopg import sql
from sqlalchemy import URL

from sludgetrack.store.embedded_place import EmbeddedServerError, Place, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DATABASE: Final = "sludgetrack"
OWNER: Final = "sludgetrack_owner"
APP: Final = "sludgetrack_app"
SUPERUSER: Final = "postgres"

PATIENCE_S: Final = 120
"""How long a server may take to become ready or to stop; replaying a day's work after a crash takes seconds."""

_PORT: Final = 5432
_SOCKET_LIMIT: Final = 107
"""Bytes a Unix socket's path may have."""
_NOBODY: Final = 2**31 - 1
"""A process id no system gives out."""
_STARTS_AFTER_A_CRASH: Final = 10
_SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "",
    "port": str(_PORT),
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C.UTF-8",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_lock_waits": "on",
}
_FAST: Final[Mapping[str, str]] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Cluster:
    """A running server. Usable as a context manager; at the process's end it is given up by itself."""

    def __init__(self, place: Place, socket: Path, lock: int) -> None:
        self._place = place
        self._socket = socket
        self._lock: int | None = lock
        self._process = os.getpid()
        atexit.register(self.stop)

    @property
    def app_url(self) -> str:
        """The application's role: neither owner nor superuser."""
        return self.url(APP)

    @property
    def owner_url(self) -> str:
        """The role that owns the database and its tables, for migrations."""
        return self.url(OWNER)

    @property
    def superuser_url(self) -> str:
        """The server's superuser, for tests that tamper and for repairs by hand."""
        return self.url(SUPERUSER)

    def url(self, role: str, database: str = DATABASE) -> str:
        """An SQLAlchemy URL for a role and a database of this server."""
        at = {"host": str(self._socket), "port": str(_PORT)}
        return URL.create("postgresql+psycopg", username=role, database=database, query=at).render_as_string()

    def stop(self) -> None:
        """Give the server up; it stops if nobody else uses it. A forked child leaves that to its parent."""
        lock, self._lock = self._lock, None
        if lock is None:
            return
        atexit.unregister(self.stop)
        if os.getpid() != self._process or not self._place.home.is_dir():
            os.close(lock)
            return
        with _alone(self._place.home):
            os.close(lock)
            _stop_if_unused(self._place, self._socket)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def ensure_running(home: Path, *, fast: bool = False) -> Cluster:
    """The home's server, started if need be; the first time the home, the cluster, its roles and its empty database
    are made.

    ``fast`` gives up durability when this call starts the server, for throw-away clusters of tests only. Raises
    EmbeddedServerError.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedServerError(f"{home} cannot be made ({error.strerror}): set SLUDGETRACK_HOME") from error
    home = home.resolve()
    with _alone(home):
        place = place_of(home)
        lock = os.open(place.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_SH)
            socket = _running(place) or _start(place, fast=fast)
        except BaseException:
            os.close(lock)
            raise
    return Cluster(place, socket, lock)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One process at a time starts or stops a home's server."""
    folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _stop_if_unused(place: Place, socket: Path) -> None:
    folder = os.open(place.root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    finally:
        os.close(folder)
    if _running(place):
        place.run("pg_ctl", "stop", "-m", "fast", "-w", "-t", str(PATIENCE_S), "-s")
    if socket.parent != place.root:
        shutil.rmtree(socket, ignore_errors=True)


def _running(place: Place) -> Path | None:
    """The socket folder of the home's ready server, None where none runs. One that is starting or stopping, left so by
    a process that was killed, is waited for."""
    deadline = time.monotonic() + PATIENCE_S
    while (noted := _noted_server(place)) is not None:
        if len(noted) > 7 and noted[7].strip() == "ready":
            return Path(noted[4])
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"the server in {place.root} is neither ready nor gone; see {place.log}")
        time.sleep(0.05)
    return None


def _noted_server(place: Place) -> list[str] | None:
    """The lines of postmaster.pid, if the process it names is this cluster's server.

    The process must carry the cluster's name: after a crash the number may be another program's, and in a copied home
    it is another home's server.
    """
    noted = _pid_file(place)
    if not noted:
        return None
    try:
        process = psutil.Process(int(noted[0]))
        ours = f"cluster_name={_cluster_name(place)}" in process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    return noted if ours else None


def _pid_file(place: Place) -> list[str]:
    """Process, data folder, start time, port, socket folder, address, shared memory, status; fewer while starting."""
    try:
        return (place.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _cluster_name(place: Place) -> str:
    return "sludgetrack-" + sha256(os.fsencode(place.data)).hexdigest()[:16]


def _start(place: Place, *, fast: bool) -> Path:
    if not place.data.exists():
        _initialise(place, fast=fast)
    place.check_version()
    crashed = _mark_crashed(place)
    socket = _socket_folder(place)
    place.write(place.data / "postgresql.conf", _configuration(socket, fast=fast))
    if place.log.exists():
        place.log.replace(place.log.with_suffix(".log.1"))
    _launch(place, tries=_STARTS_AFTER_A_CRASH if crashed else 1)
    _provision(socket)
    return socket


def _initialise(place: Place, *, fast: bool) -> None:
    """Make the data folder under another name, so that one half-made by a killed process is never taken for whole."""
    unfinished = place.data.with_name("data.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    place.run(
        "initdb", f"--pgdata={unfinished}", f"--username={SUPERUSER}", "--auth-local=trust", "--auth-host=reject",
        "--encoding=UTF8", "--locale-provider=libc", "--locale=C.UTF-8", "--no-instructions",
        "--no-sync" if fast else "--sync-method=fsync",
    )  # fmt: skip
    unfinished.rename(place.data)


def _mark_crashed(place: Place) -> bool:
    """Whether the last server went without cleaning up.

    Its process id may be another process's by now, which the server would take for its living self and refuse to start.
    The id is replaced rather than the file removed: the file also names the shared memory by which the server notices
    that children of the dead one still run.
    """
    noted = _pid_file(place)
    if noted:
        place.write(place.data / "postmaster.pid", "\n".join([str(_NOBODY), *noted[1:]]) + "\n")
    return bool(noted)


def _socket_folder(place: Place) -> Path:
    """An empty folder that only the server's account can enter, which is what stands in for a password. In the cluster,
    or with a short name elsewhere where the cluster's is too long (or has a comma, which would part two hosts)."""
    inside = place.root / "socket"
    shutil.rmtree(inside, ignore_errors=True)
    too_long = len(os.fsencode(inside / f".s.PGSQL.{_PORT}")) > _SOCKET_LIMIT
    if not too_long and "," not in str(inside):
        inside.mkdir(mode=0o700)
        return place.own(inside)
    return place.own(Path(tempfile.mkdtemp(prefix="sludgetrack-", dir="/tmp")))


def _configuration(socket: Path, *, fast: bool) -> str:
    """postgresql.conf, written anew at each start; what ALTER SYSTEM sets is elsewhere and stays."""
    values = {**_SETTINGS, **(_FAST if fast else {}), "unix_socket_directories": f'"{socket}"'}
    return "".join(f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in values.items())


def _launch(place: Place, *, tries: int) -> None:
    """Start the server. Orphans of a crashed one may hold its memory for a moment more, hence several tries."""
    name = f"-c cluster_name={_cluster_name(place)}"
    for left in reversed(range(tries)):
        try:
            place.run("pg_ctl", "start", "-w", "-t", str(PATIENCE_S), "-s", "-l", place.log.name, "-o", name)
        except EmbeddedServerError:
            if not left:
                raise
            time.sleep(0.5)
        else:
            return


def _provision(socket: Path) -> None:
    """Roles and database, each made if missing, so that a set-up broken off is finished by the next start."""
    with psycopg.connect(
        host=str(socket), port=_PORT, user=SUPERUSER, dbname="postgres", autocommit=True, application_name="sludgetrack"
    ) as server:
        for role in (OWNER, APP):
            if server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
                server.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        names = {"database": sql.Identifier(DATABASE), "owner": sql.Identifier(OWNER), "app": sql.Identifier(APP)}
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone() is None:
            server.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner} TEMPLATE template0").format(**names))
        server.execute(sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC").format(**names))
        server.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}").format(**names))
