"""`sansdelai inbox …`: what was sent to us, and what waits for a person."""

import time
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cases.incoming import person, quarantine
from cases.incoming.everything import take_everything
from cases.incoming.quarantine import Waiting
from cases.office import open_desk, open_store
from cases.reads import account, note_read
from cli.recording import By, Reader
from cli.run import fail, out, run, settings
from edges.letter_parts import defang, disarm
from edges.settings import Settings
from models.readlog import How
from models.tables import IncomingMessage

app = typer.Typer(help="Read the mailbox; look at, file or discard what waits in quarantine.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="such as M-000123")]

WHY = {
    "no_match": "it answers no letter of ours that we know",
    "ambiguous": "it points to more than one letter",
    "other_recipient": "a mail system speaks of an address that we did not write to",
    "staff_letter": "about a letter to our own people",
    "not_taken_in": "it could not be taken in; its copy is still in the mailbox",
    "too_large": "too large to be fetched: only its headers are here",
}
WHY_LETTER = {"number": "case number in the subject", "mailbox": "the mailbox that we wrote to", "domain": "its domain"}


@app.command()
def read(seconds: Annotated[int, typer.Option(help="at most so long", min=1)] = 300) -> None:
    """Take in what came: the mailbox, the answer page, the relay's log. The same pass without Prefect."""
    run(_read(settings(), seconds))


async def _read(where: Settings, seconds: int) -> None:
    end = time.monotonic() + seconds
    async with open_desk(where) as desk:
        heard = await take_everything(desk, where, until=lambda: time.monotonic() >= end)
    for line in heard.told:
        out.print(line, highlight=False)
    if heard.faults:
        fail("; ".join(heard.faults))


@app.command("list")
def list_() -> None:
    """What waits in quarantine, oldest first."""
    run(_list(settings()))


async def _list(where: Settings) -> None:
    async with open_store(where) as store:
        waiting = await quarantine.quarantined(store)
    if not waiting:
        out.print("nothing waits in quarantine")
        return
    table = Table("number", "came", "through", "kind", "why it waits", "brought")
    for one in waiting:
        table.add_row(
            one.number,
            f"{one.received_at:%Y-%m-%d %H:%M}",
            one.through,
            one.kind,
            WHY.get(one.why, one.why),
            _brought(one),
        )
    out.print(table)


def _brought(message: IncomingMessage) -> str:
    """What came with it, in words: pictures are never kept, and a person must know that there were some."""
    kinds = quarantine.kinds_of(message)
    return ", ".join(f"{count} {kind}" for kind, count in kinds.items())


@app.command()
def show(number: Number, by: Reader = None) -> None:
    """One message: what its sender wrote, and the letters that it may belong to. Who looks is noted."""
    run(_show(settings(), number, by or account()))


async def _show(where: Settings, number: str, by: str) -> None:
    async with open_store(where) as store:
        message = await quarantine.by_number(store, number)
        if message is None:
            fail(f"no such message: {number}; see `sansdelai inbox list`")
        waiting = await quarantine.opened(store, message)
        linked = await quarantine.about(store, message)
        await note_read(store, by, How.COMMAND, quarantine.touched(waiting, linked))
    _print(waiting)


def _print(waiting: Waiting) -> None:
    message = waiting.message
    head = f"{message.number} · {message.received_at:%Y-%m-%d %H:%M} UTC · {message.kind} · {message.state}"
    out.print(head, highlight=False)
    out.print(
        f"came from {defang(waiting.sender) or 'nobody named'} (as it says; proves nothing)",
        highlight=False,
        markup=False,
    )
    out.print(f"checked by our server: {message.authentication or 'nothing'}", highlight=False)
    if brought := _brought(message):
        out.print(f"brought, and not kept: {brought}", highlight=False)
    out.print(
        Panel(
            Text(disarm(waiting.own_text).strip() or "(no text)"),
            title=Text(disarm(waiting.subject)),
            title_align="left",
        )
    )
    for guess in waiting.guesses:
        why = ", ".join(WHY_LETTER[each] for each in guess.why)
        numbers = ", ".join(guess.numbers[:3]) + (" …" if len(guess.numbers) > 3 else "")
        out.print(f"perhaps {guess.message_id}  {numbers}  ({why})", highlight=False, markup=False, soft_wrap=True)


@app.command()
def file(
    number: Number,
    by: By,
    letter: Annotated[str | None, typer.Option(help="Message-ID of the letter that it answers")] = None,
    report: Annotated[
        list[str] | None, typer.Option(help="a report that it is about; more than one is possible")
    ] = None,
    kind: Annotated[str, typer.Option(help=f"what it says: {', '.join(person.MEANINGS)}")] = "",
) -> None:
    """File a message that waits: under a letter, with what follows from it, or under reports."""

    async def work() -> None:
        async with open_desk(settings()) as desk:
            await person.file(desk, number, by=by, now=desk.clock(), message_id=letter, reports=report or (), kind=kind)

    run(work())
    out.print(f"{number} is filed")


@app.command()
def discard(
    number: Number,
    why: Annotated[str, typer.Option(help=", ".join(person.DISCARDS))],
    by: By,
) -> None:
    """Put a message away for good: its text is destroyed, its hash stays."""
    where = settings()

    async def work() -> None:
        async with open_desk(where) as desk:
            ledger = where.home / "erasures.jsonl"
            await person.discard(desk, number, why=why, by=by, ledger=ledger, now=datetime.now(UTC))

    run(work())
    out.print(f"{number} is discarded; its text is destroyed")
