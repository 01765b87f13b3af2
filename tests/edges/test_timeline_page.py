"""The page and the README of an export: the same words as the PDF, nothing that runs, loads or leads anywhere."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from edges.dossier_content import Language
from edges.dossier_print import printed
from edges.readme_txt import readme_txt
from edges.timeline_page import timeline_html
from tests.edges import dossier_samples as samples
from tests.edges.dossier_samples import HOSTILE, poisoned

LANGUAGES: tuple[Language, ...] = ("fr", "en")
VOID = {"meta", "br", "hr"}
FORBIDDEN_TAGS = {"a", "img", "script", "link", "form", "iframe", "object", "embed", "base", "video", "svg", "input"}


class Tags(HTMLParser):
    """Collects tags, attributes and text, and checks that tags are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag; void ones have no end."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """The tag that ends is the one that was opened last."""
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text.append(data)


def read(html: str) -> Tags:
    """The page, parsed to its end."""
    tags = Tags()
    tags.feed(html)
    tags.close()
    assert tags.open == []
    return tags


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "maker", [samples.short, samples.long, samples.erased, samples.withheld, samples.simulated, samples.empty]
)
def test_a_page_is_whole_and_leads_nowhere(maker: object, language: Language) -> None:
    """Well formed, self-contained, no script, no link, no picture; a policy in the page forbids them as well."""
    html = maker(language)  # type: ignore[operator]
    page = timeline_html(html)
    tags = read(page)
    assert not FORBIDDEN_TAGS & tags.tags
    assert (
        not {name for name in tags.attributes if name.startswith("on")}
        and not {"href", "src", "action", "style"} & tags.attributes
    )
    assert "default-src 'none'" in page and "url(" not in page and "@import" not in page
    assert f'<html lang="{language}">' in page
    assert timeline_html(html) == page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_every_string_that_the_dossier_says(language: Language) -> None:
    """Both are laid out from the same strings: none of them is missing on the page."""
    content = samples.simulated(language)
    text = " ".join(" ".join(read(timeline_html(content)).text).split())
    for section in printed(content)["sections"]:
        assert section["title"] in text
        for row in (one for one in section["rows"] if isinstance(one, dict)):
            for value in (*row.values(), row["proof"]["says"] if row.get("proof") else ""):
                if isinstance(value, str) and value not in ("law", "house", "none"):
                    assert " ".join(value.split()) in text


@pytest.mark.parametrize("bad", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_can_become_html(bad: str) -> None:
    """Every text at once is replaced by a hostile one: the page keeps its tags, and hidden characters are shown."""
    page = timeline_html(poisoned(samples.long("en", 12), bad))
    assert not FORBIDDEN_TAGS & read(page).tags
    assert not {"\u202e", "\u2066", "\u200b", "\x00", "\ud800"} & set(page)
    page.encode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readme_tells_how_to_check_and_what_may_be_claimed(language: Language) -> None:
    """Commands to type, what the profile withholds, existed before and never happened at; 78 columns."""
    text = readme_txt(samples.withheld(language))
    assert "python -m pip install cryptography rfc3161-client\n" in text
    assert (
        "python verify.py FICHIER.zip --trust CERTIFICATS.pem"
        if language == "fr"
        else "python verify.py FILE.zip --trust CERTIFICATES.pem"
    ) in text
    assert ("AVANT l’heure du jeton" if language == "fr" else "BEFORE the token’s time") in " ".join(text.split())
    for one in samples.withheld(language).profile_withholds:
        assert one.split()[0] in text
    assert max(map(len, text.splitlines())) <= 78
    assert text.endswith("\n") and "\n\n\n" not in text
    assert "withholds nothing" in readme_txt(samples.short("en", profile_withholds=()))
    assert "withholds nothing" not in readme_txt(replace(samples.withheld("en"), profile_withholds=()))
    assert "withholds nothing" not in timeline_html(replace(samples.withheld("en"), profile_withholds=()))
    assert "SIMULATION" in readme_txt(samples.simulated(language)) and "SIMULATION" not in text


@pytest.mark.parametrize("bad", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_can_forge_the_readme(bad: str) -> None:
    """A hostile text stays on its line: it makes no heading and no command of its own."""
    text = readme_txt(poisoned(samples.withheld("en"), bad))
    assert text.count("python verify.py") == 1
    assert "\nline two" not in text and "\x07" not in text
    text.encode()
