"""
Every way to alter an export that we could think of, done twice: by a clumsy hand that leaves the manifest as it was,
and by a forger who recomputes it. What only the fingerprint can find is stated as such.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models import chain
from models.merkle import Tree
from proof.verify import BROKEN, WHOLE, verify
from tests.proof.bundle import LETTER, REPORT, WHY, Bundle, header_of, make

Tamper = Callable[[Bundle], None]


def in_json(name: str, change: Callable[[Any], object]) -> Tamper:
    """Change one file's JSON in place."""

    def tamper(bundle: Bundle) -> None:
        value = bundle.get(name)
        change(value)
        bundle.put(name, value)

    return tamper


def setting(*way: str | int, to: Any) -> Callable[[Any], object]:
    """Set one value somewhere inside."""

    def change(value: Any) -> None:
        for key in way[:-1]:
            value = value[key]
        assert value[way[-1]] != to
        value[way[-1]] = to

    return change


def event(seq: int, key: str, to: Any) -> Tamper:
    """One event with another value."""
    return in_json("timeline.json", setting("events", seq - 1, key, to=to))


def in_body(seq: int, old: str, new: str) -> Tamper:
    """One event with other words in its body."""

    def change(value: Any) -> None:
        told = value["events"][seq - 1]
        assert old in told["body"]
        told["body"] = told["body"].replace(old, new)

    return in_json("timeline.json", change)


def with_hash(tamper: Tamper, seq: int) -> Tamper:
    """The same, with this event's own hashes recomputed."""

    def both(bundle: Bundle) -> None:
        tamper(bundle)
        timeline = bundle.get("timeline.json")
        told = timeline["events"][seq - 1]
        if told["body"] is not None:
            told["body_sha256"] = chain.sha256(told["body"])
        told["hash"] = chain.event_hash(header_of(told))
        bundle.put("timeline.json", timeline)

    return both


def with_chain(tamper: Tamper) -> Tamper:
    """The same, with the whole chain recomputed."""

    def both(bundle: Bundle) -> None:
        tamper(bundle)
        bundle.forge_chain()

    return both


def in_seal(which: int, **values: Any) -> Tamper:
    """A seal with other values in its body, its hash recomputed."""

    def change(value: Any) -> None:
        seal = value[which - 4]
        seal["body"] = chain.canonical(json.loads(seal["body"]) | values)
        seal["hash"] = chain.sha256(seal["body"])

    return in_json("seals.json", change)


def swap(first: int, second: int) -> Callable[[Any], object]:
    """Two neighbours change places."""

    def change(value: Any) -> None:
        rows = value["events"] if isinstance(value, dict) else value
        rows[first], rows[second] = rows[second], rows[first]

    return change


def drop(index: int) -> Callable[[Any], object]:
    """One element is taken out."""
    return lambda value: (value["events"] if isinstance(value, dict) else value).pop(index)


def without_file(name: str) -> Tamper:
    """One file is taken out."""

    def tamper(bundle: Bundle) -> None:
        del bundle.files[name]

    return tamper


def with_file(name: str, data: bytes) -> Tamper:
    """One file is put in, or another one in its place."""

    def tamper(bundle: Bundle) -> None:
        bundle.files[name] = data

    return tamper


def forged_seal(bundle: Bundle) -> None:
    """A seal made anew over an altered chain: everything fits but its token, and the numbers around it."""
    event(2, "at", "2026-11-20T09:00:00.000000Z")(bundle)
    bundle.forge_chain()
    timeline, seals = bundle.get("timeline.json"), bundle.get("seals.json")
    prev = json.loads(seals[0]["body"])["prev"]
    for seal in seals:
        leaf, body = seal["leaf"], json.loads(seal["body"])
        leaf["events"] = [one["hash"] for one in timeline["events"][leaf["from"] - 1 : leaf["to"]]]
        tree = Tree([chain.leaf(REPORT, leaf["from"], leaf["events"])])
        body |= {"leaves": 1, "events": len(leaf["events"]), "root": tree.root.hex(), "prev": prev}
        seal |= {"index": 0, "path": [], "body": chain.canonical(body)}
        seal["hash"] = prev = chain.sha256(seal["body"])
    bundle.put("seals.json", seals)


