"""Every fault of a file of the law is told with file, key and what is allowed; one broken file hides no other."""

import re
import shutil
import tomllib
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from law.errors import Fault, LawFault
from law.library import HOME, load
from law.reading import build, read_table
from law.regime import Regime

TIDA = "us-tida.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files that a test may break."""
    for file in HOME.glob("*.toml"):
        shutil.copy(file, tmp_path)
    shutil.copytree(HOME / "regimes", tmp_path / "regimes")
    return tmp_path


def change(file: Path, old: str, new: str) -> None:
    """Break one place of one file."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults(folder: Path) -> tuple[Fault, ...]:
    """Every fault of the folder."""
    with pytest.raises(LawFault) as caught:
        load(folder)
    return caught.value.faults


def fault(folder: Path, file: str, key: str) -> Fault:
    """The one fault of that place; it is told once."""
    found = [one for one in faults(folder) if (one.file, one.key) == (file, key)]
    assert len(found) == 1, [str(one) for one in faults(folder)]
    return found[0]


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "says", "allowed"),
    [
        # an unknown key, at the top, in a value and in a citation
        (TIDA, 'letter = "notice"', 'letter = "notice"\nurgent = true', "urgent", "unknown key", "jurisdiction"),
        (TIDA, 'standing]]\n', 'standing]]\nwhom = "me"\n', "standing.0.whom", "unknown key", "cite, from"),
        (TIDA, "[citations.text]", "[citations.text]\nsure = true", "citations.text.sure", "unknown key", "confidence"),
        (TIDA, 'id = "us-tida"', 'id = "us-tida"\ndigest = "x"', "digest", "unknown key", "no digest"),
        # a missing citation, and one that nobody wrote
        (TIDA, 'value = "victim"\ncite = "text"', 'value = "victim"', "standing.0.cite", "missing", "citations.text"),
        (TIDA, 'value = "victim"\ncite = "text"', 'value = "victim"\ncite = "x"', "standing.0.cite", "'x'", "mapping"),
        (TIDA, 'value = "victim"\ncite = "text"', 'value = "victim"\ncite = []', "standing.0.cite", "[]", "mapping"),
        # windows
        ("eu-dsa-53.toml", "until = 2024-02-17", "until = 2024-02-18", "status", "2024-02-18", "oldest first"),
        ("eu-dsa-53.toml", "from = 2024-02-17", "from = 2024-02-17\nuntil = 2024-02-17", "status.1", "does not fit",
         "ends before it begins"),
        # names that stand nowhere
        ("eu-dsa-16.toml", 'opens = ["eu-dsa-53"]', 'opens = ["eu-dsa-35"]', "follows.0.opens", "'eu-dsa-35'",
         "eu-dsa-53"),
        (TIDA, 'zone = "America/New_York"', 'zone = "America/Old_York"', "clock.0.zone", "no zone", "Europe/Paris"),
        (TIDA, 'rule = "US-TIDA-48h"', 'rule = "US-TIDA-49h"', "clock.0.rule", "'US-TIDA-49h'", "US-TIDA-48h"),
        # clocks
        (TIDA, "amount = 48", "amount = 0", "clock.0.amount", "it says 0", "greater than 0"),
        (TIDA, "amount = 48", "amount = -48", "clock.0.amount", "it says -48", "greater than 0"),
        (TIDA, "amount = 48", "amount = true", "clock.0.amount", "it says true", "a valid integer"),
        (TIDA, "amount = 48", 'amount = "48"', "clock.0.amount", 'it says "48"', "a valid integer"),
        (TIDA, "amount = 48", "amount = 48.0", "clock.0.amount", "it says 48.0", "a valid integer"),
        (TIDA, "amount = 48", "amount = 100001", "clock.0.amount", "it says 100001", "less than or equal to 100000"),
        ("inhope-iccam.toml", 'starts = "given"\n', "", "clock.0.starts", "missing", "'received'"),
        # times: a value of the law is dated by days
        ("eu-dsa-53.toml", "from = 2024-02-17", "from = 2024-02-17T00:00:00", "status.1.from",
         "a time without a zone", "2026-11-23"),
        ("eu-dsa-53.toml", "from = 2024-02-17", "from = 2024-02-17T00:00:00Z", "status.1.from", "a time",
         "without a time"),
        ("fr-pharos.toml", "[[status]]", "[[status]]\nfrom = 09:00:00", "status.0.from", "a time without a zone", "a day"),
        # values are shown, and lists and tables are asked for, as TOML writes them
        ("eu-dsa-16.toml", 'opens = ["eu-dsa-53"]', 'opens = "x"', "follows.0.opens", 'it says "x"', 'a list, as ["x"]'),
        (TIDA, 'value = "victim"', "value = 2026-01-31", "standing.0.value", "word 2026-01-31", "'victim'"),
        (TIDA, 'value = "victim"', "value = [2026-01-31, true]", "standing.0.value", "[2026-01-31, true]", "'victim'"),
        (TIDA, 'jurisdiction = "US"', "jurisdiction = {day = 2026-01-31}", "jurisdiction", "{day = 2026-01-31}",
         "a valid string"),
        (TIDA, "[[standing]]", '[[standing]]\nnote = "x"', "standing.0.note", 'it says "x"', "a table"),
        # an address that no browser opens
        ("eu-dsa-16.toml", 'url = "https://eur-lex', 'url = "javascript://eur-lex', "citations.applies.url",
         "javascript:", "http:// or https://"),
        # words of a vocabulary
        ("fr-pharos.toml", 'filing = "portal"', 'filing = "pigeon"', "filing", '"pigeon"', "'portal'"),
        (TIDA, 'value = "victim"', 'value = "neighbour"', "standing.0.value", '"neighbour"', "'trusted_flagger'"),
        (TIDA, 'on = ["missed"', 'on = ["mist"', "follows.0.on.0", '"mist"', "'ran_out'"),
        # no TOML at all
        ("fr-lcen-6-4.toml", "[[status]]", "[[status]", "(file)", "line", "readable TOML"),
        ("fr-lcen-6-4.toml", 'id = "fr-lcen-6-4"', 'id = "fr-lcen-4-6"', "id", "fr-lcen-4-6", "name of the file"),
    ],
)  # fmt: skip
def test_one_fault_is_told_with_its_place_and_what_is_allowed(
    folder: Path, file: str, old: str, new: str, key: str, says: str, allowed: str
) -> None:
    """File, key, what is wrong, and what may stand there instead; told once."""
    change(folder / "regimes" / file, old, new)
    found = fault(folder, file, key)
    assert says in found.says
    assert allowed in found.allowed


@pytest.mark.parametrize(
    ("old", "new", "key", "says", "allowed"),
    [
        # every category, wherever the host is, has an open rule
        ('hosted = ["unknown"]', 'hosted = ["FR"]', "rules", "no open rule for 'csam' hosted in unknown", "abroad"),
        ('["hate", "harassment"]', '["hate"]', "rules", "'harassment' hosted in FR, EU, abroad, unknown", "each category"),
        ('id = "speech"', 'id = "speech"\nuntil = 2030-01-01', "rules", "no open rule for 'hate'", "without 'until'"),
        # the police before any host, and no host without their word
        ('regime = "fr-pharos"\nto = "police"', 'regime = "inhope-iccam"\nto = "hotline_network"',
         "rules.csam-france.steps", "before the police", 'to = "police"'),
        ('to = "police"', 'to = "police"\noptional = true', "rules.csam-france.steps", "before the police", "optional"),
        ('after = "police_no_objection_or_agreed_delay"', "", "rules.csam-france.steps", "does not wait", "police_no_obj"),
        ('after = "police_no_objection_or_agreed_delay"', 'after = "judgment_stands"', "rules.csam-france.steps",
         "does not wait", "police_no_objection_or_agreed_delay"),
        ('["hate", "harassment"]', '["hate", "harassment", "csam"]', "rules.speech.steps", "before the police", "police"),
        # a minor's image
        ('treat_as = "csam"', 'treat_as = "ncii_adult"', "fallbacks.minor_is_csam.treat_as", "no police_first", "csam"),
        ('treat_as = "csam"', 'treat_as = "csem"', "fallbacks.minor_is_csam.treat_as", "'csem' does not exist", "csam"),
        ('treat_as = "csam"\n', "", "fallbacks.minor_is_csam.treat_as", "missing", "csam"),
        ('instead = "fr-pharos"', 'instead = "fr-faros"', "fallbacks.no_host.instead", "'fr-faros'", "fr-pharos"),
        # whom a letter would warn
        ('["site_operator", "registrant", "uploader"]', '["site_operator", "registrant"]', "never.parties",
         "'uploader' is missing", "site_operator, registrant, uploader"),
        ('to = "regulator"', 'to = "registrant"', "rules.minors-exposed.steps", "'registrant' is never told", "a party"),
        ('to = "police"\ncite = "hostless"', 'to = "uploader"\ncite = "hostless"', "fallbacks.no_host.to",
         "'uploader' is never told", "a party"),
    ],
)  # fmt: skip
def test_an_order_that_breaks_who_is_told_first(
    folder: Path, old: str, new: str, key: str, says: str, allowed: str
) -> None:
    """Nobody is left without an order, child abuse material goes to the police first, nobody concerned is warned."""
    change(folder / "order.toml", old, new)
    found = [one for one in faults(folder) if (one.file, one.key) == ("order.toml", key)]
    assert any(says in one.says and allowed in one.allowed for one in found), [str(one) for one in faults(folder)]


def test_the_first_step_of_a_police_first_category_may_not_be_its_host(folder: Path) -> None:
    """The same steps in the other order: the police are told, but after the host."""
    path = folder / "order.toml"
    text = path.read_text(encoding="utf-8")
    police = '[[rules.steps]]\nregime = "fr-pharos"\nto = "police"\n'
    host = '[[rules.steps]]\nfirst_of = ["eu-dsa-22", "eu-dsa-16"]\nto = "host"\n'
    host += 'after = "police_no_objection_or_agreed_delay"\n'
    assert police + host in text
    path.write_text(text.replace(police + host, host + police, 1), encoding="utf-8")
    assert "before the police" in fault(folder, "order.toml", "rules.csam-france.steps").says


@pytest.mark.parametrize("starts", ["received", "valid_request"])
@pytest.mark.parametrize("level", ["none", "relay"])
def test_a_legal_clock_from_receipt_needs_a_proof_of_receipt(folder: Path, starts: str, level: str) -> None:
    """Given to our own relay is no receipt: nobody is accused of missing a time that may never have begun."""
    path = folder / "regimes" / TIDA
    text = re.sub(r'starts = "\w+"', f'starts = "{starts}"', path.read_text(encoding="utf-8"), count=1)
    text, count = re.subn(r'minimum_receipt = "\w+"', f'minimum_receipt = "{level}"', text, count=1)
    assert count == 1
    path.write_text(text, encoding="utf-8")
    found = fault(folder, TIDA, "clock.0")
    assert "'minimum_receipt'" in found.allowed and "'server'" in found.allowed and "'relay'" not in found.allowed
    path.write_text(text.replace(f'minimum_receipt = "{level}"', 'minimum_receipt = "server"'), encoding="utf-8")
    assert not _faults_or_none(folder)


def test_two_files_with_one_name(folder: Path) -> None:
    """An id or alias that two regimes have is a fault of both; the shipped order would hide one of them."""
    shutil.copy(folder / "regimes" / TIDA, folder / "regimes" / "us-tida-2.toml")
    change(folder / "regimes" / "eu-dsa-53.toml", 'jurisdiction = "EU"', 'jurisdiction = "EU"\naliases = ["fr-pharos"]')
    told = [str(one) for one in faults(folder)]
    assert any("us-tida-2.toml: id: the id is 'us-tida'" in one for one in told)
    assert any("us-tida.toml: id: 'us-tida' is a name of" in one for one in told)
    assert any("eu-dsa-53.toml: aliases: 'fr-pharos' is a name of fr-pharos as well" in one for one in told)
    assert any("fr-pharos.toml: id: 'fr-pharos' is a name of eu-dsa-53 as well" in one for one in told)


def test_two_categories_with_one_id(folder: Path) -> None:
    """The second would silently take the place of the first."""
    change(folder / "categories.toml", 'id = "hate"', 'id = "csam"')
    assert fault(folder, "categories.toml", "categories").allowed == "each id once"


def test_a_broken_file_hides_no_other_and_is_not_said_to_be_missing(folder: Path) -> None:
    """What other files open is there, only broken: each file's own fault is told and nothing else."""
    change(folder / "regimes" / "eu-dsa-53.toml", "[[status]]", "[[status]")
    change(folder / "regimes" / TIDA, "amount = 48", "amount = 0")
    (folder / "regimes" / "fr-pharos.toml").write_bytes(b"\xff\xfe")
    told = {(one.file, one.key) for one in faults(folder)}
    assert told == {("eu-dsa-53.toml", "(file)"), (TIDA, "clock.0.amount"), ("fr-pharos.toml", "(file)")}


