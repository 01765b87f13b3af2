"""`sansdelai privacy reads`, `seen`: who looked at a report, and what left of it. Never by member of staff."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from cases.house import read_organisation
from cases.office import open_store
from cases.overview import NoSuchReport
from cases.reads import ReadRefused, reads_of
from cases.seen import Left, Seen, seen
from cli.law_ask import language_of
from cli.run import fail, out, run, settings, staff
from law.library import load
from models.privacy import Language
from models.readlog import Read
from web.words import Words

Pair = tuple[str, str]  # French, English

Number = Annotated[str, typer.Argument(help="case number, such as R-2026-000123")]
By = Annotated[str, typer.Option("--by", help="your staff code: one of log_readers", callback=staff)]
Why = Annotated[str, typer.Option(help="why the log is read; one line, numbers and no names")]

WORDS: Final[dict[str, Pair]] = {
    "title": ("Qui a vu {}, et ce qui en est sorti", "Who saw {}, and what left of it"),
    "made": ("Établi le {} par {}. Motif : {}", "Made on {} by {}. Reason: {}"),
    "reads": ("Consultations", "Looks"),
    "letters": ("Lettres et dépôts", "Letters and filings"),
    "exports": ("Exports remis", "Exports handed out"),
    "none": ("aucun", "none"),
    "nobody": ("destinataire hors annuaire", "recipient outside the directory"),
    "unknown": ("peut-être parti", "may have left"),
    "page": ("page du dossier", "the report's page"),
    "letter": ("texte d'une lettre", "text of a letter"),
    "command": ("commande", "command"),
    "search": ("recherche", "search"),
    "export": ("export", "export"),
    "log": ("ce journal", "this log"),
    "limit": (
        "« site » : les pages, où personne ne s'identifie encore ; « os:… » : un compte de cette machine. Les "
        "consultations plus vieilles que la durée de garde sont effacées. Ce qui est lu directement dans la base "
        "n'y figure pas.",
        "“site”: the pages, where nobody signs in yet; “os:…”: an account of this machine. Looks older than the log is "
        "kept are gone. What is read straight from the database does not stand here.",
    ),
}  # fmt: skip


def reads(number: Number, by: By, why: Why) -> None:
    """Who looked at one report. This reading is noted as well; there is no list by member of staff."""

    async def reading() -> list[Read]:
        where = settings()
        async with open_store(where) as store:
            file = read_organisation(where.organisation_file)
            return await reads_of(store, number.strip().upper(), file, by=by, why=why)

    try:
        found = run(reading())
    except ReadRefused as refused:
        fail(str(refused))
    for line in _reads(found, "en"):
        out.print(line, highlight=False, markup=False, soft_wrap=True)


def seen_by(
    number: Number,
    by: By,
    why: Why,
    lang: Annotated[str, typer.Option("--lang", help="en or fr")] = "en",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="a text file, for your own eyes only")] = None,
) -> None:
    """After a breach: who saw one report, and which letters and exports left, on one page."""
    language, where = language_of(lang), settings()

    async def looking() -> Seen:
        async with open_store(where) as store:
            file = read_organisation(where.organisation_file)
            return await seen(store, number.strip().upper(), file, by=by, why=why)

    try:
        found = run(looking())
    except (ReadRefused, NoSuchReport) as refused:
        fail(str(refused))
    lines = list(page(found, language, by=by, why=why, now=datetime.now(UTC)))
    if output is None:
        for line in lines:
            out.print(line, highlight=False, markup=False, soft_wrap=True)
        return
    try:
        output.touch(mode=0o600, exist_ok=False)
        output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        fail(f"{output}: {error.strerror}; allowed: a new file")
    out.print(f"written to {output}", soft_wrap=True, highlight=False, markup=False)


def page(found: Seen, language: Language, *, by: str, why: str, now: datetime) -> Iterator[str]:
    """The page, line by line."""
    words = Words(language, load())
    yield said("title", language).format(found.number)
    yield said("made", language).format(_at(now), by, why.strip())
    yield ""
    yield said("reads", language)
    yield from _reads(found.reads, language)
    for name, left in (("letters", found.letters), ("exports", found.exports)):
        yield ""
        yield said(name, language)
        yield from (_left(one, words, language) for one in left)
        if not left:
            yield f"  {said('none', language)}"
    yield ""
    yield said("limit", language)


def _reads(rows: Sequence[Read], language: Language) -> Iterator[str]:
    for row in rows:
        why = f"  {row.why}" if row.why else ""
        yield f"  {_at(row.at)}  {row.who:<12} {said(row.how, language)}{why}"


def _left(one: Left, words: Words, language: Language) -> str:
    told = [_at(one.at), _what(one, words), _to(one, words, language)]
    told += [f"{said('unknown', language)}"] if one.status in {"unknown", "sending"} else []
    told += [words.term("receipt", one.receipt)] if one.receipt else []
    told += [one.by, f"sha256 {one.fingerprint}"] if one.fingerprint else []
    return "  " + "  ".join(told)


def _what(one: Left, words: Words) -> str:
    from web.export.profile import PROFILES

    if one.fingerprint:
        return PROFILES[one.what].label[words.language == "en"]
    return words.term("letter_kind", one.what)


def _to(one: Left, words: Words, language: Language) -> str:
    if one.to.party is None:
        return said("nobody", language)
    kind = words.term("party_kind", one.to.kind or "")
    return f"{one.to.party} ({kind}, {one.to.country or '?'})"


def said(key: str, language: Language) -> str:
    """A word of the page."""
    return WORDS[key][language == "en"]


def _at(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
