"""``sludgetrack worker`` as a process: it makes sheets until it is told to stop, and then ends in good order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from sludgetrack.cli import main
from sludgetrack.cli.common import Session
from sludgetrack.settings import Settings
from tests.support.city import City
from tests.support.sheets import ADDRESS, Archive


@pytest.mark.parametrize("asked_by", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_asked_to_stop_has_finished_what_it_began(
    city: City, archive: Archive, tmp_path: Path, asked_by: signal.Signals
) -> None:
    for _ in range(3):
        city.issue()
    process = started(archive, tmp_path)
    until = time.monotonic() + 20
    while archive.asked_for() and time.monotonic() < until:
        time.sleep(0.05)

    process.send_signal(asked_by)

    assert process.wait(10) == 0
    assert len(archive.sheets()) == 3


def test_once_does_what_is_waiting_and_ends(city: City, archive: Archive) -> None:
    for _ in range(2):
        city.issue()
    settings = Settings(home=archive.folder.parent, blobs=str(archive.folder), public_address=ADDRESS)

    result = CliRunner().invoke(main, ["worker", "--once"], obj=Session(settings, archive.engine))

    assert (result.exit_code, result.stdout) == (0, "")
    assert "done: 2" in result.stderr
    assert {sheet.public_address for sheet in archive.sheets()} == {ADDRESS}


def started(archive: Archive, home: Path) -> subprocess.Popen[bytes]:
    """The worker on this test's database, as a process of its own."""
    settings = {
        "DATABASE_URL": archive.engine.url.render_as_string(hide_password=False),
        "SLUDGETRACK_HOME": str(home),
        "SLUDGETRACK_BLOBS": str(archive.folder),
    }
    command = [sys.executable, "-c", "from sludgetrack.cli import main; main()", "worker"]
    return subprocess.Popen(command, env=os.environ | settings, stderr=subprocess.DEVNULL)
