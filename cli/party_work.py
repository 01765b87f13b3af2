"""`sansdelai party worklist` and `party forms`: what waits to be filed at an addressee's forms."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from cases.filing import WorkList, teller_of, work_list
from cases.filing_files import as_sheet, as_text, say_written
from cases.office import open_store
from cases.reads import account, note_read
from cli.run import err, fail, out, run, settings, staff, write_file
from edges.form_files import Forms, load_forms
from edges.settings import Settings
from law.library import load
from models.readlog import How
from models.store import Store

SUFFIXES = (".csv", ".txt")


def known_forms() -> Forms:
    """Our forms and the organisation's."""
    return load_forms(load(), settings().forms_folder)


def forms() -> None:
    """The forms that are described, with when somebody last read them; every fault of every file at once."""

    async def reading() -> Forms:
        return known_forms()

    for form in sorted(run(reading()).by_id.values(), key=lambda one: one.id):
        limits = sum(field.limit is not None for field in form.fields)
        line = f"{form.id:<20}{form.kind:<8}{form.title.en}: up to {form.most} a filing, {len(form.fields)} fields"
        _print(f"{line} ({limits} with a limit), last read {form.last_checked}")


def worklist(
    party: Annotated[str, typer.Argument(help="number or code of the addressee, such as P-0003")],
    form: Annotated[str | None, typer.Option(help="lay it out for this form; default: the channel's")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="FILE.csv or FILE.txt; default: screen")] = None,
    with_addresses: Annotated[bool, typer.Option("--with-addresses", help="exact addresses in the file")] = False,
    by: Annotated[str | None, typer.Option("--by", help="your staff code", callback=staff)] = None,
    why: Annotated[str, typer.Option(help="the reason for exact addresses in a file; kept apart")] = "",
    second: Annotated[str | None, typer.Option(help="a second person, above 50 reports", callback=staff)] = None,
    first: Annotated[int | None, typer.Option(help="only so many reports, the most urgent", min=1)] = None,
    lang: Annotated[str, typer.Option(help="fr or en; default: the house's")] = "",
) -> None:
    """What waits to be filed there, field by field, to be copied. Held reports are left out. Who looks is noted."""
    where = settings()
    language = _language(lang or where.language)
    if output is not None and output.suffix.lower() not in SUFFIXES:
        fail(f"-o: {output.name} is of no known kind; allowed: {', '.join(SUFFIXES)}")
    if with_addresses and (output is None or by is None):
        fail("--with-addresses belongs to a file and to a named person: give -o, --by and --why")

    async def working() -> tuple[WorkList, bytes]:
        async with open_store(where) as store:
            found = await _list(store, where, party, form, first, language)
            exact = with_addresses if output else sys.stdout.isatty()
            if output is None and found.items:
                await note_read(store, by or account(), How.WORK, [item.number for item in found.items])
            content = _content(found, output, language, exact)
            if with_addresses and by is not None:
                await say_written(store, found, content, by=by, why=why, second=second, now=datetime.now(UTC))
            return found, content

    if output is not None and output.exists():
        fail(f"{output.name}: exists already; allowed: a new file")
    found, content = run(working())
    if output is not None:
        write_file(output, content)
        _print(f"reports {len(found.items)}, written to {output.name}")
        return
    sys.stdout.write(content.decode())
    _say_how_to_go_on(found)


async def _list(
    store: Store, where: Settings, party: str, form: str | None, first: int | None, language: Literal["fr", "en"]
) -> WorkList:
    library = load()
    mail = where.reply_to or where.sender_address
    teller = teller_of(where.organisation, mail, language, library)
    return await work_list(store, library, party, known_forms(), teller, form=form, most=first)


def _content(found: WorkList, output: Path | None, language: Literal["fr", "en"], exact: bool) -> bytes:
    if output is not None and output.suffix.lower() == ".csv":
        return as_sheet(found, language, exact=exact).encode()
    if output is not None and not exact:
        return "".join(f"{item.number}\n" for item in found.items).encode()
    return as_text(found, language, exact=exact).encode()


def _say_how_to_go_on(found: WorkList) -> None:
    number = found.party.number
    if found.items:
        first = found.items[0]
        err.print(
            f"\nFiled? sansdelai record filed {first.number} --reference … --by …"
            f"\nMany?  sansdelai record filed-list {number} RECEIPTS.csv --by …"
            f"\nOther? sansdelai party form-changed {number} --what … --by …",
            highlight=False, markup=False, soft_wrap=True,
        )  # fmt: skip
    if not sys.stdout.isatty():
        err.print(
            "Not a screen: addresses are defanged; -o FILE --with-addresses --by --why puts them on record.",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )


def _language(text: str) -> Literal["fr", "en"]:
    if text not in {"fr", "en"}:
        fail(f"--lang: {text[:20]!r}; allowed: fr, en")
    return "fr" if text == "fr" else "en"


def _print(line: str) -> None:
    out.print(line, highlight=False, markup=False, soft_wrap=True)
