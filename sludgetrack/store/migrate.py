"""Bringing a database to the newest schema, as its owner.

The application's role gets what it needs and no more: it may read and add, change projections, and never update,
delete or truncate the record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from sludgetrack import assets

if TYPE_CHECKING:
    from collections.abc import Sequence

APPEND_ONLY: Sequence[str] = ("entry", "personal", "log_leaf", "log_checkpoint", "posting", "sheet")
"""Tables whose rows are never changed: by missing rights for the application, by trigger for the owner."""


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration for the shipped migrations, with a connection to run them in."""
    config = Config()
    config.set_main_option("script_location", str(assets.migrations_dir()))
    config.attributes["connection"] = connection
    return config


def upgrade(owner: Engine, application_role: str) -> None:
    """Apply every missing migration and grant the application's role its rights. Idempotent."""
    with owner.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(7381)"))
        command.upgrade(configuration(connection), "head")
        grant(connection, application_role)


def grant(connection: Connection, role: str) -> None:
    """The application's rights on every table as it is now."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {quoted}"))
    connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}"))
    connection.execute(text(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}"))
    connection.execute(text(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {quoted}"))
    for table in APPEND_ONLY:
        connection.execute(text(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {quoted}"))


def is_current(connection: Connection) -> bool:
    """Whether the database has the newest schema."""
    heads = set(ScriptDirectory.from_config(configuration()).get_heads())
    return set(MigrationContext.configure(connection).get_current_heads()) == heads
