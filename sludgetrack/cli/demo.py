"""``sludgetrack demo``: a city to walk through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from sludgetrack.cli.common import open_engine
from sludgetrack.demo import city
from sludgetrack.demo.play import DAYS, play
from sludgetrack.demo.stage import Stage, is_empty, register_city


@click.command()
def demo() -> None:
    """Fill an empty home with a demo city; does nothing where there is anything already."""
    engine = open_engine()
    with engine.connect() as connection:
        empty = is_empty(connection)
    if empty:
        now = datetime.now(UTC)
        people = register_city(engine, now - timedelta(days=DAYS + 1))
        play(Stage(engine, people, now), now)
        click.echo("demo city: made", err=True)
    else:
        click.echo("demo city: there already", err=True)
    click.echo(logins(), err=True)


def logins() -> str:
    """The table of demo logins."""
    rows = [
        f"  {login:14}{who['name']}\t{', '.join(who['roles'])}\t{city.ORGANISATIONS[who['organisation']]['name']}"
        for login, who in city.PEOPLE.items()
    ]
    return "\n".join((f"demo logins, password {city.PASSWORD}:", *rows))
