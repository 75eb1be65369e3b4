"""Answers to whoever recorded something."""

from __future__ import annotations

from flask import request

from sludgetrack.domain.events import StreamKind
from sludgetrack.store.append import Receipt

Answer = tuple[Receipt, int, dict[str, str]]


def receipt_answer(receipt: Receipt) -> Answer:
    """201 with the receipt, or 200 for a request that was recorded before; where a manifest moved, its new ETag."""
    headers = {}
    if receipt.stream.kind is StreamKind.MANIFEST:
        headers["ETag"] = f'"{receipt.entry_hash.hex()}"'
        headers["Location"] = f"{request.script_root}/api/v1/manifests/{receipt.stream.name}"
    return receipt, 200 if receipt.replayed else 201, headers
