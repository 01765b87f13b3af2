"""The inbox as Prefect runs it: green when all was read, red while the mailbox cannot be."""

from collections.abc import Iterator

import pytest

from edges.settings import Settings
from tests.conftest import free_port
from tests.flows.conftest import drain
from tests.incoming.conftest import Living, queue_id, reply
from tests.incoming.test_relay import line


@pytest.fixture
def prefect_api(prefect_api: Settings) -> Iterator[Settings]:
    """What Prefect's client still has to tell is told before the server stops."""
    yield prefect_api
    drain()


def set_outside(monkeypatch: pytest.MonkeyPatch, house: Living) -> None:
    """The settings of this house, as a service has them: in the environment."""
    given = {"HOME": house.home, "DATABASE_URL": house.url, "SMTP_PORT": house.port, "POSTFIX_LOG": house.home / "log"}
    given |= {"ORGANISATION_FILE": house.home / "organisation.toml", "SMTP_DIRECT": "false"}
    mail = house.mail | {"trusted_authserv": "mx.hotline.example"}
    given |= {name.upper(): value for name, value in mail.items() if name != "smtp_direct"}
    for name, value in given.items():
        monkeypatch.setenv(f"SANSDELAI_{name}", str(value))


async def test_the_inbox_flow(prefect_api: Settings, house: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads the mailbox and the log; while the mailbox is away it is red, says so, and the log is read all the same."""
    from flows.inbox import inbox

    set_outside(monkeypatch, house)
    house.account.append(reply(house.letter, "After review we decline to remove this content."))
    state = await inbox(return_state=True)
    assert state.is_completed(), state.message
    assert "mailbox: 1 filed" in (state.message or "")
    assert house.account.uids() == []
    (house.home / "log").write_text(line(queue_id(1), house.now), encoding="ascii")
    monkeypatch.setenv("SANSDELAI_IMAP_PORT", str(free_port()))
    state = await inbox(return_state=True)
    assert state.is_failed()
    assert "relay's log: 1 letters" in (state.message or "")
    assert "mailbox:" in (state.message or "") and "@" not in (state.message or "")
    monkeypatch.setenv("SANSDELAI_IMAP_PORT", str(house.account.port))
    state = await inbox(return_state=True)
    assert state.is_completed(), state.message
    assert await house.faults() == []
