"""What recipients said on the answer page, as the program takes it up."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from edges.sealed_box import BoxBroken, box_key, open_box, seal
from law.vocabulary import Answer
from models.draft import Draft
from models.store import Store
from models.tables import PageAnswer


@dataclass(frozen=True, slots=True)
class PageSaid:
    """One answer in clear. The words of one that was erased meanwhile are empty; what it says stands."""

    id: UUID
    letter_id: UUID
    kind: Answer
    words: str
    at: datetime
    broken: bool = False  # its box does not open: altered, or made by nobody who had our page's key


def closed(public: bytes, answer_id: UUID, letter_id: UUID, kind: Answer, words: str) -> bytes:
    """The words in a box that opens for this very row only."""
    return seal(public, words.encode(), _about(answer_id, letter_id, kind))


async def page_answers(store: Store, answer_key: bytes, *, most: int = 500) -> list[PageSaid]:
    """What was not taken up yet, the oldest first."""
    waiting = select(PageAnswer).where(col(PageAnswer.taken_at).is_(None))
    async with store.session() as session:
        rows = (await session.exec(waiting.order_by(col(PageAnswer.at), col(PageAnswer.id)).limit(most))).all()
    private = box_key(answer_key)
    said = []
    for row in rows:
        words, broken = "", False
        if row.sealed:
            try:
                words = open_box(private, row.sealed, _about(row.id, row.letter_id, row.kind)).decode()
            except (BoxBroken, UnicodeDecodeError):
                broken = True
        said.append(PageSaid(row.id, row.letter_id, row.kind, words, row.at, broken))
    return said


def taken(draft: Draft, said: PageSaid) -> None:
    """Say in the draft that puts an answer on record that it was taken up; the page's own copy is emptied with it."""
    draft.amend(PageAnswer.of({"id": said.id}), sealed=b"", taken_at=draft.now)


def _about(answer_id: UUID, letter_id: UUID, kind: Answer) -> bytes:
    return answer_id.bytes + letter_id.bytes + kind.encode("ascii")