def other_disclosure(text: str, base64_text: str) -> Tamper:
    """Another text in place of a disclosed one."""

    def change(value: Any) -> None:
        (one,) = [one for one in value if one["id"] == text]
        one["base64"] = base64_text

    return in_json("disclosures.json", change)


LATER = "2026-11-23T23:00:00.000000Z"
LETTER_FILE = "letters/01.json"
# name: (what is done, the file that a clumsy hand leaves with a wrong sum, what a forger's verifier still says)
TAMPERINGS: dict[str, tuple[Tamper, str, str]] = {
    "at": (event(2, "at", LATER), "timeline.json", "event 2, header: altered"),
    "learned": (event(2, "learned", LATER), "timeline.json", "event 2, header: altered"),
    "recorded": (event(2, "recorded", LATER), "timeline.json", "event 2, header: altered"),
    "at, rehashed": (with_hash(event(2, "at", LATER), 2), "timeline.json", "event 3: it does not follow"),
    "learned, rehashed": (with_hash(event(2, "learned", LATER), 2), "timeline.json", "event 3: it does not follow"),
    "recorded, rehashed": (with_hash(event(2, "recorded", LATER), 2), "timeline.json", "event 3: it does not follow"),
    "at, all rehashed": (with_chain(event(2, "at", LATER)), "", "event 2: seals.json, seal 4 holds another"),
    "learned, all rehashed": (with_chain(event(4, "learned", LATER)), "", "event 4: seals.json, seal 5 holds another"),
    "recorded, all rehashed": (with_chain(event(5, "recorded", LATER)), "", "event 5: seals.json, seal 5 holds"),
    "no instant": (event(2, "at", "2026-11-23 09:00"), "timeline.json", "at is not as defined"),
    "no day": (event(2, "at", "2026-02-30T09:00:00.000000Z"), "timeline.json", "at is not as defined"),
    "actor": (event(3, "actor", "S-99"), "timeline.json", "event 3, header: altered"),
    "kind": (event(3, "kind", "refused"), "timeline.json", "event 3, header: altered"),
    "run": (event(3, "run", "r"), "timeline.json", "event 3, header: altered"),
    "body": (in_body(2, "opened", "closed"), "timeline.json", "event 2, body: altered"),
    "body, rehashed": (with_hash(in_body(2, "opened", "closed"), 2), "timeline.json", "event 3: it does not follow"),
    "body, all rehashed": (with_chain(in_body(2, "opened", "closed")), "", "event 2: seals.json, seal 4 holds another"),
    "body with a space": (with_hash(in_body(2, '"changes":', '"changes": '), 2), "timeline.json", "not in canonical form"),
    "body with a key twice": (in_body(2, '{"changes":', '{"changes":[],"changes":'), "timeline.json", "not the JSON"),
    "body with a fraction": (in_body(6, "200", "200.0"), "timeline.json", "not the JSON"),
    "body withheld, another hash": (event(5, "body_sha256", "0" * 64), "timeline.json", "event 5, header: altered"),
    "pair swapped": (in_json("timeline.json", swap(1, 2)), "timeline.json", "event 2: it does not follow"),
    "pair swapped, all rehashed": (with_chain(in_json("timeline.json", swap(1, 2))), "", "seal 4 holds another event"),
    "first event gone": (in_json("timeline.json", drop(0)), "timeline.json", "event 1: it does not follow"),
    "first event gone, all rehashed": (with_chain(in_json("timeline.json", drop(0))), "", "no event shown here"),
    "event gone": (in_json("timeline.json", drop(4)), "timeline.json", "event 5: it does not follow"),
    "event gone, all rehashed": (with_chain(in_json("timeline.json", drop(4))), "", "seal 5 holds another event"),
    "sealed end gone": (with_chain(in_json("timeline.json", lambda v: v["events"].__delitem__(slice(4, None)))), "",
                        "event 5 was sealed, the chain ends at 4"),
    "report number": (in_json("timeline.json", setting("report", "number", to="R-2026-000009")), "timeline.json",
                      "timeline.json: this is not what"),
    "report id": (in_json("timeline.json", setting("report", "id", to="x")), "timeline.json", "event 1: it does not follow"),
    "disclosure": (other_disclosure(WHY, "Zm9yZ2Vk"), "disclosures.json", "b: this is not what the record says"),
    "disclosure without its padding": (other_disclosure(WHY, "Zm9yZ2V"), "disclosures.json", "base64 is not as defined"),
    "purpose": (in_json("disclosures.json", setting(1, "purpose", to="victim")), "disclosures.json", "this is not what"),
    "salt": (in_json("disclosures.json", setting(1, "salt", to="0" * 64)), "disclosures.json", "this is not what"),
    "disclosure under another id": (in_json("disclosures.json", setting(1, "id", to="z")), "disclosures.json", "no event shown"),
    "disclosure twice": (in_json("disclosures.json", lambda v: v.append(v[1])), "disclosures.json", "stands twice"),
    "erased and shown": (in_json("erased.json", lambda v: v.append(erased(WHY, "free_text"))), "erased.json", "yet shown"),
    "unknown text erased": (in_json("erased.json", lambda v: v.append(erased("z", "free_text"))), "erased.json", "no event"),
    "row": (in_json("rows.json", setting(1, "columns", "country", to="DE")), "rows.json", "altered"),
    "row as it was before": (in_json("rows.json", setting(0, "columns", "status", to="planned")), "rows.json", "altered"),
    "row gone": (in_json("rows.json", drop(1)), "rows.json", "missing"),
    "row added": (in_json("rows.json", lambda v: v.append(v[0] | {"id": "z"})), "rows.json", "no event shown here"),
    "row twice": (in_json("rows.json", lambda v: v.append(v[0])), "rows.json", "stands twice"),
    "status of a letter": (in_json(LETTER_FILE, setting("status", to="refused")), LETTER_FILE, "status: this is not"),
    "code of a letter": (in_json(LETTER_FILE, setting("code", to=550)), LETTER_FILE, "code: this is not"),
    "answer of a letter": (in_json(LETTER_FILE, setting("answer", to="no")), LETTER_FILE, "answer: this is not"),
    "something more about a letter": (in_json(LETTER_FILE, lambda v: v.update(read_by="x")), LETTER_FILE, "read_by: this is not"),
    "digest of a letter": (in_json(LETTER_FILE, setting("digest", to="0" * 64)), LETTER_FILE, "digest: this is not"),
    "another letter": (in_json(LETTER_FILE, setting("id", to="z")), LETTER_FILE, "no event shown here speaks of it"),
    "a part's commitment": (in_json(LETTER_FILE, setting("parts", 2, "commitment", to="0" * 64)), LETTER_FILE, "digest"),
    "a part's text": (in_json(LETTER_FILE, setting("parts", 1, "text", to=WHY)), LETTER_FILE, "part 2: this is not"),
    "a part left out": (in_json(LETTER_FILE, lambda v: v["parts"].pop(2)), LETTER_FILE, "digest: this is not"),
    "parts swapped": (in_json(LETTER_FILE, lambda v: v["parts"].reverse()), LETTER_FILE, "digest: this is not"),
    "letter's bytes": (with_file("letters/01.eml", b"Subject: Something else\r\n"), "letters/01.eml", "this is not what"),
    "letter without its .eml": (without_file("letters/01.eml"), "letters/01.eml", "missing"),
    "letter without its .json": (without_file(LETTER_FILE), LETTER_FILE, "missing"),
    "certificate": (with_file("certificates/01.json", b'{"form": 2}'), "certificates/01.json", "no event shown here"),
    "newest certificate gone": (without_file("certificates/02.json"), "certificates/02.json", "newest of procedure"),
    "seal's body": (in_json("seals.json", setting(0, "body", to="{}")), "seals.json", "not as defined"),
    "seal's hash": (in_json("seals.json", setting(0, "hash", to="0" * 64)), "seals.json", "seal 4: altered"),
    "seal's root": (in_seal(5, root="0" * 64), "seals.json", "seal 5: the path does not lead"),
    "seal's count of leaves": (in_seal(4, leaves=9, events=12), "seals.json", "seal 4: the path does not lead"),
    "seal's count of events": (in_seal(4, events=4), "seals.json", "seal 4: its counts"),
    "seal's only leaf": (in_seal(5, events=3), "seals.json", "seal 5: its counts"),
    "seal's number": (in_seal(5, number=4), "seals.json", "seal 4: it does not follow"),
    "seal's predecessor": (in_seal(5, prev="0" * 64), "seals.json", "seal 5: it does not follow"),
    "first seal with a predecessor": (in_seal(4, number=1), "seals.json", "seal 1: it does not follow"),
    "seal's day": (in_seal(4, closed=LATER), "seals.json", "seal 5: it does not follow"),
    "seal of a simulation": (in_seal(4, simulated=True), "seals.json", "seal 4: this is not what"),
    "seal's index": (in_json("seals.json", setting(0, "index", to=0)), "seals.json", "the path does not lead"),
    "seal's index outside": (in_json("seals.json", setting(0, "index", to=3)), "seals.json", "the path does not lead"),
    "seal's path": (in_json("seals.json", setting(0, "path", 0, to="0" * 64)), "seals.json", "the path does not lead"),
    "seal's path cut": (in_json("seals.json", lambda v: v[0]["path"].pop()), "seals.json", "the path does not lead"),
    "seal's path longer": (in_json("seals.json", lambda v: v[0]["path"].append("0" * 64)), "seals.json", "the path"),
    "leaf's events": (in_json("seals.json", setting(0, "leaf", "events", 1, to="0" * 64)), "seals.json", "event 2: seals"),
    "leaf shorter": (in_json("seals.json", lambda v: v[1]["leaf"].update(to=4)), "seals.json", "seal 5: its counts"),
    "leaf of another report": (in_json("seals.json", setting(0, "leaf", "report", to="z")), "seals.json", "this is not"),
    "first seal gone": (in_json("seals.json", drop(0)), "seals.json", "begins with event 4, not 1"),
    "seals swapped": (in_json("seals.json", swap(0, 1)), "seals.json", "begins with event 4, not 1"),
    "seal twice": (in_json("seals.json", lambda v: v.append(v[1])), "seals.json", "seal 5: it does not follow"),
    "token nobody uses": (with_file("tokens/000004-1.tsr", b"0"), "tokens/000004-1.tsr", "never or twice"),
    "token not there": (in_json("seals.json", lambda v: v[0]["tokens"].append("tokens/000004-1.tsr")), "seals.json", "missing"),
    "token of garbage": (lambda bundle: (with_file("tokens/000004-1.tsr", b"0")(bundle),
                                         in_json("seals.json", lambda v: v[0]["tokens"].append("tokens/000004-1.tsr"))(bundle))[0],
                         "seals.json", "not a time-stamp token"),
    "JSON cut off": (with_file("rows.json", b"[{"), "rows.json", "not the JSON"),
    "JSON far too deep": (with_file("rows.json", b"[" * 100_000), "rows.json", "not the JSON"),
    "JSON with NaN": (with_file("rows.json", b"[NaN]"), "rows.json", "not the JSON"),
    "JSON with a number too large": (with_file("rows.json", b"[" + b"9" * 5_000 + b"]"), "rows.json", "not the JSON"),
    "JSON with half a character": (with_file("rows.json", b'["\\ud800"]'), "rows.json", "not the JSON"),
    "JSON in another encoding": (with_file("rows.json", '["é"]'.encode("latin-1")), "rows.json", "not the JSON"),
    "file gone": (without_file("rows.json"), "rows.json", "rows.json: missing"),
}  # fmt: skip


