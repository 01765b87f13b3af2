"""
Which channel a letter takes, and what becomes of one that refuses mail for good: the next of the same party serves.

The next channel is one of the same addressee that serves the same category; never that of a registrant, a site's
operator or an uploader (practice 1.11). Without one, a person is asked.
"""

import re

from cases.dossier import Dossier
from cases.moves import advance, set_duty
from law.vocabulary import Deed, Fact
from models.draft import Draft, Entry
from models.tables import Channel, Letter, Procedure

# Enhanced status codes (RFC 3463) that say that the mailbox or its domain does not exist or takes no mail at all. A
# full mailbox (5.2.2), a letter that is too large (5.3.4) or a policy (5.7.x) says nothing about the next letter.
_DEAD = re.compile(r"5\.(?:1\.(?:1|2|3|6|10)|2\.1|4\.4)\b")
_STATUS = re.compile(r"(?:\d{3}[ -])?(5\.\d{1,3}\.\d{1,3})\b")


def says_dead(status: str) -> bool:
    """Whether a status such as `5.1.1` says that nobody can be reached there any more."""
    return bool(_DEAD.match(status))


def status_in(answer: str) -> str:
    """The enhanced status with which a server's answer begins; empty without one."""
    found = _STATUS.match(answer.strip())
    return found.group(1) if found else ""


def mark_dead(draft: Draft, dossier: Dossier, channel_id: object) -> Channel | None:
    """The channel works no more; the directory says so from now on."""
    for channels in dossier.channels.values():
        for channel in channels:
            if channel.id == channel_id:
                if channel.working:
                    draft.amend(channel, working=False)
                return channel
    return None


def fall_back(draft: Draft, dossier: Dossier, procedure: Procedure, entry: Entry) -> None:
    """
    A procedure whose letter did not arrive goes on through the addressee's next channel, or waits for a person.

    It was just moved to *waiting*. Its clock begins with the letter that arrives: what the law counts from receipt is
    counted from the receipt that there was.
    """
    if channel_of(dossier, procedure) is None:
        set_duty(entry, dossier, Deed.SUPPLY, draft.now, procedure=procedure, cause="channel_refused")
        return
    again = advance(draft, dossier, procedure, Fact.SUPPLIED, what="next_channel")
    set_duty(again, dossier, Deed.NOTIFY, draft.now, procedure=procedure)


def channel_of(dossier: Dossier, procedure: Procedure) -> Channel | None:
    """The channel to use: the regime's own mechanism if the addressee has one, else the first that serves."""
    if procedure.party_id is None:
        return None
    serving = sorted(
        (c for c in dossier.channels.get(procedure.party_id, []) if c.serves(dossier.report.category)),
        key=lambda channel: channel.rank,
    )
    own = [channel for channel in serving if procedure.regime in channel.mechanisms]
    return next(iter(own or serving), None)


def leads_there(dossier: Dossier, procedure: Procedure, letter: Letter) -> bool:
    """Whether a letter written earlier would still go where one written now would go."""
    channel = channel_of(dossier, procedure)
    return channel is not None and (channel.id, channel.address) == (letter.channel_id, letter.recipient)


def serves_still(dossier: Dossier, procedure: Procedure, letter: Letter) -> bool:
    """Whether the channel that a letter was written to is still in use for this report."""
    channels = dossier.channels.get(procedure.party_id, []) if procedure.party_id else []
    return any(c.id == letter.channel_id and c.serves(dossier.report.category) for c in channels)
