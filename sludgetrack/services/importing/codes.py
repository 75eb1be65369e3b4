"""Public codes of many manifests at once."""

from __future__ import annotations

import secrets

from sludgetrack.domain.numbers import PUBLIC_ALPHABET, PUBLIC_LENGTH

_EVEN = 256 - 256 % len(PUBLIC_ALPHABET)
"""Bytes below this fall on every letter equally often."""


def public_codes(count: int) -> list[str]:
    """So many codes that nobody can guess."""
    letters = ""
    while len(letters) < count * PUBLIC_LENGTH:
        random = secrets.token_bytes(count * PUBLIC_LENGTH)
        letters += "".join(PUBLIC_ALPHABET[byte % len(PUBLIC_ALPHABET)] for byte in random if byte < _EVEN)
    return [letters[i * PUBLIC_LENGTH : (i + 1) * PUBLIC_LENGTH] for i in range(count)]
