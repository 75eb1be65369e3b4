"""变更记录: who registered and changed what in this organisation, and of its facilities."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from sludgetrack.domain.identity import Role
from sludgetrack.services.context import Context
from sludgetrack.services.reading import admin as reading
from sludgetrack.store import registry_reading as registry
from sludgetrack.web import register_words
from sludgetrack.web.acting import acting, do
from sludgetrack.web.admin.desk import blueprint
from sludgetrack.web.signing_in import signed_in_only
from sludgetrack.web.texts import gettext as _

SHOWN = 200


@blueprint.get("/history")
@signed_in_only(Role.ADMINISTRATOR)
def history() -> ResponseReturnValue:
    """Newest first, all or of one register."""
    actor = acting().actor

    def read(ctx: Context) -> list[reading.Change]:
        codes = (
            [row.code for row in registry.facilities_under(ctx.connection, actor.division)]
            if actor.is_authority
            else sorted(actor.facilities)
        )
        own = reading.organisation_history(ctx, actor.organisation)
        return sorted([*own, *reading.facility_history(ctx, codes)], key=lambda change: change.at, reverse=True)

    found = do(read)
    wanted = request.args.get("what", "")
    return render_template(
        "admin/history.html",
        changes=[change for change in found if not wanted or change.what == wanted][:SHOWN],
        words=register_words.registers(),
        chips=_chips(found, wanted),
    )


def _chips(found: list[reading.Change], wanted: str) -> list[dict[str, object]]:
    words = {"": _("全部"), **register_words.registers()}
    counts = {what: sum(1 for change in found if what in ("", change.what)) for what in words}
    return [
        {
            "href": url_for("admin.history", what=what or None),
            "label": word,
            "count": counts[what],
            "current": what == wanted,
        }
        for what, word in words.items()
        if counts[what]
    ]
