"""The hash chain of a stream: canonical bytes, hashes of claims and entries, and the check of a whole chain.

A claim's hash is SHA-256 over its RFC 8785 bytes. An entry's hash covers the claim's hash, the commitment to the
personal data, and everything the record adds, the previous entry's hash included, so that a change, removal or
reordering inside a stream shows in every later hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sludgetrack.domain.events import Confirmation, Entry, Finding
from sludgetrack.domain.times import rfc3339

START = bytes(32)
"""The previous hash of a stream's first entry."""


class NotCanonical(ValueError):
    """What RFC 8785 would write in another way than here: a float, an integer of 2^53 and more, a name beyond ASCII."""


def canonical_bytes(document: Mapping[str, Any]) -> bytes:
    """The RFC 8785 bytes of a document of strings, integers, booleans, nulls, lists and objects.

    Raises NotCanonical for floats, integers of 2^53 and more, and names beyond ASCII: the RFC sorts names by UTF-16
    unit, which for ASCII is by code point.
    """
    _refuse_ambiguous(document)
    return _canonical(document).encode()


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def _refuse_ambiguous(value: object) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            if not name.isascii():
                raise NotCanonical(name)
            # Most values are texts: looking at their type here saves most of the calls.
            if item is not None and type(item) is not str:
                _refuse_ambiguous(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _refuse_ambiguous(item)
    elif isinstance(value, float) or (isinstance(value, int) and abs(value) >= 2**53):
        raise NotCanonical(repr(value))


def claim_hash(document: Mapping[str, Any]) -> bytes:
    """SHA-256 of a claim's canonical bytes."""
    return hashlib.sha256(canonical_bytes(document)).digest()


def commitment(salt: bytes, document: Mapping[str, Any]) -> bytes:
    """The salted hash that stands for personal data: without the salt nobody can guess what it hides."""
    return hashlib.sha256(salt + canonical_bytes(document)).digest()


def entry_hash(entry: Entry) -> bytes:
    """SHA-256 over what the record says of a claim and its place in the stream."""
    return hashlib.sha256(entry_bytes(entry, confirmations_text(entry.confirmations))).digest()


def confirmations_text(confirmations: Iterable[Confirmation]) -> str:
    """The RFC 8785 text of a list of confirmations."""
    return _canonical([c.document() for c in confirmations])


def entry_bytes(entry: Entry, confirmations: str) -> bytes:
    """The canonical bytes of ``entry_document``, put together directly: the names are known, and so is their order."""
    marks = ",".join([f'"{mark}"' for mark in entry.marks])
    personal = f'"{entry.personal_hash.hex()}"' if entry.personal_hash else "null"
    return (
        f'{{"claim":"{entry.claim_hash.hex()}","confirmations":{confirmations},"marks":[{marks}],"personal":{personal},'
        f'"previous":"{entry.previous_hash.hex()}","recorded_at":"{rfc3339(entry.recorded_at)}","seq":{entry.seq},'
        f'"stream":{_canonical(str(entry.stream))}}}'
    ).encode()


def entry_document(entry: Entry) -> dict[str, Any]:
    """What an entry's hash covers."""
    return {
        "claim": entry.claim_hash.hex(),
        "confirmations": [c.document() for c in entry.confirmations],
        "marks": list(entry.marks),
        "personal": entry.personal_hash.hex() if entry.personal_hash else None,
        "previous": entry.previous_hash.hex(),
        "recorded_at": rfc3339(entry.recorded_at),
        "seq": entry.seq,
        "stream": str(entry.stream),
    }


def verify(entries: Iterable[Entry], previous: bytes = START, seq: int = 0) -> list[Finding]:
    """Every disagreement in one stream, given in order; empty when it holds.

    The stream is given whole, or from some entry on with the hash and the seq of the one before it.
    """
    findings: list[Finding] = []
    for entry in entries:
        findings.extend(_check(entry, previous, seq + 1))
        previous, seq = entry.hash, entry.seq
    return findings


def _check(entry: Entry, previous: bytes, seq: int) -> Iterable[Finding]:
    where = f"{entry.stream} #{entry.seq}"
    if entry.seq != seq:
        yield Finding("entry_missing", where, f"entry {seq} is missing before it")
    if entry.previous_hash != previous:
        yield Finding("chain_broken", where, "the previous entry's hash differs")
    if claim_hash(entry.claim.document()) != entry.claim_hash:
        yield Finding("claim_changed", where, f"the claim of event {entry.claim.event_id} does not give its hash")
    if entry_hash(entry) != entry.hash:
        yield Finding("entry_changed", where, f"the entry of event {entry.claim.event_id} does not give its hash")
