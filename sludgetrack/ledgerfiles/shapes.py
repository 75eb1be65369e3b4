"""What a ledger file, a column and a code are: the shapes the table of columns is written in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

Row = TypeVar("Row", bound=tuple[Any, ...])


class Kind(StrEnum):
    """How a column's cells are read, and into what."""

    CODE = "code"
    """An id: text without control characters, full-width letters narrowed."""
    PLATE = "plate"
    """A plate: a code without dots and spaces, in capitals."""
    TEXT = "text"
    """Free text, kept as written."""
    DIVISION = "division"
    """A code of 2, 4 or 6 digits (GB/T 2260)."""
    TONNES = "tonnes"
    """Tonnes with up to 3 decimals, read as whole kilograms."""
    PERCENT = "percent"
    """0-100 with up to 2 decimals, read as basis points."""
    INTEGER = "integer"
    """A whole number from 0 on."""
    NUMBER = "number"
    """A decimal number of any sign, read as Decimal."""
    DATE = "date"
    """A legal day."""
    TIME = "time"
    """A local legal time, read as naive datetime, or RFC 3339 with offset, read as aware datetime."""
    CHOICE = "choice"
    """One of the column's codes."""
    CHOICES = "choices"
    """Codes of the column parted by ``;``."""
    FLAG = "flag"
    """``yes`` or blank, read as bool."""
    SHARES = "shares"
    """``B1`` or ``B1:12.5;B2:5.1``: ids with or without wet tonnes."""
    OUTPUTS = "outputs"
    """``L1:12.5:38.00;…``: new lots with wet tonnes and moisture."""


@dataclass(frozen=True, slots=True)
class Code:
    """One of the values a column may have. ``zh``: its Chinese spellings, parted by spaces, the first is its name."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``zh``: its Chinese headings, parted by spaces; ``stage``: what is filled together, and ``or_stage``
    what the cell may be filled with instead.

    ``attribute`` is the field of the typed row; masses are in whole kilograms there (``_kg``), moistures in basis
    points (``_bp``). ``within`` is the greatest magnitude of a number. ``required`` columns must be there and filled.
    ``zone_of`` names the column of the facility whose legal time a time column is in.
    """

    name: str
    attribute: str
    kind: Kind
    zh: str
    meaning_zh: str
    meaning_en: str
    key: bool = False
    required: bool = False
    codes: tuple[Code, ...] = ()
    default: str | None = None
    stage: str | None = None
    or_stage: str | None = None
    max_length: int | None = None
    within: int | None = None
    zone_of: str | None = None


class Problem(NamedTuple):
    """Something wrong within a row: at which column, what, and the facts of the sentence."""

    column: str
    code: str
    facts: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class LedgerFile(Generic[Row]):
    """One kind of ledger file. ``zh``: Chinese names of the sheet or file, parted by spaces.

    ``make`` builds the typed row from its line number and the cells' values in the order of ``columns``; ``complete``
    fills what follows from other cells of the row; ``check`` lists what is wrong within the row.
    """

    name: str
    zh: str
    meaning_en: str
    columns: tuple[Column, ...]
    make: Callable[[Iterable[Any]], Row]
    complete: Callable[[Row], Row]
    check: Callable[[Row], list[Problem]]

    def column(self, name: str) -> Column:
        """The column of this name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the key columns."""
        return tuple(column.name for column in self.columns if column.key)
