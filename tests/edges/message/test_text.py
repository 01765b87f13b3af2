"""The sender's own words: without quotes, without markup, in a language that is only guessed when it is plain."""

from __future__ import annotations

import pytest

from edges.message import read_message
from edges.message_html import text_of_html
from edges.message_language import language_of
from edges.message_quotes import own_words
from tests.edges.message.disguises import HEAD, plain

OURS = "Please remove the content. It has been removed elsewhere."

QUOTES = {
    "en": f"No.\n\nOn Mon, 2 Mar 2026 at 10:00, Hotline <n@hotline.example> wrote:\n\n> {OURS}",
    "en, wrapped": f"No.\n\nOn Mon, 2 Mar 2026 at 10:00, Hotline\n<n@hotline.example> wrote:\n> {OURS}",
    "en, not marked": f"No.\n\nOn Mon, 2 Mar 2026 at 10:00, Hotline wrote:\n{OURS}",
    "fr": f"No.\n\nLe lun. 2 mars 2026 à 10:00, Ligne <n@hotline.example> a écrit :\n> {OURS}",
    "de": f"No.\n\nAm 02.03.26 um 10:00 schrieb Hotline:\n> {OURS}",
    "nl": f"No.\n\nOp ma 2 mrt. 2026 om 10:00 schreef Hotline:\n> {OURS}",
    "es": f"No.\n\nEl lun, 2 mar 2026 a las 10:00, Hotline escribió:\n> {OURS}",
    "Outlook": f"No.\n\n-----Original Message-----\nFrom: Hotline\nSent: Monday\nTo: us\nSubject: x\n\n{OURS}",
    "Outlook, French": f"No.\n\n-----Message d'origine-----\nDe : Ligne\nEnvoyé : lundi\nÀ : nous\n\n{OURS}",
    "heads only": f"No.\n\nVon: Hotline\nGesendet: Montag\nAn: uns\nBetreff: x\n\n{OURS}",
    "heads only, bold": f"No.\n\n*From:* Hotline\n*Date:* Monday\n*To:* us\n\n{OURS}",
    "forwarded": f"No.\n\n---------- Forwarded message ---------\nFrom: a\n\n{OURS}",
    "nested": f"No.\n\n>> {OURS}\n> No.",
}


@pytest.mark.parametrize("quote", QUOTES)
def test_the_quoted_original_is_left_out(quote: str) -> None:
    """Our own words come back below every answer and must never be taken for the addressee's."""
    read = read_message(plain(QUOTES[quote].encode()))
    assert read.own_text == "No."
    assert OURS in read.text.replace("> ", "")


def test_an_answer_between_the_quotes_stays() -> None:
    """Who answers line by line, or below, is read as well."""
    text = "On Mon, 2 Mar 2026, Hotline wrote:\n> Please remove A.\nDone.\n> And B.\nNo.\n"
    assert own_words(text) == "Done.\nNo."


@pytest.mark.parametrize(
    "text",
    [
        "On Monday our colleague wrote to the customer. The page is gone.",
        "From: now on we act at once.\nThank you.",
        "Le client nous a écrit hier.\nLa page n'existe plus.",
    ],
)
def test_words_that_only_look_like_a_quote(text: str) -> None:
    """A sentence that begins like the head of a quote is the sender's own."""
    assert text == own_words(text)


def test_html_as_text() -> None:
    """Scripts, styles, comments, hidden heads and addresses of links are dropped; quotes are marked; blocks are lines."""
    html = """<html><head><title>T</title><style>p{}</style></head><body><script>alert("x")</script><!-- secret -->
<p>Bonjour&nbsp;&amp; merci,<br>le contenu a &eacute;t&eacute; <b>supprim&eacute;</b>.</p>
<a href="https://track.example/a?b">ici</a><img src="https://track.example/p.gif" alt="x">
<blockquote>Please remove</blockquote><p>Bye</p></body></html>"""
    text = text_of_html(html)
    assert [line for line in text.split("\n") if line.strip(" >")] == [
        "Bonjour & merci,",
        "le contenu a été supprimé.",
        "ici",
        "> Please remove",
        "Bye",
    ]
    assert "track.example" not in text


def test_html_quotes_of_mail_programs() -> None:
    """What Gmail and Outlook mark as the quoted original is left out."""
    for mark in ('<div class="gmail_quote">', '<div id="divRplyFwdMsg">', "<blockquote>"):
        raw = HEAD + f"Content-Type: text/html\r\n\r\n<div>No.</div>{mark}<p>{OURS}</p></div>".encode()
        assert read_message(raw).own_text == "No."


def test_flowed_lines_are_joined() -> None:
    """format=flowed (RFC 3676): a line that ends with a space goes on."""
    raw = (
        HEAD
        + b"Content-Type: text/plain; format=flowed\r\n\r\nThe content \r\nhas been \r\nremoved.\r\n From here.\r\n-- \r\nDesk"
    )
    assert read_message(raw).text == "The content has been removed.\nFrom here.\n-- \nDesk"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Nous avons supprimé le contenu que vous avez signalé.", "fr"),
        ("We have removed the content that you reported to us.", "en"),
        ("Der Inhalt wurde von uns entfernt und ist nicht mehr da.", "de"),
        ("De inhoud is door ons verwijderd en dit is niet meer van belang.", "nl"),
        ("El contenido ha sido eliminado por la plataforma y no está.", "es"),
        ("Содержимое было удалено.", "ru"),
        ("コンテンツは削除されました。", "ja"),
        ("المحتوى محذوف", "ar"),
        ("Done.", None),
        ("", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    """A language is named only if several of its small words or its letters are there."""
    assert language == language_of(text)
