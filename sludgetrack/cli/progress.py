"""A line on the terminal that says how far a long command is; nothing where nobody is watching."""

from __future__ import annotations

import sys
import time

import click

PAUSE_S = 0.2


class Ticker:
    """Writes to standard error, five times a second at most."""

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()
        self._written = 0.0

    def tick(self, what: str, count: int) -> None:
        """So many rows of something are done."""
        now = time.monotonic()
        if self._watched and now - self._written > PAUSE_S:
            self._written = now
            click.echo(f"\r\x1b[K{what} {count:,}", nl=False, err=True)

    def clear(self) -> None:
        """Leave the line empty."""
        if self._watched:
            click.echo("\r\x1b[K", nl=False, err=True)
