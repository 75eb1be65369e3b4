"""What must hold within one row of movements, and what follows from its other cells.

A truckload's weights add up, its stages come in order, and no more is accepted or returned than there was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sludgetrack.domain.quantities import tonnes_from_kg
from sludgetrack.ledgerfiles.shapes import Problem

if TYPE_CHECKING:
    from datetime import datetime

    from sludgetrack.ledgerfiles.rows import Movement, Share


def complete_movement(row: Movement) -> Movement:
    """Fill net from gross and tare, and the accepted mass of a load accepted or refused as a whole."""
    if row.net_out_kg is None:
        row = row._replace(net_out_kg=_net(row.gross_out_kg, row.tare_out_kg))
    if row.net_in_kg is None:
        row = row._replace(net_in_kg=_net(row.gross_in_kg, row.tare_in_kg))
    if row.accepted_kg is None and row.decision == "accepted":
        row = row._replace(accepted_kg=row.net_in_kg)
    elif row.accepted_kg is None and row.decision == "refused":
        row = row._replace(accepted_kg=0)
    return row


def _net(gross_kg: int | None, tare_kg: int | None) -> int | None:
    if gross_kg is None or tare_kg is None or gross_kg < tare_kg:
        return None
    return gross_kg - tare_kg


def check_movement(row: Movement) -> list[Problem]:
    """All that is wrong within the row, empty where nothing is."""
    problems = check_shares("batch", row.batches) if row.batches else []
    problems += _weights("out", row.gross_out_kg, row.tare_out_kg, row.net_out_kg)
    problems += _load(row)
    if row.received_at is not None or row.decision is not None:
        problems += _weights("in", row.gross_in_kg, row.tare_in_kg, row.net_in_kg)
    problems += _receipt(row)
    problems += _return_and_void(row)
    problems += check_times(row)
    return problems


def check_shares(column: str, listed: tuple[Share, ...]) -> list[Problem]:
    """One name alone takes all; several share what is drawn in proportion to their masses."""
    if len(listed) == 1:
        return []
    if any(share.wet_kg is None for share in listed):
        return [Problem(column, "share_without_mass")]
    return [] if any(share.wet_kg for share in listed) else [Problem(column, "shares_without_mass")]


def _weights(side: str, gross_kg: int | None, tare_kg: int | None, net_kg: int | None) -> list[Problem]:
    if gross_kg is None and tare_kg is None:
        return []
    if gross_kg is None or tare_kg is None:
        return [Problem(f"{side}_{'gross' if gross_kg is None else 'tare'}_t", "gross_or_tare_missing")]
    if gross_kg < tare_kg:
        facts = {"gross": tonnes_from_kg(gross_kg), "tare": tonnes_from_kg(tare_kg)}
        return [Problem(f"{side}_gross_t", "gross_below_tare", facts)]
    if net_kg is not None and net_kg != gross_kg - tare_kg:
        facts = {"net": tonnes_from_kg(net_kg), "difference": tonnes_from_kg(gross_kg - tare_kg)}
        return [Problem(f"{side}_net_t", "net_mismatch", facts)]
    return []


def _load(row: Movement) -> list[Problem]:
    if row.loaded_at is None:
        figures = (row.gross_out_kg, row.tare_out_kg, row.net_out_kg, row.moisture_out_bp)
        return [] if figures == (None, None, None, None) else [_timeless("loaded_at")]
    problems = []
    if row.net_out_kg is None:
        if row.gross_out_kg is None and row.tare_out_kg is None:
            problems.append(Problem("out_net_t", "net_missing"))
    elif row.net_out_kg == 0:
        problems.append(Problem("out_net_t", "net_zero"))
    if row.plate is None:
        problems.append(Problem("plate", "plate_missing"))
    return problems


def _timeless(column: str) -> Problem:
    return Problem(column, "time_of_stage_missing")


def _receipt(row: Movement) -> list[Problem]:
    if row.received_at is None:
        figures = (row.gross_in_kg, row.tare_in_kg, row.net_in_kg, row.moisture_in_bp, row.decision, row.accepted_kg)
        is_of_nothing = row.reason is not None and row.returned_at is None
        return [_timeless("received_at")] if is_of_nothing or figures != (None,) * 6 else []
    problems = []
    if row.loaded_at is None:
        problems.append(Problem("received_at", "receipt_without_load"))
    if row.decision is None:
        problems.append(Problem("decision", "decision_missing"))
    else:
        problems += _decision(row)
    return problems


def _decision(row: Movement) -> list[Problem]:
    accepted, net = row.accepted_kg, row.net_in_kg
    if row.decision == "refused":
        return [Problem("accepted_t", "refused_but_accepted", {"accepted": _t(accepted)})] if accepted else []
    if net is None:
        weighed = row.gross_in_kg is not None or row.tare_in_kg is not None
        return [] if weighed else [Problem("in_net_t", "net_missing")]
    if accepted is None:
        return [Problem("accepted_t", "accepted_missing")]
    facts = {"accepted": _t(accepted), "net": _t(net)}
    if accepted > net:
        return [Problem("accepted_t", "accepted_above_net", facts)]
    if row.decision == "accepted":
        return [] if accepted == net else [Problem("accepted_t", "accepted_not_net", facts)]
    return [] if 0 < accepted < net else [Problem("accepted_t", "partial_not_partial", facts)]


def _t(kg: int | None) -> str:
    return "" if kg is None else tonnes_from_kg(kg)


def _return_and_void(row: Movement) -> list[Problem]:
    problems = []
    if row.returned_at is not None:
        problems += _return(row)
    elif row.returned_kg is not None:
        problems.append(_timeless("returned_at"))
    if row.void_at is not None:
        if row.loaded_at is not None:
            problems.append(Problem("void_at", "void_after_load"))
    elif row.void_reason is not None:
        problems.append(_timeless("void_at"))
    return problems


def _return(row: Movement) -> list[Problem]:
    if row.loaded_at is None:
        return [Problem("returned_at", "return_without_load")]
    if row.decision == "accepted" and not row.returned_kg:
        return [Problem("returned_at", "return_without_refusal")]
    if row.returned_kg is None:
        return [Problem("returned_t", "returned_missing")]
    refused = refused_kg(row)
    if refused is not None and row.returned_kg > refused:
        facts = {"returned": _t(row.returned_kg), "refused": _t(refused)}
        return [Problem("returned_t", "returned_above_refused", facts)]
    return []


def refused_kg(row: Movement) -> int | None:
    """What the driver still holds after the receipt; all that was loaded where nothing was weighed in."""
    if row.decision is None or row.net_in_kg is None:
        return row.net_out_kg
    return None if row.accepted_kg is None else row.net_in_kg - row.accepted_kg


def check_times(row: Movement) -> list[Problem]:
    """No receipt before its load, no return before either.

    A local time and one with an offset are not compared: first put both in their facilities' zones.
    """
    problems = []
    if is_before(row.received_at, row.loaded_at):
        problems.append(_order("received_at", "receipt_before_load", row.loaded_at, row.received_at))
    if is_before(row.returned_at, row.loaded_at):
        problems.append(_order("returned_at", "return_before_load", row.loaded_at, row.returned_at))
    if is_before(row.returned_at, row.received_at):
        problems.append(_order("returned_at", "return_before_receipt", row.received_at, row.returned_at))
    return problems


def is_before(later: datetime | None, earlier: datetime | None) -> bool:
    """Whether what should come later is known to come first."""
    if later is None or earlier is None or (later.tzinfo is None) != (earlier.tzinfo is None):
        return False
    return later < earlier


def _order(column: str, code: str, earlier: datetime | None, later: datetime | None) -> Problem:
    return Problem(column, code, {"earlier": f"{earlier}", "later": f"{later}"})
