"""What commands share: the settings, and a migrated database to work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
from sqlalchemy import make_url

from sludgetrack import telemetry, tx
from sludgetrack.settings import SettingRefused, Settings
from sludgetrack.store import embedded, migrate
from sludgetrack.store.blobs import open_blobs

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from sludgetrack.store.blobs import BlobStore


@dataclass(slots=True)
class Session:
    """What a command runs with; tests put an engine in."""

    settings: Settings | None = None
    engine: Engine | None = None


def settings() -> Settings:
    """The settings of this command, from the environment; wrong ones end it with usage exit code 2."""
    session = click.get_current_context().ensure_object(Session)
    if session.settings is None:
        try:
            session.settings = Settings.from_env()
        except SettingRefused as error:
            raise click.UsageError(str(error)) from error
    return session.settings


def open_store() -> BlobStore:
    """Where the settings keep sheets and photos; a place that cannot be used ends the command with exit code 2."""
    try:
        return open_blobs(settings().blobs)
    except SettingRefused as error:
        raise click.UsageError(str(error)) from error


def open_engine(*, pool_size: int = 10) -> Engine:
    """The application's database. An empty home is set up first; a database given by URL must have been migrated."""
    session = click.get_current_context().ensure_object(Session)
    if session.engine is None:
        session.engine = _external(pool_size) if settings().database_url else _embedded(pool_size)
    return session.engine


def migrate_given() -> None:
    """Bring the database named by DATABASE_OWNER_URL to the newest schema and grant DATABASE_URL's role its rights."""
    given = settings()
    if not given.database_url or not given.owner_url:
        raise click.UsageError("migrate needs DATABASE_URL (the application's role) and DATABASE_OWNER_URL")
    role = make_url(given.database_url).username
    if not role:
        raise click.UsageError("DATABASE_URL names no role")
    migrate.upgrade(tx.make_engine(given.owner_url), role)


def _external(pool_size: int) -> Engine:
    url = settings().database_url
    assert url is not None  # noqa: S101 - the caller has looked
    engine = tx.make_engine(url, pool_size=pool_size)
    with engine.connect() as connection:
        if not migrate.is_current(connection):
            raise click.ClickException("the database is not migrated: run `sludgetrack migrate` first")
    return engine


def _embedded(pool_size: int) -> Engine:
    telemetry.configure()
    cluster = embedded.ensure_running(settings().home)
    engine = tx.make_engine(cluster.app_url, pool_size=pool_size)
    with engine.connect() as connection:
        current = migrate.is_current(connection)
    if not current:
        owner = tx.make_engine(cluster.owner_url)
        migrate.upgrade(owner, embedded.APP)
        owner.dispose()
    return engine
