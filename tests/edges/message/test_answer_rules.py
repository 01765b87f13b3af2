"""Every rule is tried on its own examples, and on the sentences that must never pass for a removal."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from edges.answer_rules import Rule, classify, finds, signs
from edges.message import read_message
from law.vocabulary import Answer
from tests.edges.message.test_bounce import QMAIL, ROW, report

RULES = signs().rule


def message(example: str, head: str = "From: abuse@host.example\nSubject: Re: notice R-2026-000123\n") -> bytes:
    """An example is a text, or headers, an empty line and a text."""
    whole = example if re.match(r"[A-Z][A-Za-z-]+: .*\n", example) else f"{head}\n{example}"
    top, _, body = whole.partition("\n\n")
    typed = top if "Content-Type" in top else f"{top}\nContent-Type: text/plain; charset=utf-8"
    return f"{typed}\n\n{body}".encode()


def kind(text: str) -> Answer:
    return classify(read_message(message(text))).kind


@pytest.mark.parametrize(
    ("rule", "example"),
    [(rule, one) for rule in RULES for one in rule.yes],
    ids=lambda one: one[:40] if isinstance(one, str) else one.id,
)
def test_every_example_is_what_its_rule_says(rule: Rule, example: str) -> None:
    """The rule itself finds its example, and among all rules the message is of its kind."""
    read = read_message(message(example))
    assert finds(rule, read)
    assert rule.kind is classify(read).kind


@pytest.mark.parametrize(
    ("rule", "example"),
    [(rule, one) for rule in RULES for one in rule.no],
    ids=lambda one: one[:40] if isinstance(one, str) else one.id,
)
def test_no_counter_example_is_of_the_kind(rule: Rule, example: str) -> None:
    """What resembles a rule and is not meant is not taken for it."""
    assert rule.kind is not kind(example)


def test_the_file_is_whole() -> None:
    """Ids are unique, phrases are written as texts are folded, both languages of the house know every kind of words."""
    assert [one for one, times in Counter(rule.id for rule in RULES).items() if times > 1] == []
    assert len(RULES) >= 40
    common = signs().common
    for phrase in [one for rule in RULES for one in (*rule.text, *rule.subject, *rule.unless)] + [
        one for each in common.values() for one in each.unless
    ]:
        words = phrase.replace(" ... ", " ")
        assert re.fullmatch(r"[a-z0-9' ßæø]+", words), phrase
        assert words == re.sub(r"  +", " ", words).lstrip()
    for answer in (
        Answer.ACKNOWLEDGED,
        Answer.REFUSED,
        Answer.ASKS_INFORMATION,
        Answer.CLAIMS_REMOVAL,
        Answer.NOT_OURS,
        Answer.AUTOMATIC,
    ):
        spoken = {language for rule in RULES if rule.kind is answer for language in rule.languages}
        assert {"fr", "en"} <= spoken


NO_REMOVAL = """The content has not been removed.
The content hasn't been removed yet.
We will not remove the content.
We have not removed the content.
The content will be removed within 24 hours.
We will write to you once the content has been removed.
If the content has been removed, please close your ticket.
Has the content been removed?
We cannot confirm that the content was removed.
The content was removed by mistake and has been restored.
Your report has been removed from our queue.
Your account has been suspended.
Some of the content has been removed.
No content was removed.
We have removed the content in your country only.
You asked us whether the page was deleted.
The content would be removed if a court ordered it.
The page was never taken down.
Content is removed when it breaks the law.
Le contenu n'a pas été supprimé.
Le contenu n'a jamais été supprimé.
Le contenu n’a pas été retiré.
Aucun contenu n'a été supprimé.
Le contenu sera supprimé sous 24 heures.
Nous n'avons pas supprimé le contenu.
Si le contenu a été supprimé, le dossier sera clos.
Dès que le contenu a été supprimé, nous vous écrivons.
Le contenu a-t-il été supprimé ?
Le contenu a été supprimé par erreur puis rétabli.
Votre signalement a été supprimé.
Une partie du contenu a été partiellement supprimée.
Nous avons supprimé le contenu en France uniquement.
Der Inhalt wurde nicht gelöscht, mit freundlichen Grüßen von der Redaktion.
Der Inhalt wird gelöscht, sobald die Prüfung beendet ist und wir es wissen.
De inhoud is niet verwijderd en dit is ook niet in strijd met onze regels.
El contenido no ha sido eliminado y la cuenta no ha sido suspendida."""


@pytest.mark.parametrize("sentence", NO_REMOVAL.splitlines())
def test_what_is_no_removal_never_passes_for_one(sentence: str) -> None:
    """A look that is called off because of a refusal misread would be the worst of mistakes."""
    assert Answer.CLAIMS_REMOVAL is not kind(sentence)
    assert Answer.CLAIMS_REMOVAL is not kind(f"Hello,\n\n{sentence}\n\nKind regards")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We have removed item 1.\n\nWe will not remove item 2.", Answer.OTHER),
        ("Nous avons supprimé la page A. Nous ne supprimerons pas la page B.", Answer.OTHER),
        ("The content has been removed. This content is not hosted by us.", Answer.OTHER),
        ("We will not remove it. Please provide the URL.", Answer.OTHER),
        ("We have received your report [#123]. Please provide the URL.", Answer.ASKS_INFORMATION),
        ("Thank you for contacting us. The content has been removed.", Answer.CLAIMS_REMOVAL),
        ("Following your request, the content has been removed.", Answer.CLAIMS_REMOVAL),
        ("We would like to inform you that the page has been removed.", Answer.CLAIMS_REMOVAL),
        ("We do not host this content and cannot remove it.", Answer.NOT_OURS),
        ("We could not find the content, it is already unavailable.", Answer.CLAIMS_REMOVAL),
        (
            "Nous avons bien reçu votre signalement. Il n'enfreint pas nos règles : ce contenu n'enfreint pas la loi.",
            Answer.REFUSED,
        ),
        ("I am out of the office. The content has been removed.", Answer.AUTOMATIC),
        ("Hello", Answer.OTHER),
        ("", Answer.OTHER),
    ],
)
def test_signs_that_meet(text: str, expected: Answer) -> None:
    """A stronger sign prevails over an acknowledgement; signs that contradict each other wait for a person."""
    assert expected is kind(text)


def test_our_own_quoted_words_are_never_classified() -> None:
    """A notice that says "has been removed elsewhere" comes back below an empty answer."""
    assert Answer.OTHER is kind("Ok\n\nOn Mon, 2 Mar 2026, Hotline wrote:\n> The content has been removed elsewhere.")


@pytest.mark.parametrize(
    "text",
    [
        "Il contenuto è stato rimosso dalla piattaforma. The content has been removed. Grazie e saluti, il team della piattaforma non è in ufficio",
        "Содержимое было удалено с нашей платформы навсегда. Content has been removed.",
        "Treść została usunięta przez nas i nie jest już dostępna w serwisie, proszę o potwierdzenie.",
    ],
)
def test_another_language_waits_for_a_person(text: str) -> None:
    """Practice, section 2: a reply in another language is not judged by rules of ours."""
    assert Answer.OTHER is kind(text)


def test_a_guess_is_sure_only_in_a_known_language() -> None:
    """A word that is found where the language is unknown is a guess to be confirmed."""
    assert classify(read_message(message("We have removed the video and warned its author."))).sure
    assert not classify(read_message(message("Content removed."))).sure


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("failed", Answer.BOUNCE),
        ("delayed", Answer.DELIVERY),
        ("delivered", Answer.DELIVERY),
        ("relayed", Answer.DELIVERY),
    ],
)
def test_reports_of_mail_servers(action: str, expected: Answer) -> None:
    """A report is read before any words, even when the original below it speaks of removals."""
    guess = classify(read_message(report(ROW.format(action, "5.1.1" if action == "failed" else "2.0.0"))))
    assert (expected, "rfc-3464", True) == (guess.kind, guess.rule, guess.sure)
    assert Answer.BOUNCE is classify(read_message(QMAIL)).kind


def test_automatic_by_its_headers_alone() -> None:
    """An automatic message whose words no rule knows is an automatic reply; one that says more is what it says."""
    head = "Auto-Submitted: auto-replied\nSubject: Re: notice\n"
    assert Answer.AUTOMATIC is classify(read_message(message("Bonjour.", head))).kind
    assert Answer.ACKNOWLEDGED is classify(read_message(message("We have received your report [#123].", head))).kind


def test_a_text_full_of_beginnings_is_read_in_no_time() -> None:
    """Twenty thousand characters of half a phrase cost no more than any other text."""
    text = "we have we took we have taken " * 2_000
    assert kind(text) in Answer
