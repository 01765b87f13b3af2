"""Merkle trees as RFC 9162 defines them (2.1.1, 2.1.3): a root over leaves, and the path that shows one of them."""

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """MTH({d(0)}) = HASH(0x00 || d(0))."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """HASH(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """
    All levels of the tree, the leaves' hashes first, the root last.

    A last node without a partner moves up as it is: that is the RFC's split at the largest power of two.
    """
    level = [leaf_hash(leaf) for leaf in leaves] or [EMPTY]
    found = [level]
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
        found.append(level)
    return found


def root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of these leaves."""
    return levels(leaves)[-1][0]


def path(tree: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    """The inclusion proof of the leaf at `index` in a tree made by `levels`, from the leaf upwards."""
    found = []
    for level in tree[:-1]:
        partner = index ^ 1
        if partner < len(level):
            found.append(level[partner])
        index //= 2
    return found
