"""
The test vectors that `docs/proof.md` names, recomputed three times: by the writer, by the verifier, by neither.

The vectors are a file, not a program: a change of any byte that is hashed turns this red.
"""

import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from models import chain
from models.merkle import Tree
from models.private import Purpose, private
from proof import verify

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text())
COMMITMENTS = {one["id"]: one for one in VECTORS["commitments"]}


@pytest.mark.parametrize("vector", VECTORS["canonical"], ids=lambda vector: vector["text"][:30])
def test_the_canonical_form(vector: dict[str, Any]) -> None:
    """Writer, verifier and the library rfc8785 give the same text, and its hash."""
    value, text = vector["value"], vector["text"]
    assert chain.canonical(value) == verify.canonical(value) == rfc8785.dumps(value).decode() == text
    assert chain.hash_of(value) == verify.sha256(text) == hashlib.sha256(text.encode()).hexdigest() == vector["sha256"]
    assert verify.parse(text, "", verify.anything) == value


@pytest.mark.parametrize("vector", VECTORS["commitments"], ids=lambda vector: vector["id"])
def test_a_commitment(vector: dict[str, Any]) -> None:
    """SHA-256 over salt and bytes."""
    salt, text = bytes.fromhex(vector["salt"]), base64.b64decode(vector["base64"])
    assert verify.commitment(salt, text) == hashlib.sha256(salt + text).hexdigest() == vector["commitment"]


def test_a_commitment_is_that_of_the_store() -> None:
    """The store's own function gives the same."""
    for one in COMMITMENTS.values():
        text = private(Purpose.LOCATION, base64.b64decode(one["base64"]), now=datetime.now(UTC))
        text.salt = bytes.fromhex(one["salt"])
        assert text.commitment == one["commitment"]


def test_a_row() -> None:
    """The hash of its columns."""
    for one in VECTORS["rows"]:
        text = rfc8785.dumps(one["columns"])
        assert chain.hash_of(one["columns"]) == verify.sha256(verify.canonical(one["columns"])) == one["hash"]
        assert hashlib.sha256(text).hexdigest() == one["hash"]


def test_a_chain_of_events() -> None:
    """Each body's hash stands in its header, each header's hash in the next one."""
    prev = None
    for one in VECTORS["events"]:
        header = one["header"]
        told = {key: value for key, value in header.items() if key != "v"}
        assert chain.header(**told) == header
        assert chain.canonical(header) == rfc8785.dumps(header).decode() == one["header_text"]
        assert header["prev"] == prev
        assert header["body"] == chain.sha256(one["body"]) == hashlib.sha256(one["body"].encode()).hexdigest()
        assert rfc8785.dumps(json.loads(one["body"])).decode() == one["body"]
        for_verifier = {key: value for key, value in header.items() if key != "body"} | {"body_sha256": header["body"]}
        prev = one["hash"]
        assert chain.event_hash(header) == verify.event_hash(for_verifier) == prev
        assert hashlib.sha256(one["header_text"].encode()).hexdigest() == prev
        assert verify.check_body(for_verifier | {"body": one["body"]}, "") == json.loads(one["body"])


def test_a_letter() -> None:
    """Its digest over the parts' commitments; its bytes with and without the part of another report."""
    for one in VECTORS["letters"]:
        commitments = [COMMITMENTS[part]["commitment"] for part in one["parts"]]
        joined = hashlib.sha256("\n".join(commitments).encode()).hexdigest()
        assert chain.letter_digest(commitments) == joined == one["digest"]
        export = verify.Export()
        for part in one["parts"]:
            export.shown[part] = (COMMITMENTS[part]["commitment"], base64.b64decode(COMMITMENTS[part]["base64"]))
        for name, shown in (("eml", one["shown"]), ("whole", [True] * len(commitments))):
            parts = zip(one["parts"], commitments, shown, strict=True)
            told = [{"text": text, "commitment": found, "shown": seen} for text, found, seen in parts]
            assert b"".join(verify.check_part(part, "", export) for part in told) == base64.b64decode(one[name])


def test_trees_of_others() -> None:
    """The roots that RFC 6962's reference implementation tests itself with."""
    leaves = [bytes.fromhex(leaf) for leaf in VECTORS["merkle"]["leaves"]]
    for size, root in enumerate(VECTORS["merkle"]["roots"], 1):
        assert Tree(leaves[:size]).root.hex() == root


def test_seals() -> None:
    """Leaves, root, every path, the body and its hash, each seal after the one before."""
    prev = None
    for one in VECTORS["seals"]:
        leaves, body = [leaf.encode() for leaf in one["leaves"]], json.loads(one["body"])
        tree = Tree(leaves)
        assert tree.root.hex() == one["root"] == body["root"]
        for index, leaf in enumerate(one["leaves"]):
            told = json.loads(leaf)
            assert rfc8785.dumps(told).decode() == leaf
            assert chain.leaf(told["report"], told["from"], told["events"]) == leaves[index]
            path = [bytes.fromhex(step) for step in one["paths"][index]]
            assert tree.path(index) == path
            assert verify.root_from(leaves[index], index, len(leaves), path) == tree.root
        assert body["prev"] == prev
        told = {key: body[key] for key in ("number", "prev", "closed", "events", "leaves", "simulated")}
        assert chain.seal_body(root=tree.root, **told) == rfc8785.dumps(body).decode() == one["body"]
        prev = one["hash"]
        assert chain.sha256(one["body"]) == verify.sha256(one["body"]) == prev
