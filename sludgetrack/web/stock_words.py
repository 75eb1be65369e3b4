"""What stock, treatment and counts are called, and what of a facility's stock wants a look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask import url_for

from sludgetrack.domain.holdings import Kind
from sludgetrack.domain.routes import Treatment
from sludgetrack.services.reading.stock import Lot
from sludgetrack.web.format import dry_mass, moisture, number_text
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.texts import ngettext
from sludgetrack.web.words import is_english


@dataclass(frozen=True, slots=True)
class Section:
    """Lots of one sort under one heading; ``note`` says what sets them apart."""

    key: str
    title: str
    note: str
    lots: tuple[Lot, ...]


@dataclass(frozen=True, slots=True)
class StockAlert:
    """Something about stock that wants a look: a title, what to do, and where."""

    tone: str
    title: str
    text: str
    href: str


def kind_words() -> dict[str, str]:
    """The kinds of what lies at a facility."""
    return {
        str(Kind.PLANT_SLUDGE): _("脱水污泥"),
        str(Kind.SEWER_SLUDGE): _("通沟污泥"),
        str(Kind.PRODUCT): _("处理产物"),
        str(Kind.BYPRODUCT): _("副产物"),
    }


def byproduct_words() -> dict[str, str]:
    """What a by-product can be."""
    return {"ash": _("灰"), "slag": _("渣"), "compost_product": _("堆肥成品"), "other": _("其他副产物")}


def additive_words() -> dict[str, str]:
    """What can be added to a run."""
    return {
        "bulking_agent": _("调理剂、辅料"),
        "kitchen_waste": _("餐厨垃圾"),
        "lime": _("石灰"),
        "other": _("其他添加物"),
    }


def lot_word(lot: Lot) -> str:
    """What a lot is: its kind, or which by-product."""
    return byproduct_words().get(lot.what or "", "") or kind_words()[lot.kind]


def process_word(process: Treatment | None, code: str = "") -> str:
    """A process's name."""
    if process is None:
        return code
    return process.en if is_english() else process.zh


def band(process: Treatment) -> str:
    """The dry solids a process usually keeps: ``65–85 %``."""
    low, high = (moisture(bp).split("\u00a0")[0] for bp in (process.kept_min_bp, process.kept_max_bp))
    return f"{low}–{high}\u00a0%"


def yield_text(kept_bp: int | None, process: Treatment | None) -> str:
    """``保留 72 %，厌氧消化通常 65–85 %``."""
    if process is None:
        return moisture(kept_bp)
    if kept_bp is None:
        return _("没有投入，谈不上保留多少")
    return _(
        "保留 %(kept)s，%(process)s通常 %(usual)s",
        kept=moisture(kept_bp),
        process=process_word(process),
        usual=band(process),
    )


def sections(lots: Sequence[Lot]) -> list[Section]:
    """Lots as they count: sludge and what was made of it, sewer-cleaning sludge, by-products; empty ones left out."""
    apart = (Kind.SEWER_SLUDGE, Kind.BYPRODUCT)
    found = (
        Section("sludge", _("污泥和处理产物"), "", tuple(lot for lot in lots if lot.kind not in apart)),
        Section(
            "sewer",
            _("通沟污泥"),
            _("单独记账，不进各项处置率；外运、处理时要点名。"),
            tuple(lot for lot in lots if lot.kind is Kind.SEWER_SLUDGE),
        ),
        Section(
            "byproducts",
            _("副产物"),
            _("灰、渣、堆肥成品：它们的污泥已经算过处置，这里只跟踪去向。"),
            tuple(lot for lot in lots if lot.kind is Kind.BYPRODUCT),
        ),
    )
    return [section for section in found if section.lots]


def stock_alerts(lots: Iterable[Lot], at: str) -> Iterator[StockAlert]:
    """What lies below zero at a facility, and what lies there too long."""
    known = list(lots)
    here = url_for("site.lots", at=at)
    below = [lot for lot in known if lot.overdrawn]
    if below:
        title = ngettext("%(num)s 批账面为负", "%(num)s 批账面为负", len(below))
        named = _("、").join(f"{number_text(lot.name)} {dry_mass(lowest(lot))}" for lot in below[:3])
        text = _("%(lots)s（干）。出去的比进来的多：请核对过磅和含水率，或补报、盘点。", lots=named)
        yield StockAlert("danger", title, text, here)
    late = [lot for lot in known if lot.overdue]
    if late:
        oldest = max(late, key=lambda lot: lot.age_days)
        title = ngettext("%(num)s 批超过贮存期限", "%(num)s 批超过贮存期限", len(late))
        name = number_text(oldest.name)
        text = _("最久的 %(lot)s 已存 %(days)s 天。请尽快处理、处置或运出。", lot=name, days=oldest.age_days)
        yield StockAlert("warning", title, text, here)


def lowest(lot: Lot) -> int:
    """The lower of what a lot holds and what it stands for, in dry units."""
    return min(lot.dry_units, lot.origin_units)
