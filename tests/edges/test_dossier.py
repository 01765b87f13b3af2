"""The printed dossier: an archive format, without links, the same bytes each time, whatever anybody wrote."""

import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from edges.dossier import broken, dossier_pdf
from edges.dossier_content import DossierContent, Language
from edges.dossier_glyphs import PLAIN, drawable, spelled
from edges.dossier_rows import ClockKind, Proof
from edges.dossier_words import UnknownWord, Words, typeset
from law.errors import NaiveTime
from tests.edges import dossier_samples as samples
from tests.edges.dossier_samples import HOSTILE, poisoned
from web.terms import TABLES

LANGUAGES: tuple[Language, ...] = ("fr", "en")
MAKERS = (samples.short, samples.erased, samples.withheld, samples.simulated, samples.empty)
EVERY = [pytest.param(maker(language), id=f"{maker.__name__}-{language}") for maker in MAKERS for language in LANGUAGES]


def objects(pdf: bytes) -> bytes:
    """The file with every compressed stream beside it unpacked, so that nothing hides in an object stream."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


def text_of(pdf: bytes, pdftotext: str) -> str:
    """The text of all pages; spaces of any kind become one ordinary space."""
    done = subprocess.run([pdftotext, "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


@pytest.mark.parametrize("content", EVERY)
def test_it_is_an_archive_file_without_any_link(content: DossierContent) -> None:
    """PDF/A-2b by its own words; no annotation, action, script, attachment or address."""
    pdf = dossier_pdf(content)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf and b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    whole = objects(pdf)
    for forbidden in (b"/Annot", b"/URI", b"/Link", b"/JavaScript", b"/Launch", b"/GoToR", b"/EmbeddedFile", b"/AA "):
        assert forbidden not in whole, forbidden
    assert b"/OutputIntent" in whole and b"/Encrypt" not in whole


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_content_same_bytes_in_any_process(language: Language) -> None:
    """Neither the clock, nor the machine, nor what was made before enters the file."""
    first = dossier_pdf(samples.simulated(language))
    dossier_pdf(samples.short(language, number="R-2026-000999"))
    assert dossier_pdf(samples.simulated(language)) == first
    script = f"from tests.edges import dossier_samples as s; from edges.dossier import dossier_pdf; import sys; sys.stdout.buffer.write(dossier_pdf(s.simulated({language!r})))"
    project = Path(__file__).resolve().parents[2]
    again = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, cwd=project, env={"TZ": "Asia/Tokyo"}
    )
    assert again.stdout == first


def test_its_date_is_the_contents_date() -> None:
    """`made_at` stands in the metadata, and nothing of today."""
    assert b"<xmp:CreateDate>2026-12-14T09:30:12+00:00</xmp:CreateDate>" in dossier_pdf(samples.short())


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_tells_what_is_on_record(language: Language, program: Callable[[str], str]) -> None:
    """Sentences, proofs, instants with offset and UTC, rectifications first, pages counted, banner on every page."""
    said = text_of(dossier_pdf(samples.simulated(language)), program("pdftotext"))
    first, second, third = (
        ("Rectifications", "Chronologie", "Le signalement a été reçu."),
        ("Rectifications", "Chronology", "The report was received."),
    )[LANGUAGES.index(language)]
    body = said[said.index("R-2026-000123") :]
    assert body.rindex(first) < body.rindex(second)
    assert third in said
    assert ("page 1 sur 7" if language == "fr" else "page 1 of 7") in said
    assert said.count("SIMULATION") == 7
    assert (
        "existait avant le 23 nov. 2026 à 10:00:08 +01:00 (09:00:08 UTC)"
        if language == "fr"
        else "existed before 23 Nov 2026, 10:00:08 +01:00 (09:00:08 UTC)"
    ) in said
    assert ("pas encore scellé" if language == "fr" else "not sealed yet") in said
    for exact in ("hxxps://images[.]plateforme[.]example/u/3f9a/galerie/0001[.]html?vue=1&tri=date", "letters/01.eml", "PHX-2026-0099182", "250 2.0.0 Ok: queued as 4bXk3Z1Qz9", "ab" * 32):  # fmt: skip
        assert exact in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_erased_or_withheld_is_told(language: Language, program: Callable[[str], str]) -> None:
    """A gap is never silent: what, when, by whom, why."""
    gone = text_of(dossier_pdf(samples.erased(language)), program("pdftotext"))
    assert ("Le texte a été effacé le 7 déc. 2026" if language == "fr" else "The text was erased on 7 Dec 2026") in gone
    assert "S-DPO" in gone
    kept = text_of(dossier_pdf(samples.withheld(language)), program("pdftotext"))
    assert ("Jamais transmis à une plateforme." if language == "fr" else "Never given to a platform.") in kept


@pytest.mark.parametrize("bad", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_can_become_markup_or_break_the_print(bad: str, program: Callable[[str], str]) -> None:
    """Every text of a dossier at once is replaced by a hostile one: it is shown as it is, or spelled out."""
    content = replace(samples.long("fr", 12), erased=samples.erased().erased, withheld=samples.withheld().withheld)
    pdf = dossier_pdf(poisoned(content, bad))
    said = text_of(pdf, program("pdftotext"))
    assert not re.search("[\u200b\u202e\u2066-\u2069]", said) and "\x07" not in said
    assert "https://" not in said and "www.evil" not in said
    assert b"/Annot" not in objects(pdf)
    if bad.startswith("#panic"):
        assert '#panic("x") $x^2$ `raw` *bold* _it_ @ref <label>' in said
    if bad.startswith("aaa"):
        assert said.count("a") > 400 * 60


def test_a_text_longer_than_a_page_is_printed_to_its_end(program: Callable[[str], str]) -> None:
    """A row that does not fit is broken over pages; nothing is cut off."""
    long = "\n".join(f"ligne{n}" for n in range(200))
    content = samples.short()
    line, look, letter = content.chronology[0], content.looks[0], content.letters[0]
    content = replace(
        content,
        chronology=(replace(line, detail=long),),
        looks=(replace(look, note=long),),
        letters=(replace(letter, answer=long),),
    )
    said = text_of(dossier_pdf(content), program("pdftotext")).split()
    for n in range(200):
        assert said.count(f"ligne{n}") == 3


def test_unknown_clusters_fall_back_to_plain_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """If a font lacks what the table promised, the dossier is printed with the letters that are sure."""
    monkeypatch.setattr("edges.dossier_glyphs.drawable", lambda: drawable() | {"日"})
    assert dossier_pdf(samples.short(organisation="日本")).startswith(b"%PDF")


def test_every_character_of_the_table_is_drawable() -> None:
    """The table is that of the installed package, in every style in use."""
    from edges.dossier import can_draw

    assert can_draw("".join(sorted(drawable())))
    assert drawable() >= PLAIN
    assert spelled("a日\nb") == "a<U+65E5>\nb"
    assert spelled("e\u0301 x\u0301") == "é x<U+0301>"  # a mark is drawn with its letter or not at all


def test_long_words_get_places_to_break_and_lose_nothing() -> None:
    """The pieces put together are the text; ordinary prose stays one string."""
    assert broken("Une phrase ordinaire, sans rien de long.") == "Une phrase ordinaire, sans rien de long."
    for text in HOSTILE:
        pieces = broken(text)
        assert "".join(pieces) == text
        assert isinstance(pieces, str) or all(len(piece.split()[-1]) <= 30 for piece in pieces if piece.strip())


def test_words_are_those_of_the_pages() -> None:
    """A closed vocabulary says the same in print and on the pages, and no member lacks its words."""
    words = Words("en", ZoneInfo("Europe/Paris"))
    for table in ("receipt", "letter_status", "letter_kind", "sight", "basis", "location_kind", "confidence"):
        for member, pair in TABLES[table].items():
            assert words.term(table, member) == typeset(pair[1], "en")
            assert Words("fr", words.zone).term(table, member) == typeset(pair[0], "fr")
    for kind in ClockKind:
        assert words.term("clock_kind", kind)
    with pytest.raises(UnknownWord):
        words("no_such_word")


def test_french_is_set_as_french() -> None:
    """Narrow no-break spaces before double signs, ordinary ones in guillemets, real apostrophes."""
    assert typeset("L'heure : « vrai » ; n° 5 !", "fr") == "L’heure\u00a0: «\u00a0vrai\u00a0»\u202f; n°\u00a05\u202f!"
    assert typeset("It's so: yes", "en") == "It’s so: yes"


@pytest.mark.parametrize(
    ("proof", "says", "open"),
    [
        (
            Proof(12, 7, samples.BEGAN),
            "event 12 · sealed in seal 7, existed before 23 Nov 2026, 09:00:04 +01:00 (08:00:04 UTC)",
            True,
        ),
        (Proof(12, 7), "event 12 · in seal 7, no time stamp yet", False),
        (Proof(12), "event 12 · not sealed yet", False),
        (Proof(file="letters/01.eml"), "", True),
    ],
)
def test_a_proof_claims_no_more_than_it_has(proof: Proof, says: str, open: bool) -> None:
    """Existed before, in a seal without a stamp, or not sealed yet; never `happened at`."""
    told = Words("en", ZoneInfo("Europe/Paris")).proof(proof)
    assert told["says"].replace("\u00a0", " ") == says
    assert told["open"] is not open


def test_a_naive_time_is_refused_anywhere() -> None:
    """A time without its offset proves nothing."""
    with pytest.raises(NaiveTime):
        samples.short(made_at=datetime(2026, 12, 1))
    with pytest.raises(NaiveTime):
        samples.short(chronology=(replace(samples.short().chronology[0], at=datetime(2026, 12, 1)),))


def test_samples_cover_every_field() -> None:
    """Each section of the long sample has rows, and every text field of some row is filled: nothing is forgotten in print."""
    content: Any = replace(samples.long(), erased=samples.erased().erased, withheld=samples.withheld().withheld)
    for each in fields(content):
        value = getattr(content, each.name)
        if isinstance(value, tuple):
            assert value, each.name
            for one in fields(value[0]) if is_dataclass(value[0]) else ():
                assert any(getattr(row, one.name) not in (None, "", ()) for row in value), f"{each.name}.{one.name}"
