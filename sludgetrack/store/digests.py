"""The names of kept files, and what can be wrong with a file under its name."""

from __future__ import annotations

import hashlib


class BlobMissing(LookupError):
    """Nothing is kept under this digest."""

    def __init__(self, digest: bytes) -> None:
        super().__init__(digest.hex())
        self.digest = digest


class BlobDamaged(ValueError):
    """What is kept under this digest is not what it was: the storage or somebody changed it."""

    def __init__(self, digest: bytes) -> None:
        super().__init__(digest.hex())
        self.digest = digest


def digest_of(content: bytes) -> bytes:
    """The name a file is kept by."""
    return hashlib.sha256(content).digest()


def verified(content: bytes, digest: bytes) -> bytes:
    """The content, if it is what its digest says. Raises BlobDamaged."""
    if digest_of(content) != digest:
        raise BlobDamaged(digest)
    return content
