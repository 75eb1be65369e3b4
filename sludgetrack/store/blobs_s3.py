"""Files in S3-compatible storage, by their digest. Needs the extra ``s3``: ``pip install 'sludgetrack[s3]'``.

Endpoint, region and keys come from the environment as for every S3 client: ``AWS_ENDPOINT_URL``, ``AWS_REGION``,
``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, and ``AWS_ALLOW_HTTP=true`` for an endpoint without TLS.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from sludgetrack.settings import BLOBS, SettingRefused
from sludgetrack.store.digests import BlobMissing, digest_of, verified

try:
    from obstore.exceptions import BaseError
    from obstore.store import S3Store
except ImportError as error:
    raise SettingRefused(BLOBS, "s3:// needs the extra s3: pip install 'sludgetrack[s3]'") from error

if TYPE_CHECKING:
    from obstore.store import RetryConfig

PATIENCE: RetryConfig = {"max_retries": 4, "retry_timeout": timedelta(seconds=20)}
"""How long a request is tried again before the work it belongs to is put off."""


class S3Blobs:
    """A bucket, or what lies under a prefix of one."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    @classmethod
    def open(cls, location: str) -> Self:
        """The store at ``s3://bucket/prefix``. Raises SettingRefused."""
        try:
            return cls(S3Store.from_url(location, retry_config=PATIENCE))
        except BaseError as error:
            raise SettingRefused(BLOBS, f"{location} cannot be used: {type(error).__name__}") from error

    def put(self, content: bytes) -> bytes:
        """Keep a file. An intact one is not touched; a damaged one is replaced by what its name says."""
        digest = digest_of(content)
        with _as_os_error():
            if self._read(digest) != content:
                self._store.put(_key(digest), content)
        return digest

    def get(self, digest: bytes) -> bytes:
        """The file. Raises BlobMissing and BlobDamaged."""
        with _as_os_error():
            content = self._read(digest)
        if content is None:
            raise BlobMissing(digest)
        return verified(content, digest)

    def has(self, digest: bytes) -> bool:
        """Whether there is an object under this digest."""
        with _as_os_error():
            try:
                self._store.head(_key(digest))
            except FileNotFoundError:
                return False
            return True

    def _read(self, digest: bytes) -> bytes | None:
        try:
            return bytes(self._store.get(_key(digest)).bytes())
        except FileNotFoundError:
            return None


@contextmanager
def _as_os_error() -> Iterator[None]:
    """The library's errors as the one that callers know from a disk. Their texts can tell keys, so only their kind."""
    try:
        yield
    except BaseError as error:
        raise OSError(f"object storage: {type(error).__name__}") from error


def _key(digest: bytes) -> str:
    name = digest.hex()
    return f"{name[:2]}/{name[2:4]}/{name}"
