"""Files kept by their digest, in a folder and in object storage."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sludgetrack.settings import SettingRefused
from sludgetrack.store.blobs import BlobDamaged, BlobMissing, BlobStore, FolderBlobs, open_blobs

CONTENT = b"%PDF-1.4 a sheet"
DIGEST = hashlib.sha256(CONTENT).digest()
NAME = DIGEST.hex()


class Bucket(ThreadingHTTPServer):
    """Object storage as far as anybody asks: objects by path, kept in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.broken = False
        super().__init__(("127.0.0.1", 0), Answering)


class Answering(BaseHTTPRequestHandler):
    """One request to the bucket."""

    server: Bucket
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        self.server.objects[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(500 if self.server.broken else 200, b"")

    def do_GET(self) -> None:
        found = self.server.objects.get(self.path)
        self._answer(403 if self.server.broken else 404 if found is None else 200, found or b"")

    def do_HEAD(self) -> None:
        self.do_GET()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Mon, 02 Mar 2026 01:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """Object storage on this machine, named by the environment."""
    server = Bucket()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "cn-north-1",
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "their secret",
    }.items():
        monkeypatch.setenv(name, value)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["folder", "bucket"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """Both kinds of store."""
    if request.param == "folder":
        return open_blobs(str(tmp_path / "blobs"))
    request.getfixturevalue("bucket")
    return open_blobs("s3://sheets/city")


def test_what_is_put_is_found_by_its_digest(blobs: BlobStore) -> None:
    assert not blobs.has(DIGEST)
    assert blobs.put(CONTENT) == DIGEST
    assert blobs.has(DIGEST)
    assert blobs.get(DIGEST) == CONTENT


def test_putting_the_same_again_changes_nothing(blobs: BlobStore) -> None:
    assert blobs.put(CONTENT) == blobs.put(CONTENT)
    assert blobs.get(DIGEST) == CONTENT


def test_what_was_never_put_is_missing(blobs: BlobStore) -> None:
    with pytest.raises(BlobMissing) as refusal:
        blobs.get(DIGEST)

    assert refusal.value.digest == DIGEST


def test_a_changed_byte_in_a_file_is_detected_and_mended_by_putting_the_file_again(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.put(CONTENT)
    blobs.place(DIGEST).write_bytes(CONTENT.replace(b"a sheet", b"a chart"))

    with pytest.raises(BlobDamaged):
        blobs.get(DIGEST)
    blobs.put(CONTENT)

    assert blobs.get(DIGEST) == CONTENT


def test_a_changed_object_is_detected_and_mended_by_putting_it_again(bucket: Bucket) -> None:
    blobs = open_blobs("s3://sheets/city")
    blobs.put(CONTENT)
    bucket.objects[f"/sheets/city/{NAME[:2]}/{NAME[2:4]}/{NAME}"] += b"\n"

    with pytest.raises(BlobDamaged):
        blobs.get(DIGEST)
    blobs.put(CONTENT)

    assert blobs.get(DIGEST) == CONTENT


def test_an_intact_file_is_not_written_again(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.put(CONTENT)
    written = blobs.place(DIGEST).stat().st_ino

    blobs.put(CONTENT)

    assert blobs.place(DIGEST).stat().st_ino == written


def test_files_are_spread_over_folders_and_for_their_owner_alone(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "home" / "blobs")
    blobs.put(CONTENT)

    place = blobs.place(DIGEST)
    assert place.relative_to(tmp_path / "home" / "blobs").parts == (NAME[:2], NAME[2:4], NAME)
    assert place.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "home" / "blobs").stat().st_mode & 0o777 == 0o700


def test_a_file_that_could_not_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    blobs = FolderBlobs(tmp_path)
    blobs.place(DIGEST).parent.mkdir(parents=True)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        blobs.put(CONTENT)

    assert list(blobs.place(DIGEST).parent.iterdir()) == []


def test_storage_that_refuses_is_an_os_error_without_addresses_or_keys(bucket: Bucket) -> None:
    blobs = open_blobs("s3://sheets/city")
    bucket.broken = True

    with pytest.raises(OSError, match=r"^object storage: \w+$"):
        blobs.get(DIGEST)


def test_object_storage_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sludgetrack.store.blobs_s3", raising=False)
    monkeypatch.setitem(sys.modules, "obstore.store", None)

    with pytest.raises(SettingRefused, match=r"SLUDGETRACK_BLOBS: .*sludgetrack\[s3\]"):
        open_blobs("s3://sheets/city")
