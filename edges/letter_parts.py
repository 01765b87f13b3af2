"""
What a letter is made of: plain shapes, their faults, and how a location is written so that nobody can click it.

Nothing here reads a file, a clock or a setting. Times are aware; every text is already in the letter's language.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from law.vocabulary import Depicted, LocationKind

NAMES = ("notice", "reminder", "complaint", "referral", "request", "retraction", "staff")
LANGUAGES = ("fr", "en")

Segment = tuple[str | None, str]  # the number of the report whose words these are, none for the frame; the words

_LINK = re.compile(r"(?i)(?:\b(?:https?|ftp)://|\bwww\.)\S*[^\s.,;:!?)\]»\"']")
_EMBEDDED = re.compile(r"(?i)http(s?)://")
_WORD = re.compile(r"\S+")
_ADDRESS = re.compile(r"://|\w[.@]\w*[^\W\d_]")  # a scheme, or a dot or at sign between letters
_HARMLESS = {0x00A0: " ", 0x202F: " "}  # the no-break spaces of French typography
_UNSEEN = {"Cc", "Cf", "Zl", "Zp"}  # Unicode categories that steer a display without being seen


class LetterError(ValueError):
    """This letter cannot be made."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class LetterIncomplete(LetterError):
    """The letter lacks what it must say; every fault is named at once."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("The letter cannot be written: " + "; ".join(faults))
        self.faults = tuple(faults)


class SubjectNotNeutral(LetterError):
    """A mail subject may hold case numbers and the law's label only: no domain, handle or name."""


@dataclass(frozen=True, slots=True)
class LetterLocation:
    """One exact place; `value` is kept as reported, `country` is where it is hosted (ISO 3166-1) or not known."""

    kind: LocationKind
    value: str
    country: str | None = None


@dataclass(frozen=True, slots=True)
class EarlierAct:
    """Something that was done before this letter, in words of its language."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class LetterReport:
    """One report as the addressee may see it. It has no field for a reporter, on purpose (practice 1.12)."""

    number: str
    category_label: Mapping[str, str]  # by language
    qualification: str  # the article, "Code pénal, art. 227-23"
    why: str
    qualified_at: datetime
    seen_at: datetime | None
    locations: tuple[LetterLocation, ...]
    depicted: Depicted = Depicted.UNKNOWN
    returns: int = 0  # how often the content came back
    earlier: tuple[EarlierAct, ...] = ()


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """One line of the table of a complaint. A date that is `None` means that it did not happen as far as we know."""

    number: str
    noticed_at: datetime
    receipt_proven: bool
    confirmed_at: datetime | None = None
    decided_at: datetime | None = None
    last_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """Our own house, as it signs."""

    name: str
    address: str
    email: str
    designation: str = ""  # "signaleur de confiance désigné par l'Arcom", in the letter's language


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContext:
    """
    All that one letter says.

    `by_when` is a legal deadline only if `by_when_is_legal`; without a date the steps say the rule in words ("48 hours
    from receipt"). Otherwise it is the day on which we look again. `extra` holds the keys named in `letter_rules`.
    """

    name: str
    language: str
    sender: Organisation
    regime: str = ""  # id, chooses the regime's own paragraphs
    regime_label: str = ""  # short, stands in the subject: "DSA Art. 16"
    regime_citation: str = ""
    addressee: str = ""
    proposal: bool = False
    confidence_note: str = ""  # set when the law's text was not verified
    reports: tuple[LetterReport, ...] = ()
    asked: str = ""  # empty: the template's own sentence for this regime
    by_when: datetime | None = None
    by_when_is_legal: bool = False
    certificate_steps: tuple[str, ...] = ()
    receipt_proven: bool = False
    simulated: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    zone: str = "UTC"  # the zone in which times are printed, always with its offset
    answer_link: str = ""  # where to answer without signing in; it has a reference and a last day, or is not there
    answer_reference: str = ""
    answer_until: datetime | None = None

    @property
    def locations(self) -> list[LetterLocation]:
        """Every location of every report, in order."""
        return [location for report in self.reports for location in report.locations]

    @property
    def places(self) -> list[tuple[str, LetterLocation]]:
        """Every location of every report, in order, each with the number of its report."""
        return [(report.number, location) for report in self.reports for location in report.locations]

    @property
    def categories(self) -> list[str]:
        """Labels of the categories, each once."""
        return list(dict.fromkeys(label_in(report.category_label, self.language) for report in self.reports))

    @property
    def qualifications(self) -> list[str]:
        """Articles of the qualifications, each once."""
        return list(dict.fromkeys(report.qualification for report in self.reports))


@dataclass(frozen=True, slots=True)
class Rendered:
    """
    The three texts of a letter, and whose words they are.

    A letter about one report is that report's own from end to end. One about several is cut into segments, which put
    together are the text and the HTML.
    """

    subject: str
    text: str
    html: str
    owner: str | None = None  # the number of the only report
    text_cut: tuple[Segment, ...] = ()
    html_cut: tuple[Segment, ...] = ()


def label_in(labels: Mapping[str, str], language: str) -> str:
    """Return the label in `language`, else in English, else any."""
    return labels.get(language) or labels.get("en") or next(iter(labels.values()), "")


def visible(text: str, keep: str = "") -> str:
    """Write characters that steer a display (line breaks, right-to-left marks) as `<U+202E>`, except those kept."""
    if text.isprintable():  # the common case, without looking at every character
        return text
    harmless = text.translate(_HARMLESS)
    for kept in keep:
        harmless = harmless.replace(kept, " ")
    if harmless.isprintable():
        return text
    return "".join(f"<U+{ord(c):04X}>" if unicodedata.category(c) in _UNSEEN and c not in keep else c for c in text)


def defang(location: str) -> str:
    """
    Write a location so that no mail program makes a live link of it: `hxxps://site[.]example/a[.]html`.

    Every dot and at sign is bracketed, in the path as well, because a path may hold another address. The exact value
    stands in `locations.csv` only.
    """
    text = visible(location)
    scheme, colon, rest = text.partition(":")
    if colon and scheme.lower() in ("http", "https"):
        text = scheme.lower().replace("tt", "xx", 1) + ":" + _brackets(rest)
    elif colon and (rest.startswith("//") or scheme.lower() == "magnet"):
        text = f"{scheme}[:]{_brackets(rest)}"
    else:
        text = _brackets(text)
    return text


def _brackets(text: str) -> str:
    bare = _EMBEDDED.sub(r"hxxp\1[:]//", text)
    return bare.replace(".", "[.]").replace("@", "[@]")


def tame(text: str) -> str:
    """Return free text with its links defanged and its hidden characters shown; line breaks stay."""
    shown = visible(text.replace("\r\n", "\n"), keep="\n")
    if "://" not in shown and "www." not in shown.lower():  # no link begins without one of them
        return shown
    return _LINK.sub(lambda found: defang(found.group()), shown)


def disarm(text: str) -> str:
    """What somebody else wrote: every word that holds an address, a host or a mailbox is defanged; lines stay lines."""
    shown = visible(text.replace("\r\n", "\n"), keep="\n\t")
    return _WORD.sub(lambda found: defang(found.group()) if _ADDRESS.search(found.group()) else found.group(), shown)
