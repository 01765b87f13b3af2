"""What the reader of a letter gets, to the last byte: the wording and its wrapping change only on purpose."""

import email
import email.policy
import hashlib
import json
import re
from itertools import product
from pathlib import Path

import pytest

from edges.letter_parts import LANGUAGES, NAMES
from tests.edges.letter_samples import a_full_letter, as_it_leaves

KNOWN = Path(__file__).with_name("letter_words.json")  # SHA-256 of what is read, by letter, language, reports


def read(name: str, language: str, reports: int) -> dict[str, str]:
    """Subject, text, HTML and table of a letter as a mail program decodes them, each as its SHA-256."""
    raw = as_it_leaves(a_full_letter(name, language, reports)).raw
    message = email.message_from_bytes(raw, policy=email.policy.default)
    octets = {"subject": str(message["Subject"]).encode()}
    for part in message.walk():
        if not part.is_multipart():
            octets[part.get_content_type()] = part.get_payload(decode=True)  # type: ignore[assignment]
    octets["text/html"] = _without_references(octets["text/html"])
    return {kind: hashlib.sha256(value).hexdigest() for kind, value in octets.items()}


def _without_references(html: bytes) -> bytes:
    """A browser shows `&#233;` as é: letters that are not cut into parts leave in seven bits."""
    return re.sub(
        r"&#(\d+);", lambda found: chr(int(found[1])) if int(found[1]) > 127 else found[0], html.decode()
    ).encode()


@pytest.mark.parametrize(("name", "language", "reports"), [*product(NAMES, LANGUAGES, (1, 3))])
def test_the_reader_gets_the_same_words(name: str, language: str, reports: int) -> None:
    """What is decoded is what was decoded before; after a change of wording `python -m tests.edges.test_letter_words`."""
    known = json.loads(KNOWN.read_text())
    assert known[f"{name} {language} {reports}"] == read(name, language, reports)


if __name__ == "__main__":
    every = {" ".join(map(str, one)): read(*one) for one in product(NAMES, LANGUAGES, (1, 3))}
    KNOWN.write_text(json.dumps(every, indent=1) + "\n")
