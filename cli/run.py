"""The bridge from commands to coroutines, and from known errors to one clear message."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import typer
from rich.console import Console

from edges.settings import Settings, SettingsFault, get_settings

if TYPE_CHECKING:
    from web.words import Words

Result = TypeVar("Result")

out = Console()
err = Console(stderr=True)


def known() -> tuple[type[Exception], ...]:
    """What a user can do something about; anything else is a fault of ours and shows its place."""
    from cases.channels import DirectoryRefused
    from cases.erase_scope import EraseRefused
    from cases.filing_files import FilesRefused
    from cases.house import HouseError  # these import the store: only a command that runs work needs them
    from cases.record.opening import RecordRefused
    from cases.retention import RetentionRefused
    from cases.sign import SignatureRefused
    from edges.dumps import DumpRefused
    from edges.form_files import FormsFault
    from edges.mail import MailError
    from edges.postgres import DatabaseUnreachable
    from edges.processes import ProcessFault
    from edges.rdap import RdapError
    from edges.timestamp import TrustUnreadable
    from law.errors import LawError
    from models.cipher import KeysMissing, Tampered
    from models.rights import RoleMissing
    from web.export.material import ExportRefused

    return (
        DatabaseUnreachable, DirectoryRefused, DumpRefused, EraseRefused, ExportRefused, FilesRefused, FormsFault,
        HouseError, KeysMissing, LawError, MailError, ProcessFault, RdapError, RecordRefused, RetentionRefused,
        RoleMissing, SettingsFault, SignatureRefused, Tampered, TrustUnreadable,
    )  # fmt: skip


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine; a known error becomes one message and exit code 1."""
    try:
        return asyncio.run(work)
    except* known() as group:
        fail("\n".join(dict.fromkeys(str(each) for each in leaves(group))))


def leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    """The single errors in a group of errors."""
    found: list[BaseException] = []
    for each in group.exceptions:
        found += leaves(each) if isinstance(each, BaseExceptionGroup) else [each]
    return found


def fail(message: str) -> NoReturn:
    """Say what is wrong on standard error and end with exit code 1."""
    err.print(message, style="red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(1)


def warn_of_ownership(tables: list[str]) -> None:
    """Say that the program could change what it must not: for an organisation to decide, not for us to refuse."""
    if tables:
        told = (
            f"the program's role owns its tables: {', '.join(tables)}. It could edit events and switch triggers off: "
            "give it a role of its own, and the owner's address to migrations only (SANSDELAI_OWNER_DATABASE_URL)"
        )
        err.print(told, style="yellow", highlight=False, markup=False, soft_wrap=True)


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole, readable by its owner only, or to standard output for `-`; an existing one is not touched."""
    if str(path) == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(content)
    except FileExistsError:
        fail(f"{path.name}: exists already; allowed: a new file")
    except OSError as error:
        fail(f"{path.name}: cannot be written: {error.strerror}")


def settings() -> Settings:
    """The settings; every fault of them at once, and exit code 1."""
    try:
        return get_settings()
    except SettingsFault as fault:
        fail(str(fault))


def english() -> "Words":
    """The product's words in English: the command line speaks one language, whatever the pages open in."""
    from law.library import load
    from web.words import Words

    return Words("en", load())


def staff(param: typer.CallbackParam, text: str | None) -> str | None:
    """Callback of an option that holds a staff code: a name or nothing at all would stand in the timeline for ever."""
    from cases.intake_values import staff_code

    if text is not None:
        try:
            staff_code(text)
        except ValueError as error:
            fail(f"{param.opts[0]}: {error}")
    return text


def a_regime(param: typer.CallbackParam, text: str | None) -> str | None:
    """Callback of an option that holds a regime's id or alias: an unknown one is answered with those that exist."""
    from law.errors import LawError
    from law.library import load

    try:
        return None if text is None else load().regime(text).id
    except LawError as error:
        fail(f"{param.opts[0]}: {error}")


def two_people(by: str, second: str) -> None:
    """Refuse a second person who is the first in other letters: s-01 is S-01."""
    if by.casefold() == second.casefold():
        fail("--second: is --by as well; allowed: the staff code of somebody else")


def happened(text: str | None, option: str) -> datetime | None:
    """An instant that is past: nobody records what has not happened yet."""
    found = instant(text, option)
    if found is not None and found > datetime.now(UTC):
        fail(f"{option}: {text} lies in the future; allowed: up to now")
    return found


def instant(text: str | None, option: str) -> datetime | None:
    """An instant with its zone, from ISO 8601; a naive one is refused with an example."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{option}: {text!r} is no instant; write for example 2026-11-23T09:00+01:00")
    if found.utcoffset() is None:
        fail(f"{option}: {text!r} has no zone; write for example {text}+01:00")
    return found
