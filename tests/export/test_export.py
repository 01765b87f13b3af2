"""Exports of a lived report: the verifier that travels with them finds them whole, and every tampering of the store."""

import json
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from cases.erase import erase
from cases.seal import seal_now
from law import library as law_library
from models.private import Purpose
from models.store import Store
from proof.verify import verify
from tests.auditing import audited
from tests.export.lived import HOST, NUMBER, lived
from tests.keys import KEYS
from web.export.profile import PROFILES
from web.export.run import Wish, export

LIBRARY = law_library.load()


@pytest.fixture
async def store(database_url: str, home: Path) -> AsyncIterator[Store]:
    """A store in which one report was told to its platform, then escalated; sealed once on the way."""
    opened = Store(database_url, KEYS)
    await lived(opened, database_url, home)
    yield opened
    await opened.close()


async def exported(store: Store, tmp_path: Path, now: object, **wish: object) -> Path:
    """One export of the report, as a file."""
    given = {"numbers": (NUMBER,), "profile": "court", "language": "en", "by": "S-07"} | wish
    path = tmp_path / f"{given['profile']}-{given['language']}.zip"
    await export(store, LIBRARY, Wish(**given), lambda _: path, organisation="Hotline Example", now=now)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("profile", sorted(PROFILES))
async def test_every_profile_is_whole(store: Store, tmp_path: Path, now: object, profile: str, language: str) -> None:
    """In each profile and language the verifier finds the export whole, and the store stays whole."""
    path = await exported(store, tmp_path, now, profile=profile, language=language, party="P-0001")
    outcome = verify(path)
    assert (outcome.code, outcome.fault) == (0, None), outcome.sentences
    assert await audited(store) == []
