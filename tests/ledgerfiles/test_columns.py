from __future__ import annotations

from typing import Any, get_type_hints

import pytest

from sludgetrack.domain.fields import BY_NAME as FIELDS
from sludgetrack.domain.policy import Rule
from sludgetrack.ledgerfiles import codes
from sludgetrack.ledgerfiles.columns import BY_NAME, FILES, MOVEMENTS
from sludgetrack.ledgerfiles.describe import HOW_WRITTEN, describe
from sludgetrack.ledgerfiles.shapes import Code, Kind, LedgerFile
from sludgetrack.ledgerfiles.text import fold

every_file = pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])


@every_file
def test_typed_rows_have_the_fields_of_their_columns_in_order(file: LedgerFile[Any]) -> None:
    row = file.make([0] * (len(file.columns) + 1))

    assert row._fields == ("line", *(column.attribute for column in file.columns))


@every_file
def test_required_cells_alone_are_never_none(file: LedgerFile[Any]) -> None:
    hints = get_type_hints(type(file.make([0] * (len(file.columns) + 1))))

    for column in file.columns:
        may_be_none = type(None) in getattr(hints[column.attribute], "__args__", ())
        fallback = column.default is not None or column.kind in {Kind.FLAG, Kind.SHARES, Kind.OUTPUTS, Kind.CHOICES}
        assert may_be_none is not (column.required or fallback), column.name


@every_file
def test_no_two_columns_share_a_heading(file: LedgerFile[Any]) -> None:
    headings = [fold(word) for column in file.columns for word in (column.name, *column.zh.split())]

    assert sorted(headings) == sorted(set(headings))


@every_file
def test_every_column_says_what_it_is_in_both_languages(file: LedgerFile[Any]) -> None:
    assert all(column.zh and column.meaning_zh and column.meaning_en for column in file.columns)


def test_no_two_files_share_a_name() -> None:
    names = [fold(word) for file in FILES for word in (file.name, *file.zh.split())]

    assert sorted(names) == sorted(set(names))


def test_keys_are_those_the_ledgers_are_known_by() -> None:
    assert {name: file.keys for name, file in BY_NAME.items()} == {
        "parties": ("code",),
        "vehicles": ("plate",),
        "production": ("batch",),
        "movements": ("manifest",),
        "treatments": ("run",),
        "disposals": ("disposal",),
        "stocktakes": ("facility", "date"),
        "labs": ("report", "parameter"),
        "policies": ("division", "route", "rule", "valid_from"),
    }


@pytest.mark.parametrize(
    "listed",
    [
        codes.ROUTES,
        codes.TREATMENTS,
        codes.PARTY_KINDS,
        codes.CITY_CLASSES,
        codes.SLUDGE_KINDS,
        codes.DECISIONS,
        codes.YES_NO,
    ],
)
def test_no_two_codes_share_a_spelling(listed: tuple[Code, ...]) -> None:
    words = [fold(word) for code in listed for word in (code.value, *code.zh.split())]

    assert sorted(words) == sorted(set(words))


def test_rules_of_routes_are_the_policys() -> None:
    assert [rule.value for rule in codes.GATE_RULES] == list(Rule)


def test_no_more_is_read_than_a_claim_may_hold() -> None:
    limits = {c.attribute: c.max_length for c in MOVEMENTS.columns if c.max_length is not None}

    assert limits["manifest"] == FIELDS["external_number"].max_length
    assert all(limits[name] == FIELDS[name].max_length for name in ("plate", "driver", "reason"))


def test_the_description_names_every_column_heading_key_and_code() -> None:
    told = describe()

    for file in FILES:
        for column in file.columns:
            assert all(word in told for word in (column.name, *column.zh.split()))
            assert all(code.value in told for code in column.codes)
    assert "manifest  外部联单号 / 联单号 / 联单编号" in told
    assert "accepted  接收 / 接受 / 全部接收" in told
    assert set(HOW_WRITTEN) == set(Kind)


def test_an_unknown_column_has_no_entry() -> None:
    with pytest.raises(KeyError):
        MOVEMENTS.column("colour")
