"""Files kept by the SHA-256 of their content: sheets and photos, in a folder or in S3-compatible storage.

A name is what the content hashes to, so that a file can be put twice but never changed, and everything read is held
against its name.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Protocol

from sludgetrack.store.digests import BlobDamaged, BlobMissing, digest_of, verified

__all__ = ["BlobDamaged", "BlobMissing", "BlobStore", "FolderBlobs", "open_blobs"]

S3_SCHEME = "s3://"


class BlobStore(Protocol):
    """Where files are kept. Every method raises OSError where the storage cannot be used."""

    def put(self, content: bytes) -> bytes:
        """Keep a file for good and return its digest; an intact one is left alone, a damaged one is replaced."""

    def get(self, digest: bytes) -> bytes:
        """The file. Raises BlobMissing and BlobDamaged."""

    def has(self, digest: bytes) -> bool:
        """Whether a file is kept under this digest, whole or not."""


def open_blobs(location: str) -> BlobStore:
    """The store at a place as the settings name it: a folder, or ``s3://bucket/prefix``.

    Raises SettingRefused for S3 where its library is not installed or its settings are wrong.
    """
    if location.startswith(S3_SCHEME):
        from sludgetrack.store.blobs_s3 import S3Blobs  # noqa: PLC0415 - an extra that most do without

        return S3Blobs.open(location)
    return FolderBlobs(Path(location))


class FolderBlobs:
    """A folder with two levels of sub-folders (``ab/cd/abcd…``), readable by its owner alone.

    A file is written beside its place, forced to the disk and then renamed into it: after a power cut it is there
    whole or not at all.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, content: bytes) -> bytes:
        """Keep a file. An intact one is not touched; a damaged one is replaced by what its name says."""
        digest = digest_of(content)
        place = self.place(digest)
        if not _holds(place, content):
            _make_folder(place.parent)
            _write(place, content)
        return digest

    def get(self, digest: bytes) -> bytes:
        """The file. Raises BlobMissing and BlobDamaged."""
        try:
            content = self.place(digest).read_bytes()
        except FileNotFoundError as error:
            raise BlobMissing(digest) from error
        return verified(content, digest)

    def has(self, digest: bytes) -> bool:
        """Whether there is a file under this digest."""
        return self.place(digest).is_file()

    def place(self, digest: bytes) -> Path:
        """Where a file lies."""
        name = digest.hex()
        return self._root / name[:2] / name[2:4] / name


def _holds(place: Path, content: bytes) -> bool:
    try:
        return place.read_bytes() == content
    except FileNotFoundError:
        return False


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, each entered in its parent for good before anything is put into it."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _force(folder.parent)


def _write(place: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".new-", dir=place.parent)  # made with mode 0600
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(place)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _force(place.parent)


def _force(folder: Path) -> None:
    """Force a folder's entries to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
