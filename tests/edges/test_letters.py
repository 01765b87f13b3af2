"""What letters say, to whom they say nothing, and what they never say."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from itertools import product
from typing import Any

import pytest

from edges.letter_parts import LANGUAGES, NAMES, tame
from edges.letters import LetterIncomplete, LetterLocation, SubjectNotNeutral, defang, render
from law.vocabulary import LocationKind
from tests.edges.letter_samples import EXTRA, NOW, a_letter, a_report

EVERY = [*product(NAMES, LANGUAGES)]
HOUSE_CLOCK_WORDS = re.compile(r"deadline|délai|breach|manquement|violat", re.IGNORECASE)


class Tags(HTMLParser):
    """Collects tags and attributes, and checks that they are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag; `meta` has no end."""
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """The tag that ends is the one that was opened last."""
        assert tag == self.open.pop()


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_letter_renders_in_both_languages(name: str, language: str) -> None:
    """Every letter exists in French and English, and its three files agree on the case number."""
    rendered = render(a_letter(name, language))
    for part in (rendered.text, rendered.html):
        assert "R-2026-000001" in part
    assert "\n" not in rendered.subject
    assert rendered.text.endswith("\n") and "\n\n\n" not in rendered.text


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_html_is_whole_and_has_no_link_or_image(name: str, language: str) -> None:
    """HTML is well formed and holds nothing that loads or leads anywhere."""
    tags = Tags()
    tags.feed(render(a_letter(name, language, simulated=True, proposal=True)).html)
    assert tags.open == []
    assert not {"a", "img", "script", "link", "style", "form"} & {tag for tag, _ in tags.seen}
    assert not {"href", "src"} & {key for _, attributes in tags.seen for key in attributes}


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_no_live_location_and_nothing_telling_in_a_subject(name: str, language: str) -> None:
    """A location is never clickable, and a subject names no site: a site can bear the victim's name (practice 1.10)."""
    rendered = render(a_letter(name, language))
    assert "jane-doe" not in rendered.subject
    for part in (rendered.text, rendered.html):
        assert "jane-doe.example" not in part and "https://" not in part


@pytest.mark.parametrize("name", [name for name in NAMES if name != "staff"])
def test_text_lines_fit_a_terminal(name: str) -> None:
    """A line of text is longer than 80 columns only where a location stands on it."""
    text = render(a_letter(name, "fr", reports=tuple(a_report(n, locations=3) for n in range(1, 50)))).text
    assert [line for line in text.split("\n") if len(line) > 80 and "hxxp" not in line] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_first_screen_of_a_notice_answers_every_question(language: str) -> None:
    """The first 25 lines say what, where, which law, what is asked, by when and who we are."""
    steps = ("STEP ONE", "STEP TWO", "STEP THREE")
    context = a_letter(
        language=language, reports=tuple(a_report(n, locations=5) for n in (1, 2, 3)), asked="ASKED",
        by_when_is_legal=True, certificate_steps=steps, confidence_note="NOTE", simulated=True,
    )  # fmt: skip
    screen = "\n".join(render(context).text.split("\n")[:25])
    wanted = ["hxxps://jane-doe[.]example/1/0[.]html", "2022/2065", "227-23", "ASKED", *steps, "NOTE", "Hotline"]
    assert [word for word in wanted if word not in screen] == []
    assert ("4 November 2026" if language == "en" else "4 novembre 2026").replace(" ", "\u00a0") in screen


@pytest.mark.parametrize(("name", "language"), [*product(("notice", "reminder", "complaint"), LANGUAGES)])
def test_a_house_clock_is_never_called_a_legal_one(name: str, language: str) -> None:
    """A soft duty has no deadline and nobody breached anything: our own number accuses nobody (practice 1.8)."""
    rendered = render(a_letter(name, language, by_when_is_legal=False))
    assert HOUSE_CLOCK_WORDS.findall(rendered.subject + rendered.text + rendered.html) == []


