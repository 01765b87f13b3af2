"""What the verifier says about an export that nobody touched."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models import chain
from proof.verify import BROKEN, UNREADABLE, WHOLE, main, verify
from tests.proof.authority import Authority
from tests.proof.bundle import ADDRESS, REPORT, WHY, Bundle, make


def said(path: Path, key: str, **options: str) -> str:
    """The one sentence that holds a word."""
    found = [sentence for sentence in verify(path, **options).sentences if key in sentence]
    assert len(found) == 1, found
    return found[0]


def test_an_untouched_export_is_whole(tmp_path: Path) -> None:
    """Exit code 0, and no fault."""
    outcome = verify(make().zip(tmp_path / "x.zip"))
    assert (outcome.code, outcome.fault) == (WHOLE, None)


def test_what_is_not_sealed_is_said(tmp_path: Path) -> None:
    """The unsealed hour is the limit of every claim."""
    assert "Events 6 are not sealed yet" in said(make().zip(tmp_path / "x.zip"), "not sealed")


def test_a_seal_without_a_token_claims_no_time(tmp_path: Path) -> None:
    """Without tokens nothing is said to have existed before anything, and the whole is not called proven."""
    outcome = verify(make().zip(tmp_path / "x.zip"))
    assert not any("existed before" in sentence for sentence in outcome.sentences)
    assert outcome.sentences[0].startswith("WHOLE, AUTHORITY UNPROVEN")


def test_nothing_is_said_to_have_happened_at_a_time(authority: Authority, tmp_path: Path) -> None:
    """A token shows that something existed before, never that it happened at."""
    path = make(authority.stamp).zip(tmp_path / "x.zip")
    assert "happened at" not in " ".join(verify(path, authority.root).sentences)
    assert sum("existed before" in sentence for sentence in verify(path, authority.root).sentences) == 2


def test_simulated_is_said_first(tmp_path: Path) -> None:
    """Before the verdict, also when the verdict is bad."""
    bundle = make(simulated=True)
    assert verify(bundle.zip(tmp_path / "x.zip")).sentences[0].startswith("SIMULATED")
    bundle.files["README.txt"] += b"!"
    outcome = verify(bundle.zip(tmp_path / "y.zip"))
    assert outcome.sentences[0].startswith("SIMULATED")
    assert outcome.sentences[1].startswith("BROKEN: README.txt")


def test_the_fingerprint_is_that_of_the_manifest(tmp_path: Path) -> None:
    """So it can be compared with the one on record."""
    bundle = make()
    outcome = verify(bundle.zip(tmp_path / "x.zip"))
    assert chain.sha256(bundle.files["manifest.json"]) == outcome.fingerprint
    assert outcome.sentences[-1].endswith(str(outcome.fingerprint))


def test_what_is_withheld_is_said(tmp_path: Path) -> None:
    """Bodies by their numbers; texts, rows and letters by how many."""
    bundle = make()
    assert "events 5; 0 private texts; 0 rows; 0 letters" in said(bundle.zip(tmp_path / "x.zip"), "Withheld")
    bundle.put("disclosures.json", [one for one in bundle.get("disclosures.json") if one["id"] not in (WHY, ADDRESS)])
    rows = bundle.get("rows.json")
    bundle.put("rows.json", [one | {"columns": None if one["table"] == "location" else one["columns"]} for one in rows])
    del bundle.files["letters/01.json"], bundle.files["letters/01.eml"]
    bundle.put("disclosures.json", [one for one in bundle.get("disclosures.json") if one["purpose"] != "letter"])
    bundle.forge_manifest()
    assert "events 5; 3 private texts; 1 rows; 1 letters" in said(bundle.zip(tmp_path / "y.zip"), "Withheld")


def test_every_body_may_be_withheld(tmp_path: Path) -> None:
    """The chain and the seals hold by the hashes alone."""
    bundle = make()
    timeline = bundle.get("timeline.json")
    for event in timeline["events"]:
        event["body"] = None
    bundle.put("timeline.json", timeline)
    for name in ("disclosures.json", "rows.json"):
        bundle.put(name, [])
    for name in [name for name in bundle.files if name.startswith(("letters/", "certificates/"))]:
        del bundle.files[name]
    bundle.forge_manifest()
    assert verify(bundle.zip(tmp_path / "x.zip")).code == WHOLE


def test_an_own_part_of_a_letter_may_be_withheld(tmp_path: Path) -> None:
    """Its line takes its place, and the letter still gives the digest."""
    bundle = make()
    letter = bundle.get("letters/01.json")
    part = letter["parts"][1]
    part["shown"] = False
    shown = bundle.get("disclosures.json")
    (own,) = [one for one in shown if one["id"] == part["text"]]
    bundle.put("disclosures.json", [one for one in shown if one is not own])
    bundle.put("letters/01.json", letter)
    line = f"[withheld: commitment {part['commitment']}]\r\n".encode()
    bundle.files["letters/01.eml"] = bundle.files["letters/01.eml"].replace(
        b"1. hxxps[:]//site[.]example/jane-doe\r\n", line
    )
    bundle.forge_manifest()
    assert verify(bundle.zip(tmp_path / "x.zip")).code == WHOLE
    assert bundle.files["letters/01.eml"].count(b"[withheld: commitment ") == 2


def test_an_erasure_is_told_and_the_rest_stays_whole(tmp_path: Path) -> None:
    """Before: the text is shown. After: when, by whom and why it went, and the same seals still hold."""
    before, after = make(), make(erased=True)
    assert before.get("seals.json") == after.get("seals.json")
    path = after.zip(tmp_path / "x.zip")
    assert verify(path).code == WHOLE
    assert re.search(r"free_text.*2026-11-23T09:07.*S-07.*cause asked \(event 7\)", said(path, "erased"))


def test_an_erasure_that_no_shown_event_tells_is_said_to_be_such(tmp_path: Path) -> None:
    """An export as known on an earlier day has no event of the erasure, and the text is gone all the same."""
    bundle = make(erased=True)
    as_known_on(bundle, 6)
    gone = bundle.get("erased.json")[0]
    bundle.put("erased.json", [gone | {"seq": None}])
    bundle.forge_manifest()
    assert "no event shown here says so" in said(bundle.zip(tmp_path / "x.zip"), "was erased")


def test_an_erasure_whose_event_is_withheld_is_said_to_be_such(tmp_path: Path) -> None:
    """The header shows when and by whom; why, and which text, nobody can see."""
    bundle = make(erased=True)
    timeline = bundle.get("timeline.json")
    timeline["events"][6]["body"] = None
    bundle.put("timeline.json", timeline)
    bundle.forge_manifest()
    assert "no event shown here says so" in said(bundle.zip(tmp_path / "x.zip"), "was erased")


def as_known_on(bundle: Bundle, last: int) -> None:
    """Leave out the events after number `last`, and say so; all that is not sealed within goes with them."""
    timeline = bundle.get("timeline.json")
    left_out = len(timeline["events"]) - last
    timeline["events"] = timeline["events"][:last]
    bundle.put("timeline.json", timeline)
    bundle.put("seals.json", [one for one in bundle.get("seals.json") if one["leaf"]["from"] <= last])
    bundle.forge_manifest(events=last, withheld_after=left_out, as_known_on="2026-11-23T09:09:00.000000Z")


def test_an_export_as_known_on_a_day_may_end_inside_a_seal(tmp_path: Path) -> None:
    """The leaf reaches further; the manifest says how many events are left out, and the verifier tells."""
    bundle = make()
    as_known_on(bundle, 4)
    path = bundle.zip(tmp_path / "x.zip")
    assert verify(path).code == WHOLE
    assert "2 later events are left out" in said(path, "later events")
    assert "Events 4 (seal 5)" in said(path, "(seal 5)")


def test_the_answer_exists_in_french(tmp_path: Path) -> None:
    """Every sentence, also that of a fault."""
    bundle = make(simulated=True, erased=True)
    whole = verify(bundle.zip(tmp_path / "x.zip"), lang="fr").sentences
    assert whole[0].startswith("SIMULÉ") and whole[1].startswith("INTACT")
    bundle.files["README.txt"] += b"!"
    assert "altéré" in str(verify(bundle.zip(tmp_path / "y.zip"), lang="fr").fault)


def test_both_languages_say_the_same_things() -> None:
    """Each sentence has both forms with the same blanks."""
    from proof.verify import SAYS

    for key, (english, french) in SAYS.items():
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", french)), key


def test_every_sentence_is_used_and_exists() -> None:
    """No fault without words, no words without a fault."""
    from proof import verify as module

    source = Path(module.__file__).read_text()
    checks, table = source.split("SAYS: dict")
    for key in module.SAYS:
        assert f'"{key}"' in checks or key in ("whole", "broken", "unreadable"), key
    for key in re.findall(r'(?:Broken|Unreadable|note)\(\s*"(\w+)"', checks):
        assert f'    "{key}": (' in table, key


def test_what_the_export_holds_cannot_steer_a_terminal(tmp_path: Path) -> None:
    """Line breaks and escapes in names are shown as question marks."""
    bundle = make()
    bundle.forge_manifest(profile="court\x1b[2J\nWHOLE: every link holds.")
    assert all(sentence.isprintable() for sentence in verify(bundle.zip(tmp_path / "x.zip")).sentences)


@pytest.mark.parametrize("trouble", [None, "changed", "no zip"])
def test_the_command_answers_with_its_exit_code(
    trouble: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 whole, 1 broken, 2 unreadable, and it prints the sentences."""
    bundle = make()
    if trouble == "changed":
        bundle.files["README.txt"] += b"!"
    path = bundle.zip(tmp_path / "x.zip")
    if trouble == "no zip":
        path.write_bytes(b"hello")
    assert {None: WHOLE, "changed": BROKEN, "no zip": UNREADABLE}[trouble] == main([str(path)])
    assert "\n".join(verify(path).sentences) + "\n" == capsys.readouterr().out


