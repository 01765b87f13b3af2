"""Contexts of letters for the tests; every name and address is reserved for examples."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from edges.letters import (
    Attachment,
    ComplaintRow,
    Composed,
    EarlierAct,
    LetterContext,
    LetterLocation,
    LetterReport,
    Organisation,
    compose,
    locations_csv,
    message_id,
    render,
)
from law.vocabulary import Depicted, LocationKind

NOW = datetime(2026, 11, 2, 13, 5, tzinfo=UTC)
ADDRESS = "12 rue de l'Exemple, 75000 Paris"
SENDER = Organisation("Hotline Example", ADDRESS, "notices@hotline.example", "trusted flagger")
EXTRA: dict[str, dict[str, Any]] = {
    "notice": {},
    "reminder": {"first_sent_at": NOW - timedelta(days=3)},
    "complaint": {
        "provider": "P-0042",
        "period_from": NOW - timedelta(days=30),
        "period_to": NOW,
        "failed_duties": ("16(4)", "16(5)", "16(6)", "20", "22(1)"),
        "standing": "GROUND",
        "rows": (
            ComplaintRow("R-2026-000001", NOW - timedelta(days=20), True, NOW - timedelta(days=19), None, NOW),
            ComplaintRow("R-2026-000002", NOW - timedelta(days=18), False),
        ),
        "annexes": ("R-2026-000001-notice.eml",),
    },
    "referral": {"complaint_on_file": False, "ready_to_prosecute": False, "missing": ("MISSING",)},
    "request": {"judgment_reference": "JUDGMENT 26/00001", "judgment_until": NOW + timedelta(days=300)},
    "retraction": {"cause": "wrong-location", "cause_label": "CAUSE", "first_sent_at": NOW, "second_reader": "S-07"},
    "staff": {"matter": "signature", "numbers": ("R-2026-000001", "R-2026-000002")},
}


def a_report(number: int = 1, *, locations: int = 1, returns: int = 0, why: str = "It is shown.") -> LetterReport:
    """A report on a site named after a victim."""
    places = tuple(
        LetterLocation(LocationKind.URL, f"https://jane-doe.example/{number}/{place}.html", "NL")
        for place in range(locations)
    )
    return LetterReport(
        number=f"R-2026-{number:06d}",
        category_label={"fr": "contenu illicite d'exemple", "en": "sample illegal content"},
        qualification="Code pénal, art. 227-23",
        why=why,
        qualified_at=NOW - timedelta(days=1),
        seen_at=NOW - timedelta(hours=3),
        locations=places,
        depicted=Depicted.NOBODY,
        returns=returns,
        earlier=(EarlierAct(NOW - timedelta(days=9), "EARLIER"),) if returns else (),
    )


def a_letter(name: str = "notice", language: str = "en", **changes: Any) -> LetterContext:
    """A complete context of that name."""
    values: dict[str, Any] = {
        "name": name,
        "language": language,
        "sender": SENDER,
        "regime": "eu-dsa-16",
        "regime_label": "DSA Art. 16",
        "regime_citation": "Regulation (EU) 2022/2065, Article 16",
        "reports": (a_report(),),
        "by_when": NOW + timedelta(days=2),
        "extra": EXTRA[name],
    }
    return LetterContext(**{**values, **changes})


HOSTILE = (
    "https://host-{}.example/" + "very=long/" * 40,
    "https://h\u00f4te-{}.example/\u6f22\u5b57?a=b==c",
    "\x02R-2026-000001\x03https://host-{}.example/\r\n\t\x0b\x0c\x1f=",
    "http://host-{}.example/<b>&amp;\"',;= ",
)  # addresses that try quoted-printable, the CSV, the HTML and whatever separates one report from another


def a_full_report(number: int) -> LetterReport:
    """A report with everything a report can say, every word of it bearing its number and hard to write down."""
    places = tuple(LetterLocation(LocationKind.URL, one.format(number), "NL") for one in HOSTILE[: 1 + number % 4])
    why = f"Word-{number} of \u00ab\u00a0why\u00a0\u00bb \x02\x03 = \u2028 at https://host-{number}.example/x.\n\n\nAgain-{number}. "
    report = a_report(number, returns=number % 3, why=why * number)
    earlier = (EarlierAct(NOW - timedelta(days=9), f"earlier-{number} = \x02 https://host-{number}.example/"),)
    label = {"fr": "contenu illicite d’exemple", "en": "sample illegal content"}
    return replace(report, locations=places, earlier=earlier, category_label=label)


def a_full_letter(name: str, language: str, reports: int) -> LetterContext:
    """A letter of that name about so many reports, with every optional thing in it."""
    numbers = [f"R-2026-{number:06d}" for number in range(1, reports + 1)]
    annexes = {"annexes": tuple(f"{number}-notice.eml" for number in numbers)}
    counted = {"certificates": tuple((number, ("STEP ONE", "STEP = TWO")) for number in numbers)}
    rows = tuple(ComplaintRow(n, NOW - timedelta(days=20), True, None, NOW, NOW) for n in numbers)
    more: dict[str, dict[str, Any]] = {
        "complaint": {**annexes, **counted, "rows": rows},
        "referral": {**annexes, **counted, "complaint_on_file": True, "complaint_reference": "PV 2026/12"},
        "request": {**annexes, "lifted_by": ("LIFTED",), "parameters": (("target", "url"), ("months", ""))},
        "staff": {"at": NOW, "numbers": tuple(numbers)},
    }
    return a_letter(
        name,
        language,
        reports=tuple(a_full_report(number) for number in range(1, reports + 1)),
        by_when_is_legal=True,
        certificate_steps=("STEP",),
        confidence_note="NOTE",
        simulated=True,
        proposal=True,
        extra={**EXTRA[name], **more.get(name, {})},
    )


def as_it_leaves(context: LetterContext, *more: Attachment, seed: str = "letter-1") -> Composed:
    """The letter with its table of locations and further files, ready to be sent."""
    return compose(
        render(context),
        message_id=message_id(seed, "hotline.example"),
        sender="notices@hotline.example",
        sender_name="Hotline Example",
        recipient="abuse@host.example",
        reply_to=None,
        date=NOW,
        attachments=(locations_csv(context.reports), *more),
        simulated=True,
    )
