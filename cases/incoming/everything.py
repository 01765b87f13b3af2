"""One pass over all that came in: the answer page, the relay's log, the mailbox; a fault of one stops no other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from cases.desk import Desk
from cases.incoming.page import take_page_answers
from cases.incoming.reading import SomebodyReads, ours, read_mailbox
from cases.incoming.relay import read_relay_log
from cases.office import mailbox
from edges.inbox import MailboxError
from edges.settings import Settings


@dataclass(slots=True)
class Heard:
    """What a pass came to, in words without a name or an address."""

    told: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "; ".join([*self.told, *self.faults])


async def take_everything(desk: Desk, settings: Settings, *, until: Callable[[], bool]) -> Heard:
    """Take in what came since the last pass; a mailbox that is not read to its end when `until` says so waits."""
    heard = Heard()
    heard.told.append(f"answer page: {await take_page_answers(desk)}")
    await _log(desk, settings, heard)
    await _mail(desk, settings, heard, until)
    return heard


async def _log(desk: Desk, settings: Settings, heard: Heard) -> None:
    if settings.postfix_log is None:
        return
    try:
        spoken = await read_relay_log(desk, settings.postfix_log, ZoneInfo(desk.library.house.zone))
    except OSError as error:
        heard.faults.append(f"the relay's log cannot be read: {error.strerror}")
    else:
        heard.told.append(f"relay's log: {spoken} letters")


async def _mail(desk: Desk, settings: Settings, heard: Heard, until: Callable[[], bool]) -> None:
    way = mailbox(settings, simulated=desk.organisation.simulated)
    if way is None:
        heard.told.append("mailbox: none is set (SANSDELAI_IMAP_HOST)")
        return
    folder, most = settings.imap_folder, settings.inbox_most_bytes
    try:
        async with way as box:
            taken = await read_mailbox(desk, box, ours(settings), folder=folder, most_bytes=most, until=until)
    except SomebodyReads:
        heard.told.append("mailbox: another pass reads it")
    except MailboxError as error:
        heard.faults.append(f"mailbox: {error}")
    else:
        heard.told.append(f"mailbox: {taken}")
