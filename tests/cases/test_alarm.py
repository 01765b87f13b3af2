"""Letters to our own people, sent to a real SMTP server."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from cases.dispatch import run
from cases.record import police
from models.store import Store
from tests.conftest import free_port
from tests.faults.house import NOW, at_work, furnish, route_all, settings
from tests.faults.post import Post
from tests.keys import KEYS


@contextmanager
def mail_server(post: Post) -> Iterator[int]:
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("fr", "une urgence"),
        ("en", "an emergency"),
        (None, "une urgence"),
    ],
)
async def test_staff_are_written_to_in_their_language(
    database_url: str, tmp_path: Path, language: str | None, says: str
) -> None:
    """SANSDELAI_STAFF_LANGUAGE says in which; French unless set. Here an emergency that nobody confirmed."""
    store = Store(database_url, KEYS)
    await furnish(store)
    await store.close()
    post, now = Post(), [NOW]
    chosen = {"staff_language": language} if language else {}
    with mail_server(post) as port:
        given = settings(tmp_path, database_url, port, staff_address="staff@hotline.example", **chosen)
        async with at_work(given, lambda: now[0], lease=60) as desk:
            await route_all(desk)
            await police.emergency(desk, ["R-2026-000001"], by="A-01", now=NOW)
            now[0] += timedelta(minutes=20)
            await run(desk, priority=0)
    letters = [message_from_bytes(raw, policy=policy.default) for to, raw in post.letters if to.startswith("staff@")]
    assert letters
    for letter in letters:
        assert says in letter["Subject"]
