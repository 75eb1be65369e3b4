"""``sludgetrack person add``: the first administrator of an organisation, by the operator of the installation."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import click
import uuid_utils
from sqlalchemy import Connection, select

from sludgetrack import tx
from sludgetrack.access import passwords
from sludgetrack.cli.common import open_engine
from sludgetrack.domain.errors import NotFound
from sludgetrack.domain.identity import Role
from sludgetrack.services import registering
from sludgetrack.store.directory import Directory
from sludgetrack.store.tables.registry import person as person_table


@click.group()
def person() -> None:
    """People, from the operator's side; everyday changes belong to the organisations' administrators."""


@person.command()
@click.argument("login")
@click.option("--organisation", required=True, help="Code of the organisation.")
@click.option("--name", required=True, help="The person's name.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    default=[str(Role.ADMINISTRATOR)],
    show_default=True,
    type=click.Choice([str(role) for role in Role]),
    help="May be given several times.",
)
def add(login: str, organisation: str, name: str, roles: tuple[str, ...]) -> None:
    """Add a person and print an initial password, once."""
    password = secrets.token_urlsafe(12)

    def work(connection: Connection) -> None:
        _require_free(connection, login)
        Directory(connection).organisation_by_code(organisation)
        person_id = str(uuid_utils.uuid7())
        fields = {"id": person_id, "roles": sorted(set(roles))}
        made = registering.person_registration(
            str(uuid_utils.uuid7()), organisation, fields, {"login": login, "name": name}
        )
        registering.register(connection, [made], datetime.now(UTC))
        passwords.set_password(connection, person_id, login, password)

    try:
        tx.run(open_engine(), work)
    except NotFound as error:
        raise click.ClickException(f"no organisation has the code {organisation}") from error
    click.echo(password)


def _require_free(connection: Connection, login: str) -> None:
    if connection.execute(select(person_table.c.id).where(person_table.c.login == login)).one_or_none():
        raise click.ClickException(f"the login {login} is in use")
