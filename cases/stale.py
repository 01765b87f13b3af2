"""
Letters on record that may no longer leave as they are.

A crash leaves a planned letter behind. Before it is taken up again a report that it carries may have been withdrawn,
held or gone. Then the letter is set aside, which is harmless because nothing left; one that may have left is a
question, and is called so.
"""

from collections.abc import Iterable

from sqlmodel import select

from cases.dossier import Dossier
from law.vocabulary import LetterKind, LetterStatus
from models.draft import Draft, Entry
from models.store import Store
from models.tables import Act, Letter, Procedure


async def carries_others(store: Store, letter: Letter, ours: Iterable[Act]) -> bool:
    """Whether a letter carries acts, not set aside, besides these."""
    known = {act.id for act in ours}
    async with store.session() as session:
        query = select(Act.id, Act.status).where(Act.letter_id == letter.id)
        return any(
            act_id not in known and status is not LetterStatus.SUPERSEDED
            for act_id, status in (await session.exec(query)).all()
        )


def set_aside(
    draft: Draft, entry: Entry, dossier: Dossier, procedure: Procedure, kind: LetterKind | None = None
) -> None:
    """Say of a procedure's planned acts, or of those of one kind, that they are superseded or of unknown fate."""
    for act in dossier.acts:
        if act.procedure_id != procedure.id or act.status is not LetterStatus.PLANNED or kind not in (None, act.kind):
            continue
        letter = dossier.letters.get(act.letter_id) if act.letter_id else None
        begun = letter is not None and letter.status in {LetterStatus.SENDING, LetterStatus.UNKNOWN}
        status = LetterStatus.UNKNOWN if begun else LetterStatus.SUPERSEDED
        entry.set(act, status=status, at=draft.now)
        if letter is not None and letter.status in {LetterStatus.PLANNED, LetterStatus.SENDING}:
            draft.amend(letter, status=status)
