"""The writer's canonical form and the tree, against independent definitions."""

import hashlib
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from models import chain, merkle
from proof import verify

KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))
LEAVES = st.lists(st.binary(max_size=8), max_size=70)


class Word(StrEnum):
    """A closed vocabulary, as columns hold it."""

    OPENED = "opened"


@given(VALUES)
def test_the_canonical_form_is_rfc_8785(value: Any) -> None:
    """For every value that a body can hold; and the verifier reads it back."""
    text = chain.canonical(value)
    assert text.encode() == rfc8785.dumps(value)
    assert verify.canonical(value) == text
    assert verify.parse(text, "", verify.anything) == value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0, "float 1.0"),
        ({"a": [{"b": 0.5}]}, "float 0.5"),
        (float("nan"), "float nan"),
        (2**53, "number 9007199254740992"),
        ([-(2**53)], "number -9007199254740992"),
        ({"é": 1}, "key 'é'"),
        ({1: 1}, "key 1"),
        ({"a": {"\u2028": 1}}, "key '\\u2028'"),
        ({"a": datetime(2026, 1, 1, tzinfo=UTC)}, "datetime"),
        ({"a": {1, 2}}, "set"),
        (b"a", "bytes"),
        ("\ud800", "surrogate"),
        ({"a": "x\udfff"}, "surrogate"),
    ],
)
def test_what_is_not_canonical_is_refused(value: Any, words: str) -> None:
    """At once and by name: a body that was hashed wrongly can never be corrected."""
    with pytest.raises(chain.NotCanonical) as caught:
        chain.canonical(value)
    assert words in str(caught.value)
    assert "53 bits" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["1.0", "1e3", "-0", "NaN", "9007199254740992", '{"a":1,"a":1}', '{"\\u00e9":1}', '"\\ud800"']
)
def test_the_verifier_refuses_the_same(text: str) -> None:
    """What the writer may not write, the verifier does not read."""
    with pytest.raises(verify.Broken):
        verify.parse(text, "", verify.anything)


def test_words_and_tuples_are_text_and_lists() -> None:
    """As the columns of a row hold them."""
    assert chain.canonical({"stage": Word.OPENED, "parts": ("a", 1)}) == '{"parts":["a",1],"stage":"opened"}'


def test_a_nonce_is_sixteen_random_bytes() -> None:
    """In hex, and never the same."""
    assert verify.hex32(chain.nonce())
    assert chain.nonce() != chain.nonce()


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 9162, 2.1.3.1, word for word."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


@given(LEAVES)
def test_the_root_is_that_of_the_rfc(leaves: list[bytes]) -> None:
    """Paired from the bottom or split from the top: the same tree."""
    assert merkle.root(leaves) == naive_root(leaves)


@given(LEAVES.filter(bool), st.data())
def test_a_path_is_that_of_the_rfc_and_leads_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    """The verifier's own code agrees."""
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = merkle.path(leaves, index)
    assert path == naive_path(index, leaves)
    assert verify.root_from(leaves[index], index, len(leaves), path) == merkle.root(leaves)


@given(LEAVES.filter(bool), st.data())
def test_no_other_leaf_leads_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    """Another leaf, another step or a path of another length."""
    index = data.draw(st.integers(0, len(leaves) - 1))
    path, root, size = merkle.path(leaves, index), merkle.root(leaves), len(leaves)
    assert verify.root_from(leaves[index] + b"!", index, size, path) != root
    assert verify.root_from(leaves[index], index, size, [*path, root]) is None
    assert verify.root_from(leaves[index], size, size, path) is None
    if path:
        assert verify.root_from(leaves[index], index, size, path[:-1]) != root
        step = data.draw(st.integers(0, len(path) - 1))
        other = [*path[:step], bytes(32), *path[step + 1 :]]
        assert verify.root_from(leaves[index], index, size, other) != root


@pytest.mark.parametrize("index", [-1, 3])
def test_a_leaf_that_is_not_there_has_no_path(index: int) -> None:
    """Counted from 0."""
    with pytest.raises(IndexError, match="the tree has 3"):
        merkle.path([b"a", b"b", b"c"], index)


def test_a_hundred_thousand_leaves_take_well_under_a_second() -> None:
    """A storm is sealed in one go."""
    leaves = [str(number).encode() for number in range(100_000)]
    began = time.process_time()
    tree = merkle.Tree(leaves)
    assert time.process_time() - began < 1
    assert verify.root_from(leaves[-1], 99_999, 100_000, tree.path(99_999)) == tree.root
