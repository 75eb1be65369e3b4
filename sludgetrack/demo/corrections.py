"""Corrections in the demo city: in effect, refused, withdrawn, waiting; and a month that is closed."""

from __future__ import annotations

from datetime import timedelta

from sludgetrack.demo.stage import Stage, new_id
from sludgetrack.domain import commands as c
from sludgetrack.domain.events import Entry, EventType, Stream, StreamKind
from sludgetrack.domain.registrations import LockPeriod
from sludgetrack.services import correcting, locking
from sludgetrack.services.cases import open_case
from sludgetrack.services.context import Context
from sludgetrack.services.reading.manifests import ManifestFilters, list_manifests

Answer = c.ApproveCorrection | c.RefuseCorrection | c.WithdrawCorrection


def correct(stage: Stage) -> None:
    """Four loads of one hauler, each with a correction that went another way."""
    effect, refused, withdrawn, waits = _delivered(stage)
    loaded = _event(stage, effect, EventType.LOADED)
    less = {name: loaded.claim.figures[name] - 60 for name in ("gross_out_kg", "net_out_kg")}
    proposal = _propose(stage, "plant", loaded, "磅单打印后复磅，少 60 kg", **less)
    stage.now += timedelta(minutes=7)
    _answer(stage, "dispatcher", effect, c.ApproveCorrection(event_id=new_id(), proposal=proposal))
    loaded = _event(stage, refused, EventType.LOADED)
    proposal = _propose(stage, "plant", loaded, "含水率读错一位", moisture_out_bp=7_813)
    why = "装车时一起看过读数，不是这个数"
    _answer(stage, "dispatcher", refused, c.RefuseCorrection(event_id=new_id(), proposal=proposal, reason=why))
    received = _event(stage, withdrawn, EventType.RECEIVED)
    proposal = _propose(stage, "site", received, "磅单号抄错", ticket_in="RC00000000")
    why = "核对原始磅单，没有抄错"
    _answer(stage, "site", withdrawn, c.WithdrawCorrection(event_id=new_id(), proposal=proposal, reason=why))
    received = _event(stage, waits, EventType.RECEIVED)
    _propose(stage, "site", received, "化验室复测", moisture_in_bp=received.claim.figures["moisture_in_bp"] + 40)


def close_month(stage: Stage) -> None:
    """The authority closes the month before everything that is on record."""
    last = stage.now.date().replace(day=1) - timedelta(days=1)
    said = LockPeriod(event_id=new_id(), division=_DIVISION, month=f"{last:%Y-%m}")
    stage.act(_INSPECTOR, lambda ctx: locking.lock_period(ctx, said))


_INSPECTOR, _DIVISION = "regulator", "4107"


def _delivered(stage: Stage) -> list[str]:
    """The four newest loads that arrived at the incinerator by the hauler."""

    def find(ctx: Context) -> list[str]:
        filters = ManifestFilters(states=("delivered",), giver="LTW", destination="INC", hauler="HD")
        return [row.number for row in list_manifests(ctx, filters).items if row.status == "delivered"]

    return stage.act("plant", find)[:4]


def _event(stage: Stage, number: str, kind: EventType) -> Entry:
    entries = stage.act("site", lambda ctx: open_case(ctx, number, lock=False)).entries
    return next(entry for entry in entries if entry.claim.type is kind)


def _propose(stage: Stage, who: str, event: Entry, reason: str, **new: int | str) -> str:
    changes = tuple(c.ChangeLine(name, value) for name, value in new.items())
    command = c.ProposeCorrection(event_id=new_id(), corrects=event.claim.event_id, changes=changes, reason=reason)
    stage.now += timedelta(minutes=2)
    return stage.act(who, lambda ctx: correcting.propose(ctx, event.stream, command)).event_id


def _answer(stage: Stage, who: str, number: str, command: Answer) -> None:
    subject = Stream(StreamKind.MANIFEST, number)
    stage.act(who, lambda ctx: correcting.answer(ctx, subject, command))
