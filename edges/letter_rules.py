"""
What each letter must say before it may be written; every fault is told at once.

The keys of `LetterContext.extra` are listed here, letter by letter. In a letter about several reports
`judgment_reference` and `complaint_reference` are cited from the record of the first one and count as its words.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from edges.letter_parts import LANGUAGES, NAMES, LetterContext

MOST_REPORTS = 50  # one letter carries the acts of up to 50 reports (decision 2)
DUTIES = ("16(4)", "16(5)", "16(6)", "20", "22(1)")  # what a complaint under DSA Art. 53 may say failed (practice 1.8)
STAFF_MATTERS = ("signature", "emergency", "hold", "escalation")

ANSWERED = ("notice", "reminder", "retraction")  # letters that may carry an answer link

_LINK = re.compile(r"https?://[^\s/<>\"]+/a/[A-Za-z0-9._-]+")
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")

# Keys of `LetterContext.extra` by letter: required ones, then optional ones with what stands for them.
REQUIRED: dict[str, tuple[str, ...]] = {
    "notice": (),
    "reminder": ("first_sent_at",),
    "complaint": ("provider", "period_from", "period_to", "failed_duties", "standing", "rows"),
    "referral": ("complaint_on_file", "ready_to_prosecute"),
    "request": (),
    "retraction": ("cause", "cause_label", "first_sent_at", "second_reader"),
    "staff": ("matter", "numbers"),
}
OPTIONAL: dict[str, dict[str, Any]] = {
    "notice": {"mandate_at": None, "person": None, "signed_by": ""},
    "reminder": {},
    "complaint": {"annexes": (), "certificates": ()},
    "referral": {
        "complaint_reference": "",
        "missing": (),
        "addressee_kind": "prosecutor",
        "annexes": (),
        "certificates": (),
    },
    "request": {
        "judgment_reference": "",
        "judgment_at": None,
        "judgment_until": None,
        "until": None,
        "review_at": None,
        "target": "url",
        "lifted_by": (),
        "parameters": (),
        "annexes": (),
    },
    "retraction": {"follow_up_at": None},
    "staff": {"at": None},
}


def complete_extra(context: LetterContext) -> dict[str, Any]:
    """Return `extra` with every optional key present."""
    return {**OPTIONAL[context.name], **context.extra}


def faults_of(context: LetterContext) -> list[str]:
    """Return everything that keeps this letter from being written; an empty list means that it can be."""
    faults = []
    if context.name not in NAMES:
        return [f"there is no letter {context.name!r}, allowed: {', '.join(NAMES)}"]
    if context.language not in LANGUAGES:
        faults.append(f"there is no language {context.language!r}, allowed: {', '.join(LANGUAGES)}")
    if context.name != "staff" and not context.reports:
        faults.append("it names no report")
    if len(context.reports) > MOST_REPORTS:
        faults.append(f"it names {len(context.reports)} reports, at most {MOST_REPORTS} are allowed")
    faults += [f"the number of a report is not a case number: {len(n)} characters" for n in _bad_numbers(context)]
    if context.by_when_is_legal and not context.certificate_steps:
        faults.append("a legal deadline needs the steps of its certificate")
    if context.extra.get("person") and len(context.reports) > 1:
        faults.append("it names a person and more than one report: a name belongs to one report")
    return faults + _answer_faults(context) + _extra_faults(context) + _time_faults(context)


def _answer_faults(context: LetterContext) -> list[str]:
    given = (context.answer_link, context.answer_reference, context.answer_until)
    faults = [] if all(given) or not any(given) else ["an answer link needs a reference and its last day"]
    if context.answer_link and context.name not in ANSWERED:
        faults.append(f"no answer link in this letter, only in: {', '.join(ANSWERED)}")
    if context.answer_link and not _LINK.fullmatch(context.answer_link):
        faults.append("the answer link is not the address of an answer page")
    return faults


def _bad_numbers(context: LetterContext) -> list[str]:
    numbers = [report.number for report in context.reports]
    numbers += [str(number) for number in context.extra.get("numbers", ())]
    return [number for number in numbers if not _NUMBER.fullmatch(number)]


def _extra_faults(context: LetterContext) -> list[str]:
    required, optional, given = REQUIRED[context.name], OPTIONAL[context.name], context.extra
    faults = [f"extra.{key} is missing" for key in required if key not in given]
    faults += [f"extra.{key} is not known to this letter" for key in given if key not in (*required, *optional)]
    wrong = [str(duty) for duty in given.get("failed_duties", ()) if duty not in DUTIES]
    if wrong or ("failed_duties" in given and not given["failed_duties"]):
        faults.append(f"extra.failed_duties must name duties among {', '.join(DUTIES)}")
    if given.get("matter", "hold") not in STAFF_MATTERS:
        faults.append(f"extra.matter must be one of {', '.join(STAFF_MATTERS)}")
    if context.regime == "fr-lcen-6-4" and context.name == "request":
        faults += _judgment_faults(given)
    return faults


def _judgment_faults(given: Mapping[str, Any]) -> list[str]:
    """LCEN Art. 6-4: the block lasts no longer than the time remaining under an enforceable judgment."""
    if not given.get("judgment_reference") or not given.get("judgment_until"):
        return ["a request under LCEN Art. 6-4 needs extra.judgment_reference and extra.judgment_until"]
    until = given.get("until")
    if until is not None and until > given["judgment_until"]:
        return ["the block asked for outlives the judgment on which it rests"]
    return []


def _time_faults(context: LetterContext) -> list[str]:
    times = [context.by_when, context.answer_until]
    times += [value for value in context.extra.values() if isinstance(value, datetime)]
    for report in context.reports:
        times += [report.qualified_at, report.seen_at, *(act.at for act in report.earlier)]
    if any(time is not None and time.utcoffset() is None for time in times):
        return ["a time has no zone"]
    return []
