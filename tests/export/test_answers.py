"""What came in travels with the report that it is about: as kept, as the profile allows, and checked like the rest."""

import json
import zipfile
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from cases.incoming import person
from cases.incoming.page import take_page_answers
from cases.page_answers import closed
from edges.page_key import page_key_of
from law import library as law_library
from law.vocabulary import Answer
from models.base import new_id, utc
from models.chain import sha256
from models.store import Store
from models.tables import PageAnswer
from proof.verify import verify
from tests.edges.imap_servers import Account
from tests.export.test_tampering import erased_meanwhile
from tests.faults.house import furnish
from tests.incoming.conftest import Living, house, imap, imap_house, post, reply
from tests.keys import KEYS
from web.export.run import Wish, export

__all__ = ["house", "imap", "imap_house", "post"]

LIBRARY = law_library.load()
NUMBER, MESSAGE = "R-2026-000001", "answers/M-000001"
VOUCHED = "mx.hotline.example; dmarc=pass header.from=forum.example"
WORDS = "After review we decline to remove this content."


async def files_of(house: Living, tmp_path: Path, profile: str = "court", **wish: Any) -> dict[str, bytes]:
    """The files of an export that its verifier finds whole."""
    path = tmp_path / f"{profile}.zip"
    store = Store(house.url, KEYS)
    given = Wish(**({"numbers": (NUMBER,), "profile": profile, "language": "fr", "by": "S-07"} | wish))
    try:
        await export(store, LIBRARY, given, lambda _: path, organisation="Hotline Example", now=house.now)
    finally:
        await store.close()
    outcome = verify(path)
    assert (outcome.code, outcome.fault) == (0, None), outcome.sentences
    told = [sentence for sentence in outcome.sentences if "README.txt" in sentence]
    assert told and "answers/" not in told[0], "the verifier looks into every answer"
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_files(letter: Any, text: str, **headers: str) -> bytes:
    """An answer that brings a picture and a PDF."""
    message = EmailMessage(policy=default)
    message.set_content(text)
    raw = reply(letter, text, **headers)
    head = raw.partition(b"\n\n")[0].decode()
    for line in head.replace("\n ", " ").splitlines():
        name, _, value = line.partition(": ")
        if not name.lower().startswith(("content-", "mime-")):
            message[name] = value
    message.add_attachment(b"\x89PNG\r\n\x1a\n" + bytes(200), maintype="image", subtype="png", filename="Marie.png")
    message.add_attachment(b"%PDF-1.4\n%%EOF\n", maintype="application", subtype="pdf", filename="decision.pdf")
    return message.as_bytes()


async def answered(house: Living, raw: bytes) -> None:
    """It lies in the mailbox and is taken in."""
    house.account.append(raw)
    taken = await house.read()
    assert taken.filed + taken.quarantined == 1
    house.later(hours=1)


async def test_an_export_holds_what_came_in(house: Living, tmp_path: Path) -> None:
    """The message without its files, and what is known of it; the chronology names the file; no content of a part."""
    await answered(house, with_files(house.letter, WORDS, Authentication_Results=VOUCHED))
    files = await files_of(house, tmp_path)
    assert WORDS.encode() in files[f"{MESSAGE}.eml"]
    told = json.loads(files[f"{MESSAGE}.json"])
    assert (told["number"], told["kind"], told["matched_by"]) == ("M-000001", "refused", "reference")
    assert "dmarc=pass" in told["authentication"] and told["rule"] and told["received_at"] <= utc(house.now)
    assert [part["type"] for part in told["parts"]] == ["image/png", "application/pdf"]
    assert all(part.keys() == {"kind", "type", "size", "sha256"} for part in told["parts"])
    for name, data in files.items():
        assert b"Marie.png" not in data and b"\x89PNG" not in data and b"%PDF-1.4" not in data, name
    assert f"{MESSAGE}.eml" in files["timeline.html"].decode()
    assert {f"{MESSAGE}.eml", f"{MESSAGE}.json"} <= json.loads(files["manifest.json"])["files"].keys()


@pytest.mark.parametrize("profile", ["police", "regulator", "platform"])
async def test_whoever_sees_letters_sees_what_answers_them(house: Living, tmp_path: Path, profile: str) -> None:
    """Answers are treated as the letters that they answer."""
    await answered(house, reply(house.letter, WORDS))
    files = await files_of(house, tmp_path, profile, party="P-0001")
    assert WORDS.encode() in files[f"{MESSAGE}.eml"]


async def test_the_data_subject_sees_that_it_came_and_not_its_text(house: Living, tmp_path: Path) -> None:
    """Of a message this profile shows the row; its text is withheld."""
    await answered(house, reply(house.letter, WORDS))
    files = await files_of(house, tmp_path, "data_subject")
    assert not any(WORDS.encode() in data for data in files.values())
    assert json.loads(files[f"{MESSAGE}.json"])["shown"] is False and f"{MESSAGE}.eml" not in files


async def test_a_platform_does_not_see_what_answers_no_letter_to_it(house: Living, tmp_path: Path) -> None:
    """What a person filed under the report came from somebody: no other addressee learns more than that it came."""
    await quarantined_then_filed(house, "I am the neighbour, and this is what I saw.")
    files = await files_of(house, tmp_path, "platform", party="P-0001")
    assert not any(name.startswith("answers/") for name in files)
    (row,) = [one for one in json.loads(files["rows.json"]) if one["table"] == "incoming"]
    assert row["columns"] is None
    assert not any(b"neighbour" in data for data in files.values())


