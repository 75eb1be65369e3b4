"""The embedded server: one for each home, shared by its processes, healed after whatever killed it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from sludgetrack.store import embedded
from sludgetrack.store.embedded import Cluster
from sludgetrack.store.embedded_place import EmbeddedServerError

Homes = Callable[[str], Path]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another account")

CHECKOUT = Path(__file__).resolve().parents[2]
USER_OF_THE_SERVER = """
import sys
from pathlib import Path
from sludgetrack.store import embedded
cluster = embedded.ensure_running(Path(sys.argv[1]), fast=True)
print("running", flush=True)
sys.stdin.read()
"""
PARENT_OF_A_WORKER = """
import os, sys
from pathlib import Path
import psycopg
from sludgetrack.store import embedded
cluster = embedded.ensure_running(Path(sys.argv[1]), fast=True)
worker = os.fork()
if not worker:
    sys.exit()
os.waitpid(worker, 0)
psycopg.connect(cluster.app_url.replace("+psycopg", "")).close()
print("still there")
"""


def test_a_fresh_home_gets_a_database_that_is_the_same_everywhere(cluster: Cluster) -> None:
    with connected(cluster.app_url) as app:
        settings = app.execute(
            sa.text(
                "SELECT current_user, current_database(), pg_encoding_to_char(encoding), datcollate, datctype,"
                " current_setting('timezone') FROM pg_database WHERE datname = current_database()"
            )
        ).one()

    assert tuple(settings) == ("sludgetrack_app", "sludgetrack", "UTF8", "C.UTF-8", "C.UTF-8", "UTC")


def test_the_application_is_neither_owner_nor_superuser(cluster: Cluster) -> None:
    with connected(cluster.superuser_url) as server:
        roles = server.execute(
            sa.text(
                "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls,"
                " pg_get_userbyid(datdba) = rolname FROM pg_roles, pg_database"
                " WHERE datname = 'sludgetrack' AND rolname LIKE 'sludgetrack%' ORDER BY rolname"
            )
        ).all()

    assert [tuple(role) for role in roles] == [
        ("sludgetrack_app", False, False, False, False, False),
        ("sludgetrack_owner", False, False, False, False, True),
    ]


@pytest.mark.parametrize(
    "attempt",
    ["CREATE TABLE own (a int)", "CREATE SCHEMA own", "CREATE ROLE other", "SET ROLE sludgetrack_owner"],
)
def test_the_application_cannot_make_or_become(cluster: Cluster, attempt: str) -> None:
    with connected(cluster.app_url) as app, pytest.raises(ProgrammingError, match=r"permission denied"):
        app.execute(sa.text(attempt))


def test_the_owner_makes_tables_and_a_trigram_index_that_finds_chinese(cluster: Cluster) -> None:
    with connected(cluster.owner_url) as owner:
        owner.execute(sa.text("CREATE EXTENSION pg_trgm"))
        assert owner.scalar(sa.text("SELECT cardinality(show_trgm('新乡市污水处理厂'))")) == 9


def test_two_homes_never_meet(homes: Homes) -> None:
    with running(homes("one")) as one, running(homes("two")) as two:
        write_a_mark(one)

        assert identity(one) != identity(two)
        with connected(two.owner_url) as other:
            assert other.scalar(sa.text("SELECT to_regclass('mark')")) is None


def test_processes_of_one_home_share_the_server_until_the_last_leaves(homes: Homes) -> None:
    home = homes("shared")
    first = embedded.ensure_running(home, fast=True)
    server = postmaster(home)
    with another_process(home) as other:
        first.stop()
        assert server.is_running()
        other.communicate(timeout=30)

    assert gone(server)


def test_a_killed_process_does_not_keep_the_server_alive(homes: Homes) -> None:
    home = homes("shared")
    cluster = embedded.ensure_running(home, fast=True)
    with another_process(home) as other:
        other.kill()
        other.wait()

    server = postmaster(home)
    cluster.stop()

    assert gone(server)


def test_a_forked_worker_leaves_the_server_to_its_parent(homes: Homes) -> None:
    finished = subprocess.run(
        [sys.executable, "-c", PARENT_OF_A_WORKER, str(homes("forked"))],
        cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (finished.stdout, finished.returncode) == ("still there\n", 0), finished.stderr


def test_stopping_twice_is_stopping_once(homes: Homes) -> None:
    cluster = embedded.ensure_running(homes("twice"), fast=True)
    cluster.stop()
    cluster.stop()


def test_what_was_committed_survives_the_death_of_the_server(homes: Homes) -> None:
    home = homes("crashed")
    with running(home, fast=False) as cluster:
        write_a_mark(cluster)
        kill(postmaster(home))

        with running(home, fast=False) as again:
            assert marks(again) == 1


def test_a_process_id_used_again_by_a_stranger_is_not_taken_for_the_server(homes: Homes) -> None:
    home = homes("reused")
    with running(home, fast=False) as cluster:
        write_a_mark(cluster)
        kill(postmaster(home))
        noted = home / "postgresql" / "data" / "postmaster.pid"
        noted.write_text("\n".join([str(os.getpid()), *noted.read_text().splitlines()[1:]]) + "\n")

        with running(home, fast=False) as again:
            assert marks(again) == 1


def test_a_set_up_broken_off_is_begun_again(homes: Homes) -> None:
    home = homes("broken-off")
    with running(home):
        pass
    (home / "postgresql" / "data").rename(home / "postgresql" / "data.unfinished")

    with running(home) as cluster:
        write_a_mark(cluster)


@pytest.mark.parametrize("name", ["x" * 120, "联单 'a', \"b\" $HOME `id`"], ids=["long", "strange"])
def test_any_folder_name_will_do(homes: Homes, name: str) -> None:
    home = homes(name)
    with running(home) as cluster:
        write_a_mark(cluster)
    with running(home) as again:
        assert marks(again) == 1


def test_a_copied_home_has_a_server_of_its_own(homes: Homes) -> None:
    home, copy = homes("original"), homes("copy")
    with running(home) as cluster:
        write_a_mark(cluster)
    shutil.copytree(home, copy)
    give_to_the_same(home / "postgresql", copy / "postgresql")

    with running(home) as cluster, running(copy) as other, connected(other.owner_url) as changed:
        changed.execute(sa.text("DELETE FROM mark"))
        assert marks(cluster) == 1


def test_durable_unless_asked_for_speed(homes: Homes) -> None:
    with running(homes("durable"), fast=False) as durable, running(homes("fast")) as fast:
        assert (shown(durable, "fsync"), shown(durable, "synchronous_commit")) == ("on", "on")
        assert shown(fast, "fsync") == "off"


def test_data_of_another_major_version_is_refused_by_name(homes: Homes) -> None:
    home = homes("old")
    with running(home):
        pass
    (home / "postgresql" / "data" / "PG_VERSION").write_text("17\n")

    with pytest.raises(EmbeddedServerError, match=r"made by PostgreSQL 17, this is 18"):
        embedded.ensure_running(home)


def test_a_home_that_cannot_be_made_says_which_variable_chooses_another(homes: Homes) -> None:
    homes("file").touch()

    with pytest.raises(EmbeddedServerError, match="set SLUDGETRACK_HOME"):
        embedded.ensure_running(homes("file") / "home")


@as_root
def test_under_a_closed_folder_the_cluster_lies_elsewhere_and_nothing_is_opened(closed: Path) -> None:
    home = closed / "home"
    with running(home) as cluster:
        write_a_mark(cluster)
    with running(home) as again:
        assert marks(again) == 1

    assert (home / "postgresql").is_symlink()
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_a_closed_home_that_is_ours_is_opened_for_the_server_alone(homes: Homes) -> None:
    home = homes("ours")
    home.mkdir(mode=0o700)
    with running(home):
        assert not (home / "postgresql").is_symlink()

    assert home.stat().st_mode & 0o777 == 0o710


@as_root
def test_a_moved_home_takes_its_cluster_along_but_a_copy_may_not_share_it(closed: Path) -> None:
    with running(closed / "home") as cluster:
        write_a_mark(cluster)
    shutil.copytree(closed / "home", closed / "copy", symlinks=True)
    with pytest.raises(EmbeddedServerError, match="is a copy of"):
        embedded.ensure_running(closed / "copy")

    shutil.rmtree(closed / "copy")
    (closed / "home").rename(closed / "moved")
    with running(closed / "moved") as moved:
        assert marks(moved) == 1


@as_root
def test_an_ordinary_user_has_a_server_too_and_root_may_use_it(homes: Homes) -> None:
    home = homes("nobodys")
    home.mkdir()
    shutil.chown(home, "nobody", "nogroup")
    with another_process(home, python=python_for_everybody(), user="nobody"), running(home) as cluster:
        write_a_mark(cluster)

    assert (home / "postgresql").owner() == "nobody"


@pytest.fixture(scope="module")
def cluster(home_folder: Path) -> Iterator[Cluster]:
    """A server for tests that only look."""
    with running(home_folder / "common") as cluster:
        yield cluster


@pytest.fixture(scope="module")
def home_folder() -> Iterator[Path]:
    """A folder every account may enter, which pytest's own, for root, is not."""
    folder = Path(tempfile.mkdtemp(prefix="homes-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def homes(home_folder: Path) -> Iterator[Homes]:
    """Homes by name, gone after the test."""
    folder = Path(tempfile.mkdtemp(dir=home_folder))
    folder.chmod(0o755)
    yield lambda name: folder / name
    shutil.rmtree(folder)


@pytest.fixture
def closed(homes: Homes) -> Iterator[Path]:
    """A folder like /root; what its homes put elsewhere is removed with it."""
    folder = homes("closed")
    folder.mkdir(mode=0o700)
    yield folder
    for link in folder.glob("*/postgresql"):
        shutil.rmtree(link.resolve())


@contextmanager
def running(home: Path, *, fast: bool = True) -> Iterator[Cluster]:
    with embedded.ensure_running(home, fast=fast) as cluster:
        yield cluster


@contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        yield connection


@contextmanager
def another_process(
    home: Path, *, python: str = sys.executable, user: str | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A process that uses the home's server until its standard input ends."""
    identity: dict[str, Any] = {"user": user, "group": "nogroup", "extra_groups": []} if user else {}
    with subprocess.Popen(
        [python, "-c", USER_OF_THE_SERVER, str(home)],
        cwd=CHECKOUT, env=paths(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **identity,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        yield process


def python_for_everybody() -> str:
    """An interpreter that any account may run, and that reaches this checkout and its libraries."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/{name}", f"/usr/local/bin/{name}"):
        attempt = ["/bin/sh", "-c", '"$0" -c "import sludgetrack.store.embedded"', candidate]
        tried = subprocess.run(attempt, cwd="/", env=paths(), user="nobody", capture_output=True, check=False)
        if tried.returncode == 0:
            return candidate
    pytest.skip(f"no {name}, or not this checkout, is open to an ordinary user")


def paths() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(CHECKOUT), *sys.path])}


def postmaster(home: Path) -> psutil.Process:
    noted = (home / "postgresql" / "data" / "postmaster.pid").read_text()
    return psutil.Process(int(noted.split()[0]))


def kill(server: psutil.Process) -> None:
    server.send_signal(signal.SIGKILL)
    assert gone(server)


def gone(process: psutil.Process) -> bool:
    deadline = time.monotonic() + 10
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def give_to_the_same(original: Path, copy: Path) -> None:
    owner = original.stat()
    for path in (copy, *copy.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)


def write_a_mark(cluster: Cluster) -> None:
    with connected(cluster.owner_url) as owner:
        owner.execute(sa.text("CREATE TABLE mark AS SELECT 1 AS one"))


def marks(cluster: Cluster) -> int:
    return int(asked(cluster, "SELECT count(*) FROM mark"))


def identity(cluster: Cluster) -> str:
    return asked(cluster, "SELECT system_identifier FROM pg_control_system()")


def shown(cluster: Cluster, name: str) -> str:
    return asked(cluster, f"SHOW {name}")


def asked(cluster: Cluster, question: str) -> str:
    with connected(cluster.superuser_url) as server:
        return str(server.execute(sa.text(question)).scalar_one())
