"""The signs stand as data with examples of both kinds; the page is read as its author's browser would."""

from __future__ import annotations

import tomllib

import pytest
from pydantic import ValidationError

from edges.probe_page import fold, read_page, text_of
from edges.probe_reading import SIGNS_FILE, Example, Sign, Signs, load_signs
from edges.probe_rules import of_status, registrable
from law.vocabulary import Sight

EXAMPLES = [(sign, example) for sign in load_signs().sign for example in sign.example]


@pytest.mark.parametrize(("sign", "example"), EXAMPLES, ids=[f"{sign.name}: {one.why}" for sign, one in EXAMPLES])
def test_example(sign: Sign, example: Example) -> None:
    """Every example of the file holds; where a sign must not be found, no other is found either."""
    found = load_signs().found_on(read_page(example.page))
    assert (sign.name if example.found else None) == (found.name if found else None)


@pytest.mark.parametrize("sign", load_signs().sign, ids=lambda sign: sign.name)
def test_examples_of_both_kinds(sign: Sign) -> None:
    """Each sign shows at least one page with it and one without, and never claims a removal or that all is well."""
    assert {True, False} == {example.found for example in sign.example}
    assert sign.sight not in (Sight.REMOVED, Sight.ALIVE, Sight.MOVED)


@pytest.mark.parametrize("sign", load_signs().sign, ids=lambda sign: sign.name)
def test_phrases_are_folded(sign: Sign) -> None:
    """A phrase with an accent or a capital could never be found; and every clue asks for something."""
    for clue in sign.clue:
        phrases = (*clue.title, *clue.title_starts, *clue.heading, *clue.heading_starts, *clue.text)
        assert phrases
        assert [phrase for phrase in phrases if fold(phrase) != phrase.strip()] == []


@pytest.mark.parametrize("sign", load_signs().sign, ids=lambda sign: sign.name)
def test_a_long_page_is_never_taken_for_a_sign(sign: Sign) -> None:
    """A living page that quotes a phrase in a long text keeps its life."""
    for clue in sign.clue:
        for phrase in (*clue.title, *clue.heading, *clue.text):
            page = f"<title>{phrase}</title><h1>{phrase}</h1><p>{phrase} {'words ' * 500}<input type=password>"
            assert load_signs().found_on(read_page(page)) is None


def test_unknown_key_is_a_fault() -> None:
    """The file is data: a misspelt condition is refused, not ignored."""
    data = tomllib.loads(SIGNS_FILE.read_text(encoding="utf-8"))
    data["sign"][0]["clue"][0]["max_word"] = 3
    data["sign"][1]["sight"] = "asleep"
    with pytest.raises(ValidationError) as refused:
        Signs.model_validate(data)
    places = {error["loc"][:4] for error in refused.value.errors()}
    assert {("sign", 0, "clue", 0), ("sign", 1, "sight")} <= places


def test_hidden_text_is_not_read() -> None:
    """Scripts, styles, comments and templates are no words on the page."""
    page = read_page(
        "<title>A &ndash; B</title><!-- 404 > not found --><script>if (a < b) '404'</script><STYLE>x{}</STYLE>"
        "<noscript>404 not found</noscript><p>é&eacute;&#233;<b>t</b>é</p><p>l&rsquo;œuf"
    )
    assert page.title[1:] == ("a", "b")
    assert page.text == "eeete l'oeuf"


@pytest.mark.parametrize("body", ["été".encode(), "été".encode("cp1252"), "été ".encode()[:-1] + b"\xc3"])
def test_bytes_become_text(body: bytes) -> None:
    """UTF-8, the old Western code and a letter that was cut off: all are read."""
    assert text_of(body).startswith("été")


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("www.site.example", "site.example"),
        ("site.example", "site.example"),
        ("a.b.site.co.uk", "site.co.uk"),
        ("one.blogspot.com", "one.blogspot.com"),
        ("x.one.blogspot.com", "one.blogspot.com"),
        ("co.uk", "co.uk"),
        ("127.0.0.1", "127.0.0.1"),
        ("2606:4700::1", "2606:4700::1"),
    ],
)
def test_registrable_name(host: str, name: str) -> None:
    """Customers of one platform are different sites; names below one registration are the same site."""
    assert name == registrable(host, load_signs().hosts.suffixes)


def test_only_two_statuses_remove() -> None:
    """Of all statuses only 404 and 410 say removed, and no detail is empty."""
    assert [status for status in range(100, 1000) if of_status(status).sight is Sight.REMOVED] == [404, 410]
    assert all(of_status(status).detail for status in range(100, 1000))