def test_a_faulty_citation_is_told_once_and_not_by_each_value(folder: Path) -> None:
    """A citation without its reference, cited many times, is one fault."""
    change(folder / "regimes" / TIDA, "[citations.text]\nreference", "[citations.text]\nreverence")
    told = sorted(one.key for one in faults(folder) if one.file == TIDA)
    assert told == ["citations.text.reference", "citations.text.reverence"]


def without_clocks(path: Path, opened: str) -> None:
    """The same regime without its clocks, opening another on a refusal."""
    text = path.read_text(encoding="utf-8")
    head, tail = text.split("[[clock]]", 1)[0], text[text.index("[citations.") :]
    name = tail.split("]", 1)[0].removeprefix("[citations.")
    follow = f'[[follows]]\non = ["refused"]\nopens = ["{opened}"]\nwhy.fr = "x"\nwhy.en = "x"\ncite = "{name}"\n'
    path.write_text(f"{head}{follow}{tail}", encoding="utf-8")


def test_a_loop_of_escalations_without_a_wait(folder: Path) -> None:
    """Two regimes without a clock of ours that open each other never stop; a clock on one of them is enough."""
    us, uk = folder / "regimes" / TIDA, folder / "regimes" / "uk-osa-10-3a.toml"
    whole = uk.read_text(encoding="utf-8")
    without_clocks(us, "uk-osa-10-3a")
    without_clocks(uk, "us-tida")
    for file in (TIDA, "uk-osa-10-3a.toml"):
        found = next(one for one in faults(folder) if (one.file, one.key) == (file, "follows"))
        assert "a loop of escalations without a wait (uk-osa-10-3a, us-tida)" in found.says
        assert "a clock" in found.allowed
    # UK again with its clock: a loop while it opens on a refusal too, or at once on return; none when it waits
    asked, waits = 'ask = "expedited_complaint"', 'opens = ["us-tida"]'
    assert 'on = ["missed", "refused"]' in whole
    for on, then, loops in (
        ('["missed", "refused"]', waits, 2),
        ('["missed", "unanswered"]', f"{waits}\nat_once_on_return = true", 2),
        ('["missed", "unanswered"]', waits, 0),
    ):
        changed = whole.replace('on = ["missed", "refused"]', f"on = {on}", 1).replace(asked, then, 1)
        uk.write_text(changed, encoding="utf-8")
        assert len([one for one in _faults_or_none(folder) if "loop" in one.says]) == loops, (on, then)


