"""One message as it came, read: what it is, what it points to, and what of it is kept."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from cases.incoming.matching import Clues
from edges.answer_rules import classify
from edges.message import Incoming, PartKind, read_message
from edges.message_auth import AuthMethod, Verdict
from edges.message_bounce import Fate
from law.vocabulary import Answer

# Nobody here may hold these (practice 1.5): of such a part only its type, size and hash are kept.
PICTURES = frozenset({PartKind.IMAGE, PartKind.VIDEO, PartKind.ARCHIVE})


@dataclass(frozen=True, slots=True)
class Ours:
    """What tells our own mail apart, and whose word on senders counts."""

    addresses: frozenset[str]  # lower case
    domains: frozenset[str]  # of our Message-IDs
    trusted: frozenset[str]  # receiving servers of ours that check senders


@dataclass(frozen=True, slots=True)
class Came:
    """A message with what the mailbox says of it; without its text when it was too large to be fetched."""

    read: Incoming = field(repr=False)
    kind: Answer
    rule: str
    received_at: datetime
    uid_validity: int | None = None
    uid: int | None = None
    too_large: bool = False

    @property
    def clues(self) -> Clues:
        """What it says of the letter that it belongs to; a mail system's report speaks of the letter inside it."""
        report = self.read.delivery
        if report is not None and self.kind in {Answer.BOUNCE, Answer.DELIVERY}:
            original = (report.original_message_id,) if report.original_message_id else ()
            return Clues(
                references=original, recipients=self.read.recipients, envelope_id=_first_word(report.envelope_id)
            )
        return Clues(
            replies_to=self.read.in_reply_to,
            references=self.read.references,
            recipients=self.read.recipients,
            numbers=self.read.case_numbers,
        )

    @property
    def picture(self) -> bool:
        """Whether it brought what nobody here may hold."""
        return any(part.kind in PICTURES for part in self.read.parts)

    @property
    def at(self) -> datetime:
        """When the mailbox took it: the sender's own date proves nothing."""
        return self.received_at

    def authentication(self) -> str:
        """What our receiving server found, in a closed form: `dmarc=pass spf=fail`."""
        return " ".join(sorted({f"{one.method}={one.verdict}" for one in self.read.auth}))

    def vouched(self, recipient: str) -> bool:
        """Whether our server vouches that it comes from the domain that we wrote to (DMARC, RFC 7489)."""
        domain = recipient.rpartition("@")[2].lower()
        return any(
            one.method is AuthMethod.DMARC and one.verdict is Verdict.PASS and _same(one.domain or "", domain)
            for one in self.read.auth
        )

    def parts(self, pdfs: Sequence[UUID] = ()) -> str:
        """What came with it, as JSON: kind, type, size and hash of each part, and where a PDF is sealed."""
        texts = iter(pdfs)
        told = []
        for part in self.read.parts:
            one = {"kind": str(part.kind), "type": part.media_type, "size": part.size, "sha256": part.sha256}
            if pdfs and part.pdf is not None:
                one["text"] = str(next(texts))
            told.append(one)
        return json.dumps(told, ensure_ascii=True, sort_keys=True)


def _first_word(text: str | None) -> str | None:
    return text.split()[0].lower() if text and text.split() else None


def _same(one: str, other: str) -> bool:
    """The same domain, or one below the other; a bare top-level domain is none."""
    one, other = one.lower().rstrip("."), other.lower().rstrip(".")
    short, long = sorted((one, other), key=len)
    return "." in short and (short == long or long.endswith(f".{short}"))


def read_came(
    raw: bytes | None,
    headers: bytes,
    ours: Ours,
    *,
    received_at: datetime,
    size: int = 0,
    uid_validity: int | None = None,
    uid: int | None = None,
) -> Came:
    """
    Read a message; of one that was too large only its headers, and a person reads what it is. Never raises.

    `size` is what the mailbox says, in octets: it counts, and tells two messages apart, where nothing else was read.
    """
    read = read_message(
        raw if raw is not None else headers,
        trusted_authserv=ours.trusted,
        own_addresses=ours.addresses,
        own_domains=ours.domains,
    )
    guess = classify(read)
    too_large = raw is None
    if too_large:
        read = replace(read, size=size, digest=hashlib.sha256(headers + b"\n%d" % size).hexdigest())
    kind = Answer.OTHER if too_large else guess.kind
    return Came(read, kind, guess.rule or "", received_at, uid_validity, uid, too_large)


# What a mail system says, from the worst to the best.
FATES = (Fate.FAILED, Fate.FAILED_FOR_NOW, Fate.DELAYED, Fate.RELAYED, Fate.DELIVERED)