def test_a_complaint_does_not_show_our_own_clock() -> None:
    """A complaint cites no date of ours by which something should have happened."""
    clock = datetime.fromisoformat("2031-05-17T10:00:00+00:00")
    assert "2031" not in render(a_letter("complaint", by_when=clock)).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_complaint_states_duties_ground_and_annexes(language: str) -> None:
    """A complaint says which duty failed, on what ground we stand, and what reached us for each report."""
    rendered = render(a_letter("complaint", language))
    proven = {"en": "Receipt not proven: nothing is alleged", "fr": "Réception non prouvée\u00a0: rien"}
    for part in (rendered.text, rendered.html):
        assert "GROUND" in part and "R-2026-000001-notice.eml" in part
        assert proven[language] in part
        assert len(re.findall(r"Article (?:16|20|22)\b", part)) >= 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_ready_to_prosecute_only_if_the_gate_says_so(language: str) -> None:
    """A referral calls a file ready to prosecute only when told so, and always says where the complaint stands."""
    ready = {"en": "Ready to prosecute", "fr": "En état d\u2019être poursuivi"}[language]
    not_yet = render(a_letter("referral", language))
    given = {"complaint_on_file": True, "complaint_reference": "PV 2026/12", "ready_to_prosecute": True}
    assert ready not in not_yet.text + not_yet.html and "MISSING" in not_yet.text
    assert ready in render(a_letter("referral", language, extra=given)).text
    assert "PV 2026/12" in render(a_letter("referral", language, extra=given)).html


def test_simulation_and_proposal_stand_first() -> None:
    """A letter from a simulated store, and one that rests on a proposal, say so before anything else."""
    for name, language in EVERY:
        text = render(a_letter(name, language, simulated=True, proposal=True)).text
        assert text.startswith("*** SIMULATION"), name
        assert "\n*** PROPOSIT" in text or "\n*** PROPOSAL" in text, name


def test_a_return_is_said_and_the_second_asks_for_the_account() -> None:
    """From the second return the notice asks for measures against the account (practice, section 2)."""
    first, second = (render(a_letter(reports=(a_report(returns=n),))) for n in (1, 2))
    assert "is back" in first.subject and "back after a removal" in first.text and "EARLIER" in first.text
    assert "account" not in first.text and "measures against the account" in second.text


@pytest.mark.parametrize(("regime", "words"), [
    ("us-tida", ["without consent", "Signed electronically", "known identical copies"]),
    ("uk-osa-10-3a", ["We declare that this is intimate image content", "substantially the same"]),
    ("eu-dsa-22", ["from a trusted flagger", "DSA Art. 22(1)"]),
])  # fmt: skip
def test_a_regime_brings_its_own_statement(regime: str, words: list[str]) -> None:
    """A notice holds the statements that its own regime asks for, and an Art. 16 notice claims no priority."""
    text = " ".join(render(a_letter(regime=regime)).text.split())
    plain = " ".join(render(a_letter()).text.split())
    assert [word for word in words if word.lower() not in text.lower()] == []
    assert not any(word.lower() in plain.lower() for word in words)


def test_a_person_is_named_only_when_passed_in() -> None:
    """Victim identity stands in a letter only if it was given as agreed (practice 1.12)."""
    with_name = a_letter(regime="us-tida", extra={"person": "Agreed Name", "mandate_at": NOW})
    assert "agreement we name them to you: Agreed Name." in " ".join(render(with_name).text.split())
    assert "name them" not in " ".join(render(a_letter(regime="us-tida")).text.split())


def test_unproven_receipt_is_said() -> None:
    """Below receipt level 2 a letter says *receipt not proven* (practice 1.7)."""
    assert "Receipt not proven" in render(a_letter("reminder")).text
    assert "Receipt not proven" not in render(a_letter("reminder", receipt_proven=True)).text
    legal: dict[str, Any] = {"by_when_is_legal": True, "certificate_steps": ("48 hours from receipt",)}
    assert "Receipt not proven" in render(a_letter(**legal)).text


@pytest.mark.parametrize("name", NAMES)
def test_french_typography(name: str) -> None:
    """In French a no-break space stands before ; : ? ! and inside guillemets."""
    rendered = render(a_letter(name, "fr", simulated=True, proposal=True))
    assert re.findall(r".{8} [;:?!»]", rendered.subject + rendered.text) == []
    assert re.findall(r"« |\w[;?!]\s", rendered.subject + rendered.text) == []