def opening(path: Path, opened: str, window: str = "") -> None:
    """The same regime, and on a refusal it opens another."""
    text = path.read_text(encoding="utf-8")
    cite = re.findall(r'cite = "(\w+)"', text)[0]
    follow = (
        f'[[follows]]\n{window}\non = ["refused"]\nopens = ["{opened}"]\nwhy.fr = "x"\nwhy.en = "x"\ncite = "{cite}"\n'
    )
    place = text.index("[citations.")
    path.write_text(f"{text[:place]}{follow}{text[place:]}", encoding="utf-8")


def test_a_regime_that_opens_itself_on_a_refusal(folder: Path) -> None:
    """A refusal does not wait for the clock: the procedure would open itself again and again."""
    opening(folder / "regimes" / TIDA, "us-tida")
    assert "(us-tida)" in fault(folder, TIDA, "follows").says


def test_what_ended_closes_no_circle(folder: Path) -> None:
    """Two escalations that never hold on the same day are no loop; on one common day they are."""
    uk = folder / "regimes" / "uk-osa-10-3a.toml"
    opening(folder / "regimes" / TIDA, "uk-osa-10-3a", "until = 2026-07-01")
    opening(uk, "us-tida", "from = 2026-07-01")
    assert not _faults_or_none(folder)
    change(uk, "[[follows]]\nfrom = 2026-07-01", "[[follows]]\nfrom = 2026-06-30")
    assert "(uk-osa-10-3a, us-tida)" in fault(folder, TIDA, "follows").says