def erased(text: str, purpose: str) -> dict[str, str]:
    """An erasure that never was."""
    return {"id": text, "purpose": purpose, "erased_at": LATER, "by": "S-07", "cause": "asked"}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_forger_who_recomputes_the_manifest_is_found(name: str, tmp_path: Path) -> None:
    """The manifest's sums agree again, and another link names the place."""
    tamper, _, expected = TAMPERINGS[name]
    bundle = make()
    tamper(bundle)
    bundle.forge_manifest()
    outcome = verify(bundle.zip(tmp_path / "x.zip"))
    assert outcome.code == BROKEN
    assert expected in str(outcome.fault)


@pytest.mark.parametrize("name", [name for name, (_, file, _) in TAMPERINGS.items() if file])
def test_a_clumsy_hand_is_found_by_the_manifest(name: str, tmp_path: Path) -> None:
    """The file is named, before anything inside it is believed."""
    tamper, file, _ = TAMPERINGS[name]
    bundle = make()
    tamper(bundle)
    outcome = verify(bundle.zip(tmp_path / "x.zip"))
    assert outcome.code == BROKEN
    assert str(outcome.fault).startswith(file)


@pytest.mark.parametrize("name", sorted(make(lambda body: b"token").files))
@pytest.mark.parametrize("where", [0, 0.5, -1])
def test_one_changed_byte_in_any_file_is_found(name: str, where: float, tmp_path: Path) -> None:
    """With the manifest as it was: the sum differs, and for manifest.json nothing fits any more."""
    bundle = make(lambda body: b"token")
    data = bytearray(bundle.files[name])
    data[int(where * len(data)) if where >= 0 else -1] ^= 0x01
    bundle.files[name] = bytes(data)
    outcome = verify(bundle.zip(tmp_path / "x.zip"))
    assert outcome.code == BROKEN
    assert name in str(outcome.fault) or name == "manifest.json"