def test_the_file_works_alone(authority: Authority, tmp_path: Path) -> None:
    """Taken out of the export and started elsewhere, without the program, it gives the same answer."""
    bundle = make(authority.stamp)
    path = bundle.zip(tmp_path / "x.zip")
    alone = tmp_path / "elsewhere"
    alone.mkdir()
    (alone / "verify.py").write_bytes(bundle.files["verify.py"])
    shutil.copy(path, alone / "x.zip")
    blocked = "import sys; sys.modules.update(dict.fromkeys(['law', 'models', 'edges', 'pydantic', 'sqlmodel']));"
    code = f"{blocked} sys.argv = ['verify.py', 'x.zip', '--trust', {str(authority.root)!r}]; import verify; sys.exit(verify.main())"
    done = subprocess.run([sys.executable, "-c", code], cwd=alone, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert REPORT not in done.stdout and "WHOLE: every link holds." in done.stdout


def test_a_missing_library_is_no_verdict(tmp_path: Path) -> None:
    """Exit code 2 with the command to install it; 1 would say that the export is broken."""
    from proof import verify as module

    (tmp_path / "verify.py").write_bytes(Path(module.__file__).read_bytes())
    code = "import sys; sys.modules['rfc3161_client'] = None; import runpy; runpy.run_path('verify.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == UNREADABLE
    assert "pip install cryptography rfc3161-client" in done.stderr
