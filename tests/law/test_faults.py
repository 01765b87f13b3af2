"""Every fault of a file of the law is told with file, key and what is allowed; one broken file hides no other."""

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
        ("inhope-iccam.toml", 'starts = "given"\n', "", "clock.0.starts", "missing", "'received'"),
        # times: a value of the law is dated by days
        ("eu-dsa-53.toml", "from = 2024-02-17", "from = 2024-02-17T00:00:00", "status.1.from",
         "a time without a zone", "2026-11-23"),
        ("eu-dsa-53.toml", "from = 2024-02-17", "from = 2024-02-17T00:00:00Z", "status.1.from", "a time",
         "without a time"),
        ("fr-pharos.toml", "[[status]]", "[[status]]\nfrom = 09:00:00", "status.0.from", "a time without a zone", "a day"),
        # words of a vocabulary
        ("fr-pharos.toml", 'filing = "portal"', 'filing = "pigeon"', "filing", "'pigeon'", "'portal'"),
        (TIDA, 'value = "victim"', 'value = "neighbour"', "standing.0.value", "'neighbour'", "'trusted_flagger'"),
        (TIDA, 'on = ["missed"', 'on = ["mist"', "follows.0.on.0", "'mist'", "'ran_out'"),
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
    uk.write_text(whole.replace('ask = "expedited_complaint"', 'opens = ["us-tida"]', 1), encoding="utf-8")
    assert not [one for one in _faults_or_none(folder) if "loop" in one.says]


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