def test_everything_that_is_missing_is_said_at_once() -> None:
    """A letter that cannot be written names every fault, not the first one."""
    naive = a_letter("complaint", reports=(), by_when=datetime(2026, 11, 2), by_when_is_legal=True, extra={"odd": 1})
    with pytest.raises(LetterIncomplete) as refused:
        render(naive)
    said = str(refused.value)
    for word in ("names no report", "extra.standing is missing", "extra.odd", "certificate", "no zone"):
        assert word in said
    with pytest.raises(LetterIncomplete, match="allowed: fr, en"):
        render(a_letter(language="de"))
    with pytest.raises(LetterIncomplete, match="at most 50"):
        render(a_letter(reports=tuple(a_report(n) for n in range(51))))


def test_a_block_never_outlives_its_judgment() -> None:
    """LCEN Art. 6-4: no longer than the time remaining under the judgment."""
    late = {**EXTRA["request"], "until": NOW + timedelta(days=301)}
    with pytest.raises(LetterIncomplete, match="outlives"):
        render(a_letter("request", regime="fr-lcen-6-4", extra=late))
    with pytest.raises(LetterIncomplete, match="judgment_reference"):
        render(a_letter("request", regime="fr-lcen-6-4", extra={}))
    assert "JUDGMENT 26/00001" in render(a_letter("request", regime="fr-lcen-6-4")).text


def test_a_telling_label_is_refused() -> None:
    """No label may carry a site's name into a subject."""
    with pytest.raises(SubjectNotNeutral):
        render(a_letter(regime_label="notice about jane-doe.example"))


def test_staff_letters_hold_case_numbers_only() -> None:
    """Even with reports at hand a staff letter shows neither location nor person."""
    rendered = render(a_letter("staff", reports=(a_report(),)))
    assert "jane-doe" not in rendered.text + rendered.html and "227-23" not in rendered.html


def test_markup_in_data_stays_text() -> None:
    """Whatever a report says is escaped in HTML and cannot break out of its line in the text."""
    place = LetterLocation(LocationKind.URL, "https://host.example/\r\n*** FORGED <b>\u202e", None)
    report = a_report(why="<script>alert(1)</script>")
    object.__setattr__(report, "locations", (place,))
    rendered = render(a_letter(reports=(report,)))
    assert "<script>" not in rendered.html and "&lt;script&gt;" in rendered.html
    assert "\n*** FORGED" not in rendered.text and "\u202e" not in rendered.text + rendered.html


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_markup_in_our_own_sentences_stays_text(name: str, language: str) -> None:
    """A sentence that holds a name as it was given is escaped in HTML as well."""
    organisation = replace(a_letter().sender, name="Aide & <b>Secours</b>")
    html = render(a_letter(name, language, sender=organisation)).html
    assert "<b>Secours" not in html and "& <" not in html


@pytest.mark.parametrize(("location", "written"), [
    ("https://site.example/path", "hxxps://site[.]example/path"),
    ("HTTP://site.example:8080/a.b?u=http://x.test", "hxxp://site[.]example:8080/a[.]b?u=hxxp[:]//x[.]test"),
    ("http://abcdef.onion/", "hxxp://abcdef[.]onion/"),
    ("@handle", "[@]handle"),
    ("+33 6 00 00 00 00", "+33 6 00 00 00 00"),
    ("magnet:?xt=urn:btih:00", "magnet[:]?xt=urn:btih:00"),
    ("ipfs://bafy", "ipfs[:]//bafy"),
])  # fmt: skip
def test_defang(location: str, written: str) -> None:
    """A defanged location is readable and no mail program makes a link of it."""
    assert defang(location) == written


def test_free_text_is_tamed() -> None:
    """Links inside free text are defanged, its other words and line breaks are kept."""
    assert tame("See https://a.test/x.\nAnd www.b.test!") == "See hxxps://a[.]test/x.\nAnd www[.]b[.]test!"