def _faults_or_none(folder: Path) -> tuple[Fault, ...]:
    try:
        load(folder)
    except LawFault as error:
        return error.faults
    return ()


GARBAGE: tuple[Any, ...] = (0, -1, "", "x", True, [], [1], {}, {"x": 1}, date(2026, 1, 1), [[{}]])


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every table or list of a table with each of its keys."""
    for key in list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield node, key
        yield from places(node[key])


@pytest.mark.parametrize("garbage", GARBAGE, ids=repr)
def test_no_garbage_breaks_the_reader(garbage: Any, tmp_path: Path) -> None:
    """Whatever stands in any place of a file, the answer is a regime or faults with file and key, never a crash."""
    text = (HOME / "regimes" / "eu-dsa-22.toml").read_text(encoding="utf-8")
    count = sum(1 for _ in places(tomllib.loads(text)))
    file = tmp_path / "eu-dsa-22.toml"
    for index in range(0, count, 3):
        table = tomllib.loads(text)
        node, key = next(islice(places(table), index, None))
        node[key] = garbage
        file.write_text(as_toml(table), encoding="utf-8")
        found: list[Fault] = []
        read = read_table(file, found)
        assert read is not None
        built = build(Regime, read | {"digest": "x"}, file.name, found)
        assert built is not None or found
        assert all(one.file == file.name and one.key and one.allowed for one in found)


def as_toml(table: dict[str, Any]) -> str:
    """The same table as TOML, every value inline."""
    return "\n".join(f"{key} = {_inline(value)}" for key, value in table.items())


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value.isoformat() if isinstance(value, date) else str(value)
