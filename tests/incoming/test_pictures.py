"""Practice 1.5: of a picture, a film or an archive that is mailed to us, no byte is kept anywhere."""

import base64
import json
import random
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cases.incoming import person
from models.store import Store
from tests.incoming.conftest import Living, reply
from tests.keys import KEYS
from tests.owning import as_owner, servers

SLICE = 24  # octets: random ones, so that they stand nowhere by chance
PLACES = (40, 1_003, 20_007, 39_900)
LETTERS = "letters of the answer"  # what the search must find, or it would find nothing at all
FILES = {
    "image": ("image/jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"),
    "archive": ("application/zip", b"PK\x03\x04\x14\x00"),
    "video": ("video/mp4", b"\x00\x00\x00\x18ftypmp42"),
}


def file(kind: str) -> bytes:
    """A file that begins as one of its kind and is noise from there on."""
    return FILES[kind][1] + random.Random(kind).randbytes(40_000)


def with_files(raw: bytes, *, named: str = "", encoding: str = "base64") -> bytes:
    """The message with the three files; under a false type and name where `named` says so."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    for kind, (media_type, _) in FILES.items():
        main, _, sub = (named or media_type).partition("/")
        message.add_attachment(file(kind), maintype=main, subtype=sub, filename=f"{kind}.txt", cte=encoding)
    return message.as_bytes()


def needles() -> Iterator[bytes]:
    """What must stand nowhere: octets of each file, as they are, in Base64 as it was mailed, and in hex."""
    for kind in FILES:
        body = file(kind)
        for place in PLACES:
            yield body[place : place + SLICE]
            yield body[place : place + SLICE].hex().encode()
            start = place - place % 3
            yield base64.b64encode(body[start : start + SLICE])


def where(haystacks: Iterator[tuple[str, bytes]], wanted: list[bytes]) -> list[str]:
    """The places that hold any of these."""
    return [name for name, octets in haystacks if any(needle in octets for needle in wanted)]


def files_below(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Every file: data folder, logs, and the database server's own with its log of changes."""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                yield str(path.name), path.read_bytes()


async def rows(house: Living) -> list[tuple[str, bytes]]:
    """Every row of every table as text (octets in hex), and every private text as its key opens it."""
    store = Store(house.url, KEYS)
    try:
        async with as_owner(store) as connection:
            await connection.execute(text("CHECKPOINT"))
            names = text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
            tables = list((await connection.execute(names)).scalars())
            found = [
                (name, str(row).encode())
                for name in tables
                for row in (await connection.execute(text(f'SELECT row_to_json(t)::text FROM "{name}" t'))).scalars()
            ]
            ids = list((await connection.execute(text("SELECT id FROM private_text"))).scalars())
        opened = await store.open_texts(ids)
        return found + [(one.purpose, one.body) for one in opened.values()]
    finally:
        await store.close()


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
@pytest.mark.parametrize("named", ["", "text/plain", "application/octet-stream"])
async def test_no_byte_of_a_picture_is_kept(
    house: Living, named: str, encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Under its own name or as a text: kind, size and hash stay; the octets stand in no file, row, text or log."""
    caplog.set_level("DEBUG")
    house.account.append(with_files(reply(house.letter, LETTERS), named=named, encoding=encoding))
    assert (await house.read()).filed == 1
    assert house.account.uids() == []
    kept = await rows(house)
    assert where(iter(kept), [LETTERS.encode()]), "the search finds what is kept"
    assert where(iter(kept), list(needles())) == []
    digest = await house.one("SELECT digest FROM incoming")
    assert where(files_below(servers[0].data), [digest.encode()]), "the search sees the database's own files"
    assert where(files_below(house.home, servers[0].data), list(needles())) == []
    assert where(iter([("log", caplog.text.encode())]), [*needles(), LETTERS.encode()]) == []
    parts = json.loads(await house.one("SELECT parts FROM incoming"))
    assert [part["kind"] for part in parts] == list(FILES)
    assert [part["size"] for part in parts] == [len(file(kind)) for kind in FILES]
    assert "picture_received" in await house.causes()
    assert await house.faults() == []


@pytest.mark.parametrize("by_letter", [True, False])
async def test_a_strangers_picture_is_not_kept_either(house: Living, by_letter: bool) -> None:
    """What waits in quarantine waits without its files; once it is filed, a person decides what has to be done."""
    under: dict[str, Any] = {"reports": ["R-2026-000001"]}
    if by_letter:
        under = {"message_id": house.letter["Message-ID"]}
    raw = reply(house.letter, LETTERS, To="answers@hotline.example", In_Reply_To=None, References=None, Subject="x")
    house.account.append(with_files(raw))
    assert (await house.read()).quarantined == 1
    assert house.account.uids() == []
    assert where(iter(await rows(house)), list(needles())) == []
    assert where(files_below(house.home, servers[0].data), list(needles())) == []
    async with house.desk() as desk:
        await person.file(desk, "M-000001", by="A-01", now=house.now, **under)
    assert "picture_received" in await house.causes()
    assert await house.faults() == []


async def test_a_picture_inside_a_bounce_is_not_kept(house: Living) -> None:
    """A mail that a server gives back is read to its innermost part."""
    inner = with_files(reply(house.letter, "inner"))
    outer = message_from_bytes(reply(house.letter, LETTERS), policy=default)
    assert isinstance(outer, EmailMessage)
    outer.add_attachment(message_from_bytes(inner, policy=default))
    house.account.append(outer.as_bytes())
    assert (await house.read()).filed == 1
    assert where(iter(await rows(house)), list(needles())) == []
    assert where(files_below(house.home, servers[0].data), list(needles())) == []