async def quarantined_then_filed(house: Living, text: str, reports: tuple[str, ...] = (NUMBER,)) -> None:
    """A message that points to no letter; a person files it."""
    headers = {"In_Reply_To": None, "References": None, "Subject": "x", "To": "notices@hotline.example"}
    await answered(house, reply(house.letter, text, **headers))  # type: ignore[arg-type]
    async with house.desk() as desk:
        await person.file(desk, "M-000001", by="S-07", now=house.now, reports=reports)
    house.later(hours=1)


async def test_what_a_person_filed_is_whole(house: Living, tmp_path: Path) -> None:
    """The text was kept while it waited; the fact that files it commits to it, and the audit finds nothing."""
    await quarantined_then_filed(house, "Your message was read.")
    assert await house.faults() == []
    files = await files_of(house, tmp_path)
    assert b"Your message was read." in files[f"{MESSAGE}.eml"]
    assert json.loads(files[f"{MESSAGE}.json"])["decided_by"] == "S-07"


async def test_of_an_erased_report_no_message_opens(house: Living, tmp_path: Path) -> None:
    """After an erasure the message's facts stand, and its text is nowhere."""
    await answered(house, reply(house.letter, WORDS))
    store = Store(house.url, KEYS)
    try:
        await erased_meanwhile(store, house.home, house.now)
    finally:
        await store.close()
    house.later(hours=1)
    files = await files_of(house, tmp_path)
    assert not any(WORDS.encode() in data for data in files.values())
    assert json.loads(files[f"{MESSAGE}.json"])["shown"] is False
    assert "incoming" in {one["purpose"] for one in json.loads(files["erased.json"])}


async def test_of_a_shared_message_only_its_senders_words_are_shown(
    database_url: str, home: Path, post: Any, imap: Account, tmp_path: Path
) -> None:
    """What it quotes of our letter names another report's address, and stays out of this report's export."""
    store = Store(database_url, KEYS)
    await furnish(store, reports=2)
    await store.close()
    house = Living(home, database_url, post, imap, post.port, more={"smtp_direct": False})
    await house.dispatch()
    quoting = "Both are under review.\n\nOn Monday you wrote:\n> http://forum.example/a/1\n> http://forum.example/a/2\n"
    await quarantined_then_filed(house, quoting, (NUMBER, "R-2026-000002"))
    assert await house.faults() == []
    files = await files_of(house, tmp_path)
    assert b"Both are under review." in files[f"{MESSAGE}.txt"] and f"{MESSAGE}.eml" not in files
    for name, data in files.items():
        assert b"forum.example/a/2" not in data, name
    assert any(b"forum.example/a/1" in data for data in files.values())


async def test_what_the_answer_page_took_is_a_plain_text(house: Living, tmp_path: Path) -> None:
    """Its words are no mail: a line that looks like a header stays a line."""
    said = "Subject: removed\n\nThe content has been removed."
    async with house.desk() as desk:
        letter_id, row = await house.one("SELECT id FROM letter WHERE kind = 'notice'"), new_id()
        sealed = closed(page_key_of(desk.answering.key).box, row, letter_id, Answer.CLAIMS_REMOVAL, said)
        draft = desk.draft(house.now)
        draft.keep(PageAnswer(id=row, letter_id=letter_id, kind=Answer.CLAIMS_REMOVAL, sealed=sealed, at=house.now))
        await desk.store.write(draft)
        assert await take_page_answers(desk) == 1
    house.later(hours=1)
    files = await files_of(house, tmp_path)
    assert files[f"{MESSAGE}.txt"] == said.encode() and f"{MESSAGE}.eml" not in files
    assert json.loads(files[f"{MESSAGE}.json"])["through"] == "page"


async def test_an_altered_answer_is_found(house: Living, tmp_path: Path) -> None:
    """Text, facts, parts and a file too many: each is named, though the sums were made anew."""
    await answered(house, with_files(house.letter, WORDS))
    files = await files_of(house, tmp_path)
    facts = json.loads(files[f"{MESSAGE}.json"])
    wrong = {
        f"{MESSAGE}.eml": (f"{MESSAGE}.eml", files[f"{MESSAGE}.eml"].replace(b"decline", b"deny")),
        f"{MESSAGE}.json, kind": (f"{MESSAGE}.json", as_bytes(facts | {"kind": "acknowledged"})),
        f"{MESSAGE}.json, parts": (f"{MESSAGE}.json", as_bytes(facts | {"parts": facts["parts"][:1]})),
        f"{MESSAGE}.json": (f"{MESSAGE}.json", as_bytes(facts | {"id": NUMBER})),
        f"{MESSAGE}.txt": (f"{MESSAGE}.txt", b"We agree."),
        "answers/M-000009.json": ("answers/M-000009.eml", b"We agree."),
        "answers/M-000009.json:": ("answers/M-000009.json", files[f"{MESSAGE}.json"]),
    }
    for place, (name, data) in wrong.items():
        outcome = verify(again(files | {name: data}, tmp_path / "altered.zip"))
        assert outcome.code == 1 and str(outcome.fault).startswith(place.removesuffix(":")), (place, outcome.fault)
    without = {name: data for name, data in files.items() if name != f"{MESSAGE}.eml"}
    assert str(verify(again(without, tmp_path / "less.zip")).fault).startswith(f"{MESSAGE}.eml")


def as_bytes(value: Any) -> bytes:
    """A file of JSON."""
    return json.dumps(value).encode()


def again(files: dict[str, bytes], path: Path) -> Path:
    """The same files with sums that fit, as a forger would make them."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {name: sha256(data) for name, data in files.items() if name != "manifest.json"}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (files | {"manifest.json": as_bytes(manifest)}).items():
            archive.writestr(name, data)
    return path
