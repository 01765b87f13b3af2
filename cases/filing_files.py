"""
Work lists as files and as text to copy from.

A list of exact addresses is itself a danger (practice, section 3): a file shows numbers only, unless somebody says why,
and above fifty reports a second person; each report then says in its timeline that its addresses were written out.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime

from cases.filing import Batch, Item, WorkList
from cases.filing_fields import Filled, Language
from cases.intake_values import long, staff_code
from edges.form_files import Source
from edges.letter_parts import defang, tame
from edges.sheets import sheet
from models.draft import Draft
from models.private import Purpose, private
from models.store import Store

FOUR_EYES = 50  # exact addresses of more reports than that need a second person

WORDS: dict[str, tuple[str, str]] = {
    "list": ("Dépôts pour", "Filings for"),
    "filing": ("Dépôt", "Filing"),
    "missing": ("IL MANQUE, demandé par le formulaire", "MISSING, and the form asks for it"),
    "unknown_code": ("codes du formulaire non connus : à choisir sur place",
                     "the form's codes are not known: choose there"),
    "choose": ("à choisir par une personne", "a person chooses"),
    "cut": ("COUPÉ à {limit} caractères sur {longest}", "CUT to {limit} of {longest} characters"),
    "too_long": ("une adresse dépasse {limit} caractères : laissée de côté, jamais coupée",
                 "an address is longer than {limit} characters: left out, never cut"),
    "optional": ("vide", "empty"),
    "changed": ("LE FORMULAIRE A CHANGÉ", "THE FORM HAS CHANGED"),
    "limit": ("{length} sur {limit} caractères", "{length} of {limit} characters"),
    "astray": ("Sans formulaire en usage chez ce destinataire", "Without a form in use at this addressee"),
    "retractions": ("À rétracter au formulaire", "To be taken back at the form"),
    "nothing": ("Rien à déposer.", "Nothing to be filed."),
    "more": ("{n} autres attendent ; elles viennent ensuite.", "{n} more wait; they come next."),
}  # fmt: skip


class FilesRefused(ValueError):
    """This file may not be written so."""


def say(language: Language, key: str, **values: object) -> str:
    """A fixed text of a list."""
    text = WORDS[key][0 if language == "fr" else 1]
    return text.format(**values) if values else text


def as_text(work: WorkList, language: Language, *, exact: bool) -> str:
    """The list for copying, one field below the other; without `exact`, addresses are defanged."""
    return "\n".join(_lines(work, language, exact)) + "\n"


def _lines(work: WorkList, language: Language, exact: bool) -> Iterator[str]:
    yield f"{say(language, 'list')} {work.party.public_label} ({work.party.number})"
    for change in work.changed:
        yield f"!! {say(language, 'changed')} ({change.at:%Y-%m-%d}, {change.by}) {told_of(change.after)}"
    for batch in work.batches:
        yield from _batch(batch, language, exact)
    if not work.batches:
        yield say(language, "nothing")
    if work.waiting > work.shown:
        yield say(language, "more", n=work.waiting - work.shown)
    for key, numbers in (("astray", work.astray), ("retractions", work.retractions)):
        if numbers:
            yield f"\n{say(language, key)}: {', '.join(numbers)}"


def _batch(batch: Batch, language: Language, exact: bool) -> Iterator[str]:
    title = getattr(batch.form.title, language)
    yield f"\n=== {say(language, 'filing')} {batch.ordinal} · {title} · {len(batch.items)}/{batch.form.most} ==="
    yield batch.channel.address if exact else defang(batch.channel.address)
    for item in batch.items:
        yield f"\n--- {item.number} · {item.regime} ---"
        for field in item.fields:
            yield from _field(field, language, exact)


def _field(filled: Filled, language: Language, exact: bool) -> Iterator[str]:
    notes = notes_of(filled, language)
    star = "*" if filled.field.required else ""
    yield f"[{getattr(filled.field.label, language)}{star}]" + (f"  ({'; '.join(notes)})" if notes else "")
    yield from (shown(filled, value, exact=exact) for value in filled.values)
    yield from (f"    {code}  {name}" for code, name in filled.field.choices.items())


def notes_of(filled: Filled, language: Language) -> list[str]:
    """What must be known of a field before it is copied."""
    limit, longest = filled.field.limit, filled.longest
    notes = []
    if filled.too_long:
        notes.append(say(language, "too_long", limit=limit))
    if filled.cut:
        notes.append(say(language, "cut", limit=limit, longest=longest))
    elif limit is not None and filled.values and not filled.too_long:
        notes.append(say(language, "limit", length=longest, limit=limit))
    if filled.field.source is Source.PERSON:
        notes.append(say(language, "choose"))
    elif filled.unknown_code:
        notes.append(say(language, "unknown_code"))
    elif filled.missing:
        notes.append(say(language, "missing"))
    elif not filled.values and not filled.too_long:
        notes.append(say(language, "optional"))
    return notes


def shown(filled: Filled, value: str, *, exact: bool) -> str:
    """A value as it is copied, or so that nothing in it is a live link."""
    if exact or not filled.exact:
        return value
    return defang(value) if filled.field.source is Source.LOCATION else tame(value)


def told_of(after: str | None) -> str:
    """What somebody said has changed."""
    return str(json.loads(after or "{}").get("what", ""))


def as_sheet(work: WorkList, language: Language, *, exact: bool) -> str:
    """The list as CSV: one line for each report and address; only its number, place and what is missing, or all."""
    ids = list(dict.fromkeys(field.field.id for item in work.items for field in item.fields))
    header = ["filing", "number", "regime", "category", "due_at", "missing", "cut", *(ids if exact else [])]
    rows = []
    for batch in work.batches:
        for item in batch.items:
            rows.append([*_head(batch, item), *([_cell(item, each) for each in ids] if exact else [])])
    return sheet(header, rows)


def _head(batch: Batch, item: Item) -> list[str]:
    missing = " ".join(field.field.id for field in item.missing)
    cut = " ".join(field.field.id for field in item.fields if field.cut or field.too_long)
    return [str(batch.ordinal), item.number, item.regime, item.category, item.due_at.isoformat(), missing, cut]


def _cell(item: Item, field_id: str) -> str:
    return next(("\n".join(field.values) for field in item.fields if field.field.id == field_id), "")


async def say_written(
    store: Store, work: WorkList, content: bytes, *, by: str, why: str, second: str | None, now: datetime
) -> None:
    """
    Put on record that the exact addresses of these reports are written into a file; before this it is not written.

    Raises:
        FilesRefused: no reason, a wrong staff code, or the second person is missing or the first; every fault.
    """
    faults = _faults(work, by, why, second)
    if faults:
        raise FilesRefused("\n".join(faults))
    draft = Draft(now, actor=by)
    fingerprint = hashlib.sha256(content).hexdigest()
    for item in {item.report_id: item for item in work.items}.values():
        reason = draft.keep_apart(private(Purpose.FREE_TEXT, why, now=now, report_id=item.report_id))
        draft.event(
            item.report_id,
            "worklist_exported",
            party=work.party.number,
            fingerprint=fingerprint,
            reports=len(work.items),
            second=second or "",
            why=reason.id,
        )
    await store.write(draft)


def _faults(work: WorkList, by: str, why: str, second: str | None) -> list[str]:
    faults = []
    for option, code in (("--by", by), ("--second", second)):
        if code is not None:
            try:
                staff_code(code)
            except ValueError as error:
                faults.append(f"{option}: {error}")
    if not why.strip():
        faults.append("--why: is missing; allowed: the reason why exact addresses are written into a file")
    try:
        long(why)
    except ValueError as error:
        faults.append(f"--why: {error}")
    if second is not None and second.casefold() == by.casefold():
        faults.append("--second: is --by as well; allowed: the staff code of somebody else")
    if second is None and len({item.report_id for item in work.items}) > FOUR_EYES:
        faults.append(f"--second: is missing; exact addresses of more than {FOUR_EYES} reports need a second person")
    return faults
