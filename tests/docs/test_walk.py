"""The walk through the API in its description is really gone, by curl, against a running server."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.serving import make_server

from sludgetrack.app import create_app
from sludgetrack.settings import Settings
from tests.api.conftest import token_of
from tests.docs.pages import ROOT
from tests.support.city import KEY, City
from tests.support.clock import Clock

PEOPLE = {"PLANT": "plant", "DISPATCHER": "dispatcher", "DRIVER": "driver", "SITE": "site"}


@pytest.fixture
def address(engine: Engine, clock: Clock, tmp_path: Path) -> Iterator[str]:
    """A server of this test's own; its address up to the API."""
    app: Flask = create_app(Settings(home=tmp_path, blobs=str(tmp_path / "blobs"), given_secret=KEY), engine, now=clock)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def the_walk() -> str:
    (script,) = re.findall(r"```bash\n(.*?)```", (ROOT / "docs/api.md").read_text(encoding="utf-8"), re.DOTALL)
    return str(script)


def test_the_walk_from_issue_to_receipt_ends_with_a_delivered_load_and_its_sheet(
    city: City, address: str, tmp_path: Path
) -> None:
    city.produce()
    tokens = {name: token_of(city, who) for name, who in PEOPLE.items()}

    walked = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", the_walk()],
        env=os.environ | tokens | {"API": address},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (walked.returncode, walked.stderr, walked.stdout) == (0, "", "delivered\n")
    assert (tmp_path / "received.pdf").read_bytes().startswith(b"%PDF")