@pytest.mark.parametrize("name", ["README.txt", "dossier.pdf", "timeline.html", "verify.py"])
def test_what_only_retells_is_guarded_by_the_fingerprint(name: str, tmp_path: Path) -> None:
    """A forger can rewrite these and the manifest: the verifier names them, and the fingerprint is another one."""
    bundle = make()
    before = verify(bundle.zip(tmp_path / "x.zip"))
    bundle.files[name] += b" "
    bundle.forge_manifest()
    after = verify(bundle.zip(tmp_path / "y.zip"))
    assert after.code == WHOLE
    assert before.fingerprint != after.fingerprint
    assert any(name in sentence and "fingerprint" in sentence for sentence in after.sentences)


def test_another_verifier_inside_is_told(tmp_path: Path) -> None:
    """A forger may ship one that always says whole."""
    bundle = make()
    bundle.files["verify.py"] = b"print('WHOLE')\n"
    bundle.forge_manifest()
    assert any("not the one that is running" in one for one in verify(bundle.zip(tmp_path / "x.zip")).sentences)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"events": 5}, "6 events, the manifest says 5"),
        ({"report": "R-2026-000009"}, "timeline.json: this is not"),
        ({"simulated": True}, "seal 4: this is not"),
        ({"withheld_after": 1}, "without a date as of which"),
        ({"made_at": "yesterday"}, "made_at is not as defined"),
        ({"v": 2}, "v is not as defined"),
        ({"v": True}, "v is not as defined"),
        ({"note": "x"}, "note is not as defined"),
    ],
)
def test_the_manifest_itself_is_held_to_the_rest(values: dict[str, Any], fault: str, tmp_path: Path) -> None:
    """What it says of events, report and simulation must agree with chain and seals."""
    bundle = make()
    bundle.forge_manifest(**values)
    assert fault in str(verify(bundle.zip(tmp_path / "x.zip")).fault)


