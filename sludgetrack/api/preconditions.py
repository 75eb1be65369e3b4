"""If-Match and If-None-Match: a manifest's ETag is the hash of its last entry."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from flask import request
from marshmallow import EXCLUDE, Schema, fields

from sludgetrack.api.problems import Refused
from sludgetrack.domain.commands import Command
from sludgetrack.domain.errors import StaleState

C = TypeVar("C", bound=Command)
T = TypeVar("T")

ETAG = {"ETag": {"description": "The hash of the last entry, quoted", "schema": {"type": "string"}}}
_STRONG = re.compile(r'"([0-9a-f]{64})"')


class IfMatchSchema(Schema):
    """The ETag of the manifest as the writer saw it."""

    class Meta:
        """Other headers are none of ours."""

        unknown = EXCLUDE

    if_match = fields.String(data_key="If-Match", metadata={"description": "Refuse (412) where it is not the last"})


class IfNoneMatchSchema(Schema):
    """The ETag of the version the reader has."""

    class Meta:
        """Other headers are none of ours."""

        unknown = EXCLUDE

    if_none_match = fields.String(data_key="If-None-Match", metadata={"description": "Answer 304 where it is the last"})


def based(command: C) -> C:
    """The command with what If-Match says it is based on. Raises Refused where that contradicts the body."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return command
    tag = _STRONG.fullmatch(given.strip())
    if tag is None or command.based_on not in (None, tag[1]):
        raise Refused("precondition_failed")
    return replace(command, based_on=tag[1])


def held_to(work: Callable[[], T]) -> T:
    """The work; what If-Match asked for and did not find is 412, the body's ``based_on`` a conflict."""
    try:
        return work()
    except StaleState:
        if "If-Match" in request.headers:
            raise Refused("precondition_failed") from None
        raise
