"""`sansdelai law route`: who would be told what first, who never, and by which article; nothing leaves."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from cli.law_route import as_document
from law.decide import route
from law.doubts import weak_law
from law.library import load
from law.supposed import Supposition, suppose
from law.supposed_answer import Answer, answer
from law.vocabulary import Depicted, PartyKind, RegimeStatus
from web.told.words import Voice

PROJECT = Path(__file__).resolve().parents[2]
LIBRARY = load()
NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
EVERYTHING = [
    Supposition(category, shown, country, kind, mandate=yes, flagger=yes, not_small=yes, wish=wish, returns=returns)
    for category, shown, country, kind, (yes, wish, returns) in product(
        LIBRARY.categories, Depicted, ("FR", "DE", "US", None),
        (PartyKind.ONLINE_PLATFORM, PartyKind.HOSTING_PROVIDER, PartyKind.CDN, PartyKind.SITE_OPERATOR),
        ((False, None, 0), (True, "removal", 0), (True, "removal", 2), (False, "nothing", 0)),
    )
]  # fmt: skip


def asked(
    category: str, shown: Depicted, country: str | None, kind: PartyKind, *, hold: bool = False, **more: Any
) -> Answer:
    """The answer at the tests' moment."""
    return answer(Supposition(category, shown, country, kind, **more), LIBRARY, NOW, hold=hold)


def told(found: Answer) -> list[tuple[str, PartyKind]]:
    """Regime and kind of addressee of each step."""
    return [(one.regime.id, one.kind) for one in found.order]


