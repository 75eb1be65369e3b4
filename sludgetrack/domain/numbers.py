"""Manifest numbers: 20 digits with a check digit, and the six characters that open the public view.

year of issue (legal time) 4 + division 6 + facility number within the division 3 + serial 6 + check digit 1
(ISO 7064 MOD 11,10), printed ``2025 4107 2100 1000 012-9``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sludgetrack.domain.errors import NotANumber

MAX_SERIAL = 999_999
PUBLIC_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0 O 1 I L U: read aloud and typed with gloves."""
PUBLIC_LENGTH = 6

_FULL_WIDTH = str.maketrans("\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff0d", "0123456789-")
_SEPARATORS = re.compile(r"[\s\-–—·]")


@dataclass(frozen=True, slots=True)
class ManifestNumber:
    """The parts of a number; ``str()`` gives its 20 digits."""

    year: int
    division: str
    facility_number: int
    serial: int

    def __str__(self) -> str:
        body = f"{self.year:04d}{self.division:>06}{self.facility_number:03d}{self.serial:06d}"
        return body + check_digit(body)


def check_digit(digits: str) -> str:
    """The ISO 7064 MOD 11,10 check digit of a string of decimal digits."""
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def parse(text: str) -> ManifestNumber:
    """The number in ``text``, separators and full-width digits allowed. Raises NotANumber."""
    digits = compact(text)
    if not re.fullmatch(r"[0-9]{20}", digits):
        raise NotANumber(text=text, expected=None)
    expected = check_digit(digits[:19])
    if digits[19] != expected:
        raise NotANumber(text=text, expected=expected)
    return ManifestNumber(int(digits[:4]), digits[4:10], int(digits[10:13]), int(digits[13:19]))


def compact(text: str) -> str:
    """``text`` without separators, full-width digits made plain; not checked."""
    return _SEPARATORS.sub("", text.translate(_FULL_WIDTH))


def grouped(digits: str) -> str:
    """The 20 digits as printed: ``2025 4107 2100 1000 012-9``."""
    return f"{digits[:4]} {digits[4:8]} {digits[8:12]} {digits[12:16]} {digits[16:19]}-{digits[19]}"