def test_a_file_that_the_manifest_does_not_list_is_found(tmp_path: Path) -> None:
    """Nothing rides along."""
    bundle = make()
    bundle.files["letters/02.txt"] = b"x"
    assert "letters/02.txt: the manifest does not list" in str(verify(bundle.zip(tmp_path / "x.zip")).fault)


def test_an_end_hidden_behind_a_date_is_told(tmp_path: Path) -> None:
    """A forger may cut a chain and claim an earlier day, but the reader is told how many events are left out."""
    bundle = make()
    in_json("timeline.json", lambda v: v["events"].__delitem__(slice(4, None)))(bundle)
    bundle.forge_chain()
    bundle.forge_manifest(as_known_on=LATER, withheld_after=1)
    outcome = verify(bundle.zip(tmp_path / "x.zip"))
    assert outcome.code == WHOLE
    assert any(sentence.startswith("1 later events are left out") for sentence in outcome.sentences)
    bundle.forge_manifest(withheld_after=0)
    assert "event 5 was sealed" in str(verify(bundle.zip(tmp_path / "y.zip")).fault)


def test_without_its_last_seal_an_event_counts_as_unsealed(tmp_path: Path) -> None:
    """Taking a seal from the end breaks nothing, but it takes the claim away as well."""
    bundle = make()
    in_json("seals.json", drop(1))(bundle)
    bundle.forge_manifest()
    outcome = verify(bundle.zip(tmp_path / "x.zip"))
    assert outcome.code == WHOLE
    assert any("Events 4-6 are not sealed yet" in sentence for sentence in outcome.sentences)


