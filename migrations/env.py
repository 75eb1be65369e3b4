"""Alembic's environment: runs as the owner of the schema, with the connection the caller hands over."""

from __future__ import annotations

from alembic import context

import sludgetrack.store.tables  # noqa: F401 - fills the metadata
from sludgetrack.store.base import metadata


def run() -> None:
    """Run the migrations in the connection given in the configuration's attributes, or print their SQL."""
    if context.is_offline_mode():
        context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
        with context.begin_transaction():
            context.run_migrations()
        return
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()


run()
