"""Commands: what somebody asks the record to take in, one frozen object for API, form and offer alike.

Every command names its event, carries the id its writer made, when it happened by the writer's clock, and optionally
the hash of the subject's last entry the writer had seen (``based_on``). The remaining fields are the figures claimed.
Masses are whole kilograms, moisture basis points, instants aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping

from sludgetrack.domain.commands.base import Command, Line
from sludgetrack.domain.commands.corrections import (
    ApproveCorrection,
    ChangeLine,
    ProposeCorrection,
    RefuseCorrection,
    WithdrawCorrection,
)
from sludgetrack.domain.commands.facilities import (
    ADDITIVES,
    BYPRODUCTS,
    AdditiveLine,
    CountStock,
    DeclareProduction,
    HandOutNumbers,
    InputLine,
    OutputLine,
    ReadingLine,
    RecordDisposal,
    RecordRun,
    RecordSample,
    TurnAwayTruck,
)
from sludgetrack.domain.commands.manifests import (
    ArriveAtGate,
    AssignTruck,
    BatchLine,
    DeclareLost,
    IssueManifest,
    LoadTruck,
    ReceiveLoad,
    RecordInspection,
    RedirectLoad,
    ResolveDispute,
    ReturnLoad,
    TransferLoad,
    VoidManifest,
)
from sludgetrack.domain.events import EventType

__all__ = [
    "ADDITIVES",
    "BYPRODUCTS",
    "COMMANDS",
    "AdditiveLine",
    "ApproveCorrection",
    "ArriveAtGate",
    "AssignTruck",
    "BatchLine",
    "ChangeLine",
    "Command",
    "CountStock",
    "DeclareLost",
    "DeclareProduction",
    "HandOutNumbers",
    "InputLine",
    "IssueManifest",
    "Line",
    "LoadTruck",
    "OutputLine",
    "ProposeCorrection",
    "ReadingLine",
    "ReceiveLoad",
    "RecordDisposal",
    "RecordInspection",
    "RecordRun",
    "RecordSample",
    "RedirectLoad",
    "RefuseCorrection",
    "ResolveDispute",
    "ReturnLoad",
    "TransferLoad",
    "TurnAwayTruck",
    "VoidManifest",
    "WithdrawCorrection",
]

COMMANDS: Mapping[EventType, type[Command]] = {
    command.event: command
    for command in (
        IssueManifest,
        AssignTruck,
        LoadTruck,
        TransferLoad,
        RedirectLoad,
        ArriveAtGate,
        ReceiveLoad,
        ReturnLoad,
        DeclareLost,
        VoidManifest,
        ResolveDispute,
        RecordInspection,
        ProposeCorrection,
        ApproveCorrection,
        RefuseCorrection,
        WithdrawCorrection,
        DeclareProduction,
        RecordRun,
        CountStock,
        RecordSample,
        RecordDisposal,
        TurnAwayTruck,
        HandOutNumbers,
    )
}