def test_seals_made_anew_without_tokens_claim_nothing(tmp_path: Path) -> None:
    """Whoever controls the machine can rewrite and seal again; only a token says since when a seal exists."""
    bundle = make()
    forged_seal(bundle)
    bundle.forge_manifest()
    outcome = verify(bundle.zip(tmp_path / "x.zip"))
    assert outcome.code == WHOLE
    assert not any("existed before" in sentence for sentence in outcome.sentences)


@pytest.mark.parametrize(
    "change",
    [
        {"erased_at": LATER},
        {"by": "S-99"},
        {"cause": "mistake"},
        {"seq": 6},
        {"seq": 0},
        {"seq": 8},
        {"purpose": "victim"},
    ],
    ids=str,
)
def test_an_erasure_is_held_to_its_event(change: dict[str, Any], tmp_path: Path) -> None:
    """When, by whom and why stand in an event of the chain."""
    bundle = make(erased=True)
    in_json("erased.json", lambda value: value[0].update(change))(bundle)
    bundle.forge_manifest()
    assert str(verify(bundle.zip(tmp_path / "x.zip")).fault).startswith("erased.json, ")


def test_after_an_erasure_a_guessed_text_is_not_accepted(tmp_path: Path) -> None:
    """The salt is gone, so nobody can disclose the text again, not even the right one with a new salt."""
    bundle, text = make(erased=True), make().get("disclosures.json")[1]
    assert text["id"] == WHY
    in_json("disclosures.json", lambda value: value.append(text | {"salt": "0" * 64}))(bundle)
    bundle.put("erased.json", [])
    bundle.forge_manifest()
    assert "this is not what the record says" in str(verify(bundle.zip(tmp_path / "x.zip")).fault)


def test_a_text_committed_to_twice_differently_is_found(tmp_path: Path) -> None:
    """One id, one text."""
    bundle = make()
    timeline = bundle.get("timeline.json")
    body = json.loads(timeline["events"][5]["body"]) | {"texts": [[WHY, "free_text", "0" * 64]]}
    timeline["events"][5]["body"] = chain.canonical(body)
    bundle.put("timeline.json", timeline)
    bundle.forge_chain()
    assert "committed to twice" in str(verify(bundle.zip(tmp_path / "x.zip")).fault)


def test_a_letter_that_the_chain_never_mentions_is_found(tmp_path: Path) -> None:
    """A second letter, whole in itself, is not the record's."""
    bundle = make()
    bundle.files["letters/02.json"] = bundle.files["letters/01.json"].replace(LETTER.encode(), b"z")
    bundle.files["letters/02.eml"] = bundle.files["letters/01.eml"]
    bundle.forge_manifest()
    assert "letters/02.json: no event shown here" in str(verify(bundle.zip(tmp_path / "x.zip")).fault)


def test_the_number_of_the_report_is_held_to_its_row(tmp_path: Path) -> None:
    """Where an event recorded the number, an export cannot be passed off as that of another report."""
    bundle = make()
    timeline, columns = bundle.get("timeline.json"), {"number": "R-2026-000001"}
    body = json.loads(timeline["events"][5]["body"]) | {"rows": [["report", REPORT, chain.hash_of(columns)]]}
    timeline["events"][5]["body"] = chain.canonical(body)
    bundle.put("timeline.json", timeline)
    in_json("rows.json", lambda value: value.append({"table": "report", "id": REPORT, "columns": columns}))(bundle)
    bundle.forge_chain()
    assert verify(bundle.zip(tmp_path / "x.zip")).code == WHOLE
    in_json("timeline.json", setting("report", "number", to="R-2026-000009"))(bundle)
    bundle.forge_manifest(report="R-2026-000009")
    assert f"rows.json, report {REPORT}: this is not" in str(verify(bundle.zip(tmp_path / "y.zip")).fault)


@pytest.mark.parametrize("deep", range(300, 1000, 20))
def test_no_depth_of_nesting_upsets_the_verifier(deep: int, tmp_path: Path) -> None:
    """Whatever Python's stack holds at the moment, there is an answer."""
    bundle = make()
    nested = b"[" * deep + b"]" * deep
    bundle.files["letters/01.json"] = bundle.files["letters/01.json"][:-2] + b',"other":' + nested + b"}"
    bundle.forge_manifest()
    assert verify(bundle.zip(tmp_path / "x.zip")).code == BROKEN
