"""Valid rows, and the many ways people and spreadsheets write one cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from sludgetrack.domain.quantities import percent_from_bp, tonnes_from_kg
from sludgetrack.ledgerfiles.shapes import Column, Kind, LedgerFile

FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
PADDING = st.sampled_from(["", "", " ", "\u00a0", "\u3000", "\ufeff", "\u200b", "\t"])

codes = st.from_regex(r"[A-Z][A-Z0-9_-]{0,10}[A-Z0-9]", fullmatch=True)
texts = st.text(st.characters(codec="gb18030", categories=("L", "N", "P")), min_size=1, max_size=12).filter(
    lambda text: not text.startswith(("=", "#"))
)
masses = st.integers(1, 2_000_000).map(tonnes_from_kg)
moistures = st.integers(0, 10_000).map(percent_from_bp)
seconds = st.integers(0, 100 * 365 * 86_400)
moments = seconds.map(lambda later: datetime.fromisoformat("2000-01-01") + timedelta(seconds=later))
plates = st.from_regex(r"[豫京川][A-Z][A-Z0-9]{5,6}", fullmatch=True)

shares = st.dictionaries(codes, masses, min_size=1, max_size=3).map(
    lambda listed: ";".join(f"{lot}:{mass}" for lot, mass in sorted(listed.items()))
)


def several(known: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(known), unique=True, min_size=1).map(lambda listed: ";".join(sorted(listed)))


VALUES: Mapping[Kind, Callable[[Column], st.SearchStrategy[str]]] = {
    Kind.CODE: lambda _: codes,
    Kind.PLATE: lambda _: plates,
    Kind.TEXT: lambda _: texts,
    Kind.DIVISION: lambda _: st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    Kind.TONNES: lambda _: masses,
    Kind.PERCENT: lambda _: moistures,
    Kind.INTEGER: lambda _: st.integers(0, 10**9).map(str),
    Kind.NUMBER: lambda _: st.decimals(-90, 90, places=4).map(lambda value: format(value.normalize() + 0, "f")),
    Kind.DATE: lambda _: moments.map(lambda at: at.date().isoformat()),
    Kind.TIME: lambda _: moments.map(datetime.isoformat),
    Kind.CHOICE: lambda column: st.sampled_from([code.value for code in column.codes]),
    Kind.CHOICES: lambda column: several(tuple(code.value for code in column.codes)),
    Kind.FLAG: lambda _: st.just("yes"),
    Kind.SHARES: lambda _: shares,
    Kind.OUTPUTS: lambda _: st.dictionaries(codes, st.tuples(masses, moistures), min_size=1, max_size=3).map(
        lambda listed: ";".join(f"{lot}:{mass}:{moisture}" for lot, (mass, moisture) in sorted(listed.items()))
    ),
}  # fmt: skip


@st.composite
def rows(draw: st.DrawFn, file: LedgerFile[Any]) -> dict[str, str]:
    """A valid row of a file without rules between its columns: every cell in its one spelling."""
    cells = {}
    for column in file.columns:
        blank = "" if column.default is None else column.default
        value = VALUES[column.kind](column)
        cells[column.name] = draw(value if column.required else st.one_of(st.just(blank), value))
    return cells


@st.composite
def movements(draw: st.DrawFn) -> dict[str, str]:
    """A valid movement at any stage of its life."""
    at = draw(moments)
    cells = {
        "manifest": draw(codes),
        "from": draw(codes),
        "hauler": draw(codes),
        "to": draw(codes),
        "issued_at": at.isoformat(),
    }
    cells["route"] = draw(st.sampled_from(["I1", "B1", "F2c", "L1"]))
    cells["batch"] = draw(st.one_of(st.just(""), codes, shares))
    stage = draw(st.integers(0, 4))
    if stage == 1:
        return cells | {"void_at": at.isoformat(), "void_reason": draw(texts)}
    if stage == 0:
        return cells
    tare, net_out, net_in = draw(st.integers(1, 20_000)), draw(st.integers(1, 40_000)), draw(st.integers(2, 40_000))
    at += timedelta(seconds=draw(st.integers(0, 90_000)))
    cells |= {
        "plate": draw(plates),
        "driver": draw(texts),
        "loaded_at": at.isoformat(),
        **_weights("out", tare, net_out),
    }
    cells["out_moisture_pct"] = draw(st.one_of(st.just(""), moistures))
    if stage == 2:
        return cells
    accepted = draw(st.sampled_from([0, net_in, draw(st.integers(1, net_in - 1))]))
    at += timedelta(seconds=draw(st.integers(0, 90_000)))
    cells |= {"received_at": at.isoformat(), **_weights("in", tare, net_in), "accepted_t": tonnes_from_kg(accepted)}
    cells["decision"] = {0: "refused", net_in: "accepted"}.get(accepted, "partial")
    if stage == 3 or accepted == net_in:
        return cells
    returned = draw(st.integers(0, net_in - accepted))
    return cells | {"returned_at": at.isoformat(), "returned_t": tonnes_from_kg(returned), "reason": draw(texts)}


def _weights(side: str, tare: int, net: int) -> dict[str, str]:
    figures = {"gross": tare + net, "tare": tare, "net": net}
    return {f"{side}_{name}_t": tonnes_from_kg(kg) for name, kg in figures.items()}


@st.composite
def spelled(draw: st.DrawFn, column: Column, text: str) -> str:
    """One of the ways to write a cell whose meaning is ``text``."""
    written = draw(st.sampled_from([text, *_spellings(column, text)])) if text else text
    if column.kind is not Kind.TEXT and draw(st.booleans()):
        written = written.translate(FULL_WIDTH)
    return draw(PADDING) + written + draw(PADDING)


def _spellings(column: Column, text: str) -> list[str]:
    if column.kind in BY_KIND:
        return BY_KIND[column.kind](text)
    words = {code.value: code.zh.split() for code in column.codes}
    return words.get(text, [])


def _short(text: str) -> str:
    return text.rstrip("0").rstrip(".")


def _days(day: datetime) -> list[str]:
    y, m, d = day.year, day.month, day.day
    return [f"{y}/{m}/{d}", f"{y}.{m:02}.{d:02}", f"{y}年{m}月{d}日", f"{y}{m:02}{d:02}", f"{y}-{m}-{d} 0:00"]


def _times(at: datetime) -> list[str]:
    return [
        at.isoformat(" "),
        f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M:%S}",
        f"{at.year}年{at.month}月{at.day}日 {at.hour}时{at.minute}分{at.second}秒",
        f"{at.isoformat(' ')}.000",
        *([f"{at:%Y-%m-%d %H:%M}"] if at.second == 0 else []),
    ]


def _lists(text: str) -> list[str]:
    return [text.replace(";", "；").replace(":", "："), f"{text};", text.replace(";", " ; ")]


BY_KIND: Mapping[Kind, Callable[[str], list[str]]] = {
    Kind.TONNES: lambda text: [_short(text), f"{float(text):,.3f}", f"{text}t", f"{text} 吨", text.replace(".", "。")],
    Kind.PERCENT: lambda text: [_short(text), f"{text}%", f"{text} ％", f"{_short(text)}%"],
    Kind.INTEGER: lambda text: [f"{int(text):,}", f"{text}.0"],
    Kind.DATE: lambda text: _days(datetime.fromisoformat(text)),
    Kind.TIME: lambda text: _times(datetime.fromisoformat(text)),
    Kind.PLATE: lambda text: [f"{text[:2]}·{text[2:]}", text.lower(), f"{text[:2]} {text[2:]}"],
    Kind.SHARES: _lists,
    Kind.OUTPUTS: _lists,
    Kind.CHOICES: lambda text: [text.replace(";", "、"), text.replace(";", "，"), text.lower()],
}
