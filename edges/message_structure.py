"""
The parts of a message and where each stands in its bytes; without recursion, bounded, and never raising.

A message is cut into pieces that follow each other without a gap: heads, bodies, what stands between and around parts.
Whoever puts the pieces together again has the message; whoever leaves one out knows that nothing else held it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from edges.message_headers import Headers, content_type, parameters, read_headers

MOST_DEPTH = 20  # parts inside parts
MOST_PARTS = 500


class PieceKind(StrEnum):
    """What a piece of the bytes is."""

    HEAD = "head"  # the headers of a part
    BODY = "body"  # the body of a part that holds no parts
    AROUND = "around"  # before the first or after the last part
    LINE = "line"  # a line between parts
    BEYOND = "beyond"  # parts too deep or too many to be looked at one by one


@dataclass(frozen=True, slots=True)
class Entity:
    """One part: its headers, its declared type, and where it stands among the others."""

    headers: Headers
    media_type: str
    parameters: dict[str, str]
    depth: int
    within: int  # how many messages it stands in: 0 is the sender's own
    alternative: int  # number of the multipart/alternative around it, or 0
    is_message: bool  # the head of a whole message, not of a part


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the bytes; `entity` is the part that it belongs to."""

    kind: PieceKind
    start: int
    end: int
    entity: Entity


@dataclass(frozen=True, slots=True)
class Structure:
    """A message and its pieces, in the order of its bytes."""

    raw: bytes
    pieces: tuple[Piece, ...]

    @property
    def top(self) -> Entity:
        """The message itself."""
        return self.pieces[0].entity

    def bodies(self) -> Iterator[tuple[Entity, bytes]]:
        """Every body with its part."""
        return ((one.entity, self.raw[one.start : one.end]) for one in self.pieces if one.kind is PieceKind.BODY)

    def messages(self) -> Iterator[Entity]:
        """The heads of all messages inside this one."""
        return (one.entity for one in self.pieces if one.kind is PieceKind.HEAD and one.entity.is_message)


@dataclass(frozen=True, slots=True)
class _Wait:
    """A part that is still to be read."""

    start: int
    end: int
    depth: int
    within: int
    alternative: int
    is_message: bool
    default: str


def read_structure(raw: bytes) -> Structure:
    """Cut a message into its pieces."""
    pieces: list[Piece] = []
    waiting: list[_Wait | Piece] = [_Wait(0, len(raw), 0, 0, 0, True, "text/plain")]
    room = MOST_PARTS
    while waiting:
        item = waiting.pop()
        if isinstance(item, Piece):
            pieces.append(item)
            continue
        entity = _entity(raw, item)
        pieces.append(Piece(PieceKind.HEAD, item.start, entity.headers.body, entity))
        inside = _inside(raw, item, entity, room)
        room -= sum(isinstance(one, _Wait) for one in inside)
        waiting += reversed(inside)
    return Structure(raw, tuple(pieces))


def _entity(raw: bytes, item: _Wait) -> Entity:
    headers = read_headers(raw, item.start, item.end)
    given = headers.get("content-type")
    return Entity(
        headers,
        content_type(given, item.default),
        parameters(given),
        item.depth,
        item.within,
        item.alternative,
        item.is_message,
    )


def _inside(raw: bytes, item: _Wait, entity: Entity, room: int) -> list[_Wait | Piece]:
    """What a part holds: parts, a message, or only its body."""
    start, main = entity.headers.body, entity.media_type.partition("/")[0]
    whole: list[_Wait | Piece] = [Piece(PieceKind.BODY, start, item.end, entity)]
    is_message = entity.media_type in ("message/rfc822", "message/global") and _unencoded(entity)
    boundary = entity.parameters.get("boundary", "").rstrip().encode("utf-8", "replace") if main == "multipart" else b""
    if not is_message and not 0 < len(boundary) <= 200:
        return whole
    if item.depth >= MOST_DEPTH or room <= 0:
        return [Piece(PieceKind.BEYOND, start, item.end, entity)]
    if is_message:
        return [_Wait(start, item.end, item.depth + 1, item.within + 1, 0, True, "text/plain")]
    cuts = list(_delimiters(raw, start, item.end, boundary, room))
    return _parts(item, entity, cuts, len(cuts) >= room) if cuts else whole


def _unencoded(entity: Entity) -> bool:
    return entity.headers.get("content-transfer-encoding").strip().lower() in ("", "7bit", "8bit", "binary")


def _parts(item: _Wait, entity: Entity, cuts: list[tuple[int, int, bool]], full: bool) -> list[_Wait | Piece]:
    """The parts between the delimiter lines, and what stands around them; `full`: there may be more of them."""
    found: list[_Wait | Piece] = [Piece(PieceKind.AROUND, entity.headers.body, cuts[0][0], entity)]
    default = "message/rfc822" if entity.media_type == "multipart/digest" else "text/plain"
    alternative = cuts[0][0] if entity.media_type == "multipart/alternative" else item.alternative
    for number, (at, after, last) in enumerate(cuts):
        found.append(Piece(PieceKind.LINE, at, after, entity))
        end = cuts[number + 1][0] if number + 1 < len(cuts) else item.end
        if last:
            found.append(Piece(PieceKind.AROUND, after, item.end, entity))
            break
        if full and number + 1 == len(cuts):
            found.append(Piece(PieceKind.BEYOND, after, item.end, entity))
            break
        found.append(_Wait(after, end, item.depth + 1, item.within, alternative, False, default))
    return found


def _delimiters(raw: bytes, start: int, end: int, boundary: bytes, most: int) -> Iterator[tuple[int, int, bool]]:
    """Where delimiter lines stand, with the line end before and after them; the last one ends the search."""
    line, at, count, done = b"--" + boundary, start, 0, start
    while count < most and (found := raw.find(line, at, end)) >= 0:
        at = found + len(line)
        if found > start and raw[found - 1] not in b"\r\n":
            continue
        last = raw.startswith(b"--", at)
        stop = _line_end(raw, at + 2 * last, end)
        if stop < 0:
            continue
        count += 1
        yield max(_before(raw, found, start), done), stop, last
        if last:
            return
        done = stop


def _line_end(raw: bytes, at: int, end: int) -> int:
    """Behind the line end if only spaces come before it, else -1."""
    while at < end and raw[at] in b" \t":
        at += 1
    if at >= end:
        return end
    if raw.startswith(b"\r\n", at):
        return min(at + 2, end)
    return at + 1 if raw[at] in b"\r\n" else -1


def _before(raw: bytes, found: int, start: int) -> int:
    """The line end before a delimiter belongs to it (RFC 2046, 5.1.1)."""
    if found >= start + 2 and raw[found - 2 : found] == b"\r\n":
        return found - 2
    return found - 1 if found > start and raw[found - 1] in b"\r\n" else found
