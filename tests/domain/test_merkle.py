"""The log's tree against RFC 6962's own example, published vectors and another program."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from sludgetrack.domain.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash
from tests.domain.shared import SHARED

VECTORS = SHARED / "vectors" / "merkle" / "inclusion.json"

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The heads of the example tree of Certificate Transparency at sizes 1 to 8."""

data = st.lists(st.binary(max_size=40), max_size=70)


@pytest.mark.parametrize("size", range(1, 9))
def test_the_example_tree_has_its_published_heads(size: int) -> None:
    assert _tree(LEAVES[:size]).root().hex() == ROOTS[size - 1]


@pytest.mark.skipif(not VECTORS.exists(), reason=f"no vectors at {VECTORS}")
def test_every_published_proof_leads_to_our_root() -> None:
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    good = [v for v in vectors if not v["wantErr"] and not v["name"].startswith("single-entry")]

    assert good
    for vector in good:
        root = _tree(LEAVES[: vector["treeSize"]]).root()
        assert _followed(vector) == base64.b64decode(vector["root"]) == root, vector["name"]


def test_a_tree_of_nothing_is_the_hash_of_nothing() -> None:
    assert Frontier().root() == EMPTY_ROOT


@given(data)
def test_roots_are_those_of_another_program(leaves: list[bytes]) -> None:
    other = InmemoryTree.init_from_entries(leaves, algorithm="sha256")

    assert not leaves or _tree(leaves).root() == other.get_root()


@given(data, st.data())
def test_leaves_added_in_any_chunks_give_one_root(leaves: list[bytes], draw: st.DataObject) -> None:
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(leaves)), max_size=5)))
    tree = Frontier()
    for start, end in zip([0, *cuts], [*cuts, len(leaves)], strict=True):
        tree = tree.append(leaf_hash(leaf) for leaf in leaves[start:end])

    assert tree == _tree(leaves)


@given(st.integers(0, 300))
def test_only_one_node_is_kept_for_each_bit_of_the_size(size: int) -> None:
    assert len(_tree([b"leaf"] * size).peaks) == size.bit_count()


def test_a_leaf_cannot_pass_for_a_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")

    assert leaf_hash(left + right) != node_hash(left, right)


def _tree(leaves: list[bytes]) -> Frontier:
    return Frontier().append(leaf_hash(leaf) for leaf in leaves)


def _followed(vector: dict[str, Any]) -> bytes:
    """The root an inclusion proof leads to, by the recipe of RFC 9162, 2.1.3.2."""
    node, last = vector["leafIdx"], vector["treeSize"] - 1
    root = leaf_hash(LEAVES[node])
    assert root == base64.b64decode(vector["leafHash"])
    for sibling in map(base64.b64decode, vector["proof"] or []):
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    return root
