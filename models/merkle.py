"""
The Merkle tree of RFC 9162, section 2.1: one root over many leaves, and short proofs that a leaf is under it.

The RFC defines the tree from the top: split at the largest power of two below n. Pairing from the bottom, where an
odd last node moves up unpaired, gives the same tree without recursion; a test compares the two.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree over leaves (their bytes, not their hashes), in the order given. 100,000 leaves take about 0.2 s."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self._levels = [[leaf_hash(leaf) for leaf in leaves]]
        while len(self._levels[-1]) > 1:
            self._levels.append(_level_above(self._levels[-1]))

    @property
    def root(self) -> bytes:
        """The Merkle tree hash; of no leaves, SHA-256 of nothing (2.1.1)."""
        return self._levels[-1][0] if self._levels[0] else sha256().digest()

    def path(self, index: int) -> list[bytes]:
        """
        The inclusion proof of a leaf (2.1.3.1): its siblings, from the bottom to the top.

        Raises:
            IndexError: there is no such leaf.
        """
        if not 0 <= index < len(self._levels[0]):
            raise IndexError(f"leaf {index}; the tree has {len(self._levels[0])}, counted from 0")
        found = []
        for level in self._levels[:-1]:
            sibling = index ^ 1
            if sibling < len(level):  # else it moved up unpaired
                found.append(level[sibling])
            index >>= 1
        return found


def _level_above(level: Sequence[bytes]) -> list[bytes]:
    above = [sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
    if len(level) % 2:
        above.append(level[-1])
    return above


def root(leaves: Iterable[bytes]) -> bytes:
    """The Merkle tree hash of these leaves."""
    return Tree(leaves).root


def path(leaves: Iterable[bytes], index: int) -> list[bytes]:
    """The inclusion proof of one leaf; for several leaves of one tree ask a `Tree`."""
    return Tree(leaves).path(index)
