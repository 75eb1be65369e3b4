"""Files people send along: kept whole and unchanged under their digest, known by their content and not by their name.

The claim states the digest, so the chain vouches for the file as it was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sludgetrack.domain.errors import NotFound, OutOfRange
from sludgetrack.store.blobs import BlobMissing, BlobStore

MEGABYTE = 1024 * 1024

_FIRST_BYTES: Mapping[str, bytes] = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}
WORDS: Mapping[str, str] = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
}
"""What people call each kind of file."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is taken in: the figure of a claim that states the digest, the kinds of files, and the most bytes."""

    figure: str
    media_types: tuple[str, ...]
    most_bytes: int

    @property
    def words(self) -> str:
        """What would be right, for refusals: ``PDF / JPEG / PNG, ≤ 10 MB``."""
        return f"{' / '.join(WORDS[kind] for kind in self.media_types)}, ≤ {self.most_bytes // MEGABYTE} MB"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file's bytes and what kind of file they are."""

    content: bytes
    media_type: str


def media_type(content: bytes) -> str | None:
    """The kind of file by its first bytes, whatever its name says; None for anything else."""
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for kind, first in _FIRST_BYTES.items() if content.startswith(first)), None)


def keep(blobs: BlobStore, content: bytes, wanted: Wanted) -> str:
    """Keep a file and return its digest in hex. Raises OutOfRange, naming the figure, for too much or another kind."""
    if len(content) > wanted.most_bytes:
        raise OutOfRange(field=wanted.figure, value=f"{len(content) / MEGABYTE:.1f} MB", wanted=wanted.words)
    if media_type(content) not in wanted.media_types:
        raise OutOfRange(field=wanted.figure, value="?", wanted=wanted.words)
    return blobs.put(content).hex()


def read(blobs: BlobStore, digest: str, wanted: Wanted) -> KeptFile:
    """A file by its digest. Raises NotFound, also for what is no file of a wanted kind: sheets are kept there too."""
    try:
        content = blobs.get(bytes.fromhex(digest))
    except BlobMissing:
        raise not_found(digest, wanted) from None
    kind = media_type(content)
    if kind not in wanted.media_types:
        raise not_found(digest, wanted)
    return KeptFile(content, kind)


def not_found(digest: str, wanted: Wanted) -> NotFound:
    """There is no such file, or none for this reader."""
    return NotFound(kind=wanted.figure, name=digest[:12])
