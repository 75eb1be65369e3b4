"""The metadata every table hangs on, stable constraint names, and the column types of the domain."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, LargeBinary, MetaData
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant, UTC in and out. A naive value is refused, since nobody could tell which zone it means."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive instant."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive instant {value!r}")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC, whatever zone the session has."""
        return value.astimezone(UTC) if value is not None else None


def hash_column(name: str, *, nullable: bool = False) -> Column[bytes]:
    """A SHA-256 digest."""
    return Column(name, LargeBinary(32), nullable=nullable)


def units_column(name: str, **options: Any) -> Column[int]:
    """Dry solids in whole units of 0.1 g."""
    return Column(name, BigInteger, nullable=False, **options)