def sansdelai(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    command = [sys.executable, "-c", "import cli; cli.main()", "law", "route", *words]
    return subprocess.run(
        command, cwd=PROJECT, env=os.environ | {"COLUMNS": "80"}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def options(category: str, age: str, country: str, kind: str) -> tuple[str, ...]:
    """The four options that are always needed."""
    return ("--category", category, "--age", age, "--hosted-in", country, "--addressee-kind", kind)


CSAM_ABROAD = options("csam", "minor", "NL", "online_platform")


def test_it_is_the_function_that_the_flows_use() -> None:
    """For every supposition the order, who is never told and what is asked are those of `law.decide.route`."""
    for what in EVERYTHING:
        supposed = suppose(what, LIBRARY, NOW)
        flows, found = route(supposed.report, supposed.organisation, LIBRARY, NOW), answer(what, LIBRARY, NOW)
        assert [one.step for one in found.order] == list(flows.steps)
        assert set(found.never) == flows.never
        assert [one.cause for one in found.asks if one.cause != "complaint"] == [one.cause for one in flows.asks]


def test_every_statement_has_its_article_and_nobody_is_told_who_must_not_be() -> None:
    """Each step, prohibition and question carries a citation; site operator, registrant and uploader are on no route."""
    never = {PartyKind.SITE_OPERATOR, PartyKind.REGISTRANT, PartyKind.UPLOADER}
    for what in EVERYTHING:
        found = answer(what, LIBRARY, NOW)
        assert set(found.never) == never
        assert not never & {one.kind for one in found.order}
        document = as_document(found, Voice("en", LIBRARY))
        for part in ("order", "never", "asks"):
            assert all(one["citation"]["reference"] and one["why"] for one in document[part])
        assert found.order or found.asks, what  # somebody is told, or a person is asked: never nothing


def test_every_doubt_about_a_regime_that_is_used_is_a_warning() -> None:
    """Not in force, unknown, or law that nobody read in its own words: named, for each regime of the route."""
    for what in EVERYTHING:
        found = answer(what, LIBRARY, NOW)
        warned = {(one.regime, str(one.what)) for one in found.warnings}
        for one in found.order:
            weak = bool(weak_law(one.regime, NOW.date()))
            assert weak == ((one.regime.id, "weak_law") in warned)
            assert (one.regime.status_on(NOW.date()) is RegimeStatus.IN_FORCE) or one.regime.id in {
                w for w, _ in warned
            }


def test_child_abuse_material_abroad() -> None:
    """Practice 1.1 and 1.2: police and network first; the host only after the police had no objection."""
    found = asked("csam", Depicted.MINOR, "NL", PartyKind.ONLINE_PLATFORM, flagger=True, not_small=True)
    assert told(found) == [
        ("fr-pharos", PartyKind.POLICE), ("inhope-iccam", PartyKind.HOTLINE_NETWORK),
        ("eu-dsa-22", PartyKind.ONLINE_PLATFORM),
    ]  # fmt: skip
    assert [one.step.after for one in found.order] == [None, None, "police_no_objection_or_agreed_delay"]
    assert [item.id for item in found.order[2].missing] == ["police_first"]


def test_under_a_hold_nothing_leaves_but_information_to_the_police() -> None:
    """Practice 1.4: network and host are held, the police are not; at its end a person decides."""
    found = asked("csam", Depicted.MINOR, "NL", PartyKind.ONLINE_PLATFORM, hold=True)
    assert [(one.kind, one.held) for one in found.order] == [
        (PartyKind.POLICE, False), (PartyKind.HOTLINE_NETWORK, True), (PartyKind.ONLINE_PLATFORM, True),
    ]  # fmt: skip
    assert "hold" in [one.cause for one in found.asks]
    assert not any(one.held for one in asked("csam", Depicted.MINOR, "NL", PartyKind.ONLINE_PLATFORM).order)


@pytest.mark.parametrize(("wish", "cause"), [(None, "wish_unknown"), ("nothing", "wish_nothing")])
def test_what_the_person_concerned_wants_decides(wish: str | None, cause: str) -> None:
    """Without that person's wish nothing leaves and somebody is asked."""
    found = asked("ncii_adult", Depicted.ADULT, "FR", PartyKind.ONLINE_PLATFORM, wish=wish)
    assert (told(found), found.asks[0].cause) == ([], cause)


def test_a_mandate_opens_the_48_hour_laws_and_a_missing_complaint_is_asked_for() -> None:
    """With a mandate both laws stand beside the notice; the complaint informs and stops nothing."""
    with_it = asked("ncii_adult", Depicted.ADULT, "US", PartyKind.ONLINE_PLATFORM, wish="removal", mandate=True)
    without = asked("ncii_adult", Depicted.ADULT, "US", PartyKind.ONLINE_PLATFORM, wish="removal", complaint=True)
    assert {"us-tida", "uk-osa-10-3a"} <= {regime for regime, _ in told(with_it)}
    assert not {"us-tida", "uk-osa-10-3a"} & {regime for regime, _ in told(without)}
    assert [one.cause for one in with_it.asks] == ["complaint"]
    assert without.asks == ()


@pytest.mark.parametrize(
    ("flagger", "not_small", "regime"),
    [(True, True, "eu-dsa-22"), (False, True, "eu-dsa-16"), (True, False, "eu-dsa-16")],
)
def test_article_22_is_claimed_only_where_all_of_it_is_supposed(flagger: bool, not_small: bool, regime: str) -> None:
    """An unknown size stays unknown."""
    found = asked("hate", Depicted.NOBODY, "FR", PartyKind.ONLINE_PLATFORM, flagger=flagger, not_small=not_small)
    assert told(found)[0][0] == regime


def test_what_nobody_signed_is_put_to_the_lawyer() -> None:
    """Without any signed regime nothing is sent; the assumption names what is not signed."""
    unsigned = frozenset({"eu-dsa-16", "eu-dsa-22"})
    found = asked("hate", Depicted.NOBODY, "FR", PartyKind.HOSTING_PROVIDER, unsigned=unsigned)
    assert (told(found), [one.cause for one in found.asks]) == ([], ["unsigned"])
    assert any("eu-dsa-16, eu-dsa-22" in text.en for text in found.assumed)


def test_json_is_stable_and_only_its_sentences_change_with_the_language() -> None:
    """The keys that programs rely on; French differs in `why` alone."""
    english = json.loads(sansdelai(*CSAM_ABROAD, "--on", "2026-11-23", "--hold", "--json").stdout)
    french = json.loads(sansdelai(*CSAM_ABROAD, "--on", "2026-11-23", "--hold", "--json", "--lang", "fr").stdout)
    assert list(english) == ["order", "never", "asks", "assumed", "warnings"]
    assert list(english["order"][0]) == [
        "regime", "addressee_kind", "party", "sends", "filing", "after", "not_before", "held", "why", "citation",
        "basis", "missing",
    ]  # fmt: skip
    citation = english["order"][0]["citation"]
    assert list(citation) == ["reference", "quote", "url", "kind", "confidence", "last_checked"]
    assert [one["regime"] for one in english["order"]] == [one["regime"] for one in french["order"]]
    assert english["order"][0]["why"] != french["order"][0]["why"]


def test_the_day_decides() -> None:
    """Before its first day a regime is told to be missing and is warned of."""
    words = (*options("hate", "nobody", "FR", "hosting_provider"), "--json", "--on")
    before = json.loads(sansdelai(*words, "2024-02-16").stdout)
    after = json.loads(sansdelai(*words, "2024-02-17").stdout)
    assert "in_force" in [one["id"] for one in before["order"][0]["missing"]]
    assert ("eu-dsa-16", "not_in_force") in [(one["regime"], one["what"]) for one in before["warnings"]]
    assert after["order"][0]["missing"] == []


@pytest.mark.parametrize(
    ("language", "says"), [("en", "Nothing leaves before this:"), ("fr", "Rien ne part avant ceci")]
)
def test_on_a_narrow_screen(language: str, says: str) -> None:
    """Readable on 80 columns, in both languages."""
    done = sansdelai(*CSAM_ABROAD, "--lang", language)
    assert done.returncode == 0
    assert says in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_every_wrong_option_is_told_at_once_with_what_is_allowed() -> None:
    """One message for all of them, exit code 1."""
    wrong = sansdelai(*options("spam", "old", "UK", "neighbour"), "--wish", "x", "--unsigned", "eu-dsa-1600")
    assert wrong.returncode == 1
    for option, allowed in (
        ("--category", "csam"), ("--age", "minor"), ("--hosted-in", "GB"), ("--addressee-kind", "online_platform"),
        ("--wish", "removal"), ("--unsigned", "eu-dsa-16"),
    ):  # fmt: skip
        line = next(line for line in wrong.stderr.splitlines() if line.startswith(option))
        assert allowed in line
    for words in (("--on", "today"), ("--lang", "de")):
        again = sansdelai(*CSAM_ABROAD, *words)
        assert again.returncode == 1
        assert "Traceback" not in again.stderr


def test_no_command_that_reads_the_law_imports_the_store_or_prefect() -> None:
    """Decision 13: neither Prefect nor SQLModel, so that the answer is there at once."""
    program = (
        "import sys\n"
        "from contextlib import suppress\n"
        "import cli, cli.docs, cli.law_route\n"
        f"for words in (['law', 'route', *{list(CSAM_ABROAD)!r}], ['law', 'show', 'eu-dsa-16'], ['law', 'check']):\n"
        "    sys.argv = ['sansdelai', *words]\n"
        "    with suppress(SystemExit): cli.main()\n"
        "sys.stderr.write(' '.join(m for m in ('prefect', 'sqlmodel', 'fastapi', 'jinja2') if m in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stderr == ""


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1899-12-31", "2201-01-01"])
def test_a_day_that_no_law_of_ours_reaches_is_refused(day: str) -> None:
    """One message with the days that are allowed, no traceback."""
    words = ("--category", "hate", "--age", "nobody", "--hosted-in", "FR", "--addressee-kind", "online_platform")
    done = sansdelai(*words, "--on", day)
    assert (done.returncode, done.stdout) == (1, "")
    assert "from 1900-01-01 to 2200-12-31" in done.stderr and "Traceback" not in done.stderr
