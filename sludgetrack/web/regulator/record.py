"""记录: the head of the log now, an old head held against it, and how to check everything oneself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from sludgetrack.services.context import Context
from sludgetrack.services.reading import rule_changes
from sludgetrack.services.reading.rule_changes import RuleChange
from sludgetrack.store import log
from sludgetrack.store.log import Checkpoint, Head
from sludgetrack.web.acting import do
from sludgetrack.web.regulator.desk import blueprint, for_inspectors
from sludgetrack.web.regulator.rules import change_words
from sludgetrack.web.runtime import runtime

SHOWN = 10
CHANGES_SHOWN = 5
HEAD = re.compile(r"\s*(?P<size>[0-9]{1,15})\s*[:：\s]\s*(?P<root>[0-9A-Fa-f\s]{64,100})\s*")
"""A head as it is printed and copied: size, colon, root; spaces in the root do no harm."""


@dataclass(frozen=True, slots=True)
class Compared:
    """An old head against the log. ``agrees`` None: the log never stopped at that size."""

    agrees: bool | None
    now: Checkpoint | None


@blueprint.get("/record", endpoint="record")
@for_inspectors
def page() -> ResponseReturnValue:
    """The head, the last heads, and what became of the one somebody kept."""
    typed = request.args.get("head", "").strip()
    parsed = HEAD.fullmatch(typed)

    def read(ctx: Context) -> tuple[Head, list[Checkpoint], Compared | None, list[RuleChange]]:
        compared = _compare(ctx, int(parsed["size"]), parsed["root"]) if parsed else None
        changes = rule_changes.changes(ctx, ctx.actor.division)[:CHANGES_SHOWN]
        return log.current(ctx.connection), log.newest_checkpoints(ctx.connection, SHOWN), compared, changes

    head, newest, compared, changes = do(read)
    return render_template(
        "regulator/record.html",
        head=head,
        newest=newest,
        typed=typed,
        unreadable=bool(typed) and parsed is None,
        compared=compared,
        as_of=runtime().now(),
        changes=changes,
        **change_words(),
    )


def _compare(ctx: Context, size: int, root: str) -> Compared:
    found = log.checkpoint_of(ctx.connection, size)
    if found is None:
        return Compared(None, None)
    return Compared(found.root.hex() == re.sub(r"\s", "", root).lower(), found)
