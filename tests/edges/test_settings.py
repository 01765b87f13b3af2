"""Settings: all faults at once, by the variable's name, and no secret in a message."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from edges.home import default_home, kept_secret
from edges.settings import SettingsFault, get_settings


def refused(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    """What is said about these variables."""
    for name, value in variables.items():
        monkeypatch.setenv(f"SANSDELAI_{name}", value)
    with pytest.raises(SettingsFault) as fault:
        get_settings()
    return str(fault.value)


def test_all_faults_come_at_once_and_say_what_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody corrects one variable only to be told of the next."""
    said = refused(
        monkeypatch,
        SMTP_PORT="abc",
        SMTP_HOST="mail.hotline.example",
        DATABASE_URL="mysql://root@db/x",
        SENDER_ADDRESS="Hotline <notices@hotline.example>",
        LEASE_SECONDS="40",
        PROBE_ALLOW="127.0.0.1:8080,*.example",
    )
    assert "6 settings are wrong" in said
    for expected in (
        "SMTP_PORT",
        "SMTP_TLS: 'none' is allowed on loopback only",
        "DATABASE_URL: must be like postgresql://",
    ):
        assert f"SANSDELAI_{expected}" in said
    assert "DISPATCH_BUDGET_SECONDS: must be shorter than SANSDELAI_LEASE_SECONDS" in said
    assert "not *.example" in said


def test_no_secret_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in a message about a wrong value nor when the settings are printed."""
    said = refused(monkeypatch, DATABASE_URL="mysql://u:Geheim1@h/x", PREFECT_AUTH="Geheim2", SMTP_PASSWORD="Geheim3")
    assert "Geheim" not in said
    monkeypatch.delenv("SANSDELAI_SMTP_PASSWORD")
    monkeypatch.delenv("SANSDELAI_PREFECT_AUTH")
    monkeypatch.setenv("SANSDELAI_DATABASE_URL", "postgresql://u:Geheim1@h/x")
    assert "Geheim" not in repr(get_settings(prefect_auth="hotline:Geheim4567890"))


def test_the_owner_is_another_role_of_the_same_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is migrated is the one that is worked with, and its two roles are two."""
    store, other = "postgresql://program:Geheim1@db/store", "must name the database of SANSDELAI_DATABASE_URL"
    assert other in refused(monkeypatch, OWNER_DATABASE_URL="postgresql://owner:Geheim2@db/store")
    monkeypatch.setenv("SANSDELAI_DATABASE_URL", store)
    assert other in refused(monkeypatch, OWNER_DATABASE_URL="postgresql://owner:Geheim2@db/another")
    assert "another role" in refused(monkeypatch, OWNER_DATABASE_URL="postgresql://program:Geheim2@db/store")
    said = refused(monkeypatch, ANSWER_DATABASE_URL="postgresql://program:Geheim2@db/store")
    assert "ANSWER_DATABASE_URL: must name another role" in said and "Geheim" not in said
    monkeypatch.delenv("SANSDELAI_ANSWER_DATABASE_URL")
    monkeypatch.setenv("SANSDELAI_OWNER_DATABASE_URL", "postgresql://owner:Geheim2@db/store")
    assert "Geheim" not in repr(get_settings())


def test_a_misspelt_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that sets nothing is worse than a wrong one; other programs' variables are left alone."""
    monkeypatch.setenv("SANSDELAI_FAULT_POINT", "x")
    said = refused(monkeypatch, SMPT_HOST="mail.hotline.example")
    assert "SANSDELAI_SMPT_HOST: there is no such setting; SANSDELAI_SMTP_HOST is meant?" in said
    assert "FAULT_POINT" not in said


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.9.9.9"])
def test_letters_go_in_clear_text_to_this_machine_only(host: str) -> None:
    """`smtp_tls = none` needs a loopback host; anywhere else it is refused."""
    assert get_settings(smtp_host=host).smtp_tls == "none"
    with pytest.raises(SettingsFault, match="loopback only"):
        get_settings(smtp_host="10.0.0.1")
    assert get_settings(smtp_host="10.0.0.1", smtp_tls="tls").smtp_tls == "tls"


@pytest.mark.parametrize("prefect", ["postgresql://a:b@db/one", "postgresql+asyncpg://other@DB:5432/one?ssl=require"])
def test_store_and_prefect_never_share_a_database(prefect: str) -> None:
    """Both keep a table alembic_version: one of them would be destroyed."""
    store = "postgresql://u:p@db:5432/one"
    with pytest.raises(SettingsFault, match="PREFECT_DATABASE_URL: must name another database"):
        get_settings(database_url=store, prefect_database_url=prefect)
    settings = get_settings(database_url=store, prefect_database_url="postgresql://u:p@db/two")
    assert settings.database_url == "postgresql+asyncpg://u:p@db:5432/one"


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a person would write them."""
    monkeypatch.setenv("SANSDELAI_PROBE_BODIES", "hate-speech, fraud")
    monkeypatch.setenv("SANSDELAI_PROBE_ALLOW", "127.0.0.1:8081,[::1]:8082")
    settings = get_settings()
    assert {"hate-speech", "fraud"} == settings.probe_bodies
    assert {"127.0.0.1:8081", "[::1]:8082"} == settings.probe_allow


def test_prefects_password_is_there_from_day_one_and_stays(home: Path) -> None:
    """Made once, 0600 in a folder of 0700; a given one goes before."""
    settings = get_settings(home=home / "data")
    first = settings.prefect_auth_string()
    assert first == get_settings(home=home / "data").prefect_auth_string()
    assert len(first.split(":")[1]) >= 40
    file = home / "data" / "secrets" / "prefect-auth"
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)
    assert get_settings(home=home, prefect_auth="me:thirteen-char").prefect_auth_string() == "me:thirteen-char"


def test_a_secret_made_by_another_process_in_between_counts(home: Path) -> None:
    """Two that start at once must not each believe in a password of their own."""
    assert kept_secret(home / "secrets" / "one") == kept_secret(home / "secrets" / "one", prefix="other")
    assert [path.name for path in (home / "secrets").iterdir()] == ["one"]


def test_the_data_folder_follows_the_desktop_rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """XDG_DATA_HOME decides where it is set; SANSDELAI_HOME goes before it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert tmp_path / "sansdelai" == default_home() == get_settings().home
    monkeypatch.setenv("SANSDELAI_HOME", "~/elsewhere")
    assert Path.home() / "elsewhere" == get_settings().home


def test_settings_do_not_change_while_the_program_runs() -> None:
    """Frozen."""
    with pytest.raises(ValueError, match="frozen"):
        get_settings().web_port = 1


MAILBOX = {"imap_host": "mail.hotline.example", "imap_username": "answers", "imap_password": "Geheim5"}


def test_no_mailbox_is_read_until_one_is_named() -> None:
    """Without a host nothing is read; with one, everything that is needed is asked for at once."""
    assert get_settings().imap_host is None
    settings = get_settings(**MAILBOX)
    assert (settings.imap_port, settings.imap_tls, settings.imap_folder) == (993, "tls", "INBOX")
    assert "Geheim" not in repr(settings)
    with pytest.raises(SettingsFault, match=r"IMAP_USERNAME: must be given where SANSDELAI_IMAP_HOST is"):
        get_settings(imap_host="mail.hotline.example")
    with pytest.raises(SettingsFault, match="given together"):
        get_settings(imap_host="mail.hotline.example", imap_username="answers")
    with pytest.raises(SettingsFault, match="given together"):
        get_settings(imap_password="Geheim5")


@pytest.mark.parametrize(("given", "said"), [
    ({**MAILBOX, "imap_tls": "none"}, "IMAP_TLS: 'none' is allowed on loopback only"),
    ({**MAILBOX, "imap_folder": "a\r\nb"}, "IMAP_FOLDER: must be one line"),
    ({"answers_address": "a b@hotline.example"}, "ANSWERS_ADDRESS: must be one bare address"),
    ({"answers_address": "answers+x@hotline.example"}, "ANSWERS_ADDRESS: must have no \\+"),
    ({"trusted_authserv": "mx.hotline.example, *.example"}, r"TRUSTED_AUTHSERV: .*not \*\.example"),
    ({"inbox_most_bytes": 10}, "INBOX_MOST_BYTES"),
    ({"smtp_per_recipient": 0}, "SMTP_PER_RECIPIENT"),
    ({"smtp_rate_per_minute": -1}, "SMTP_RATE_PER_MINUTE"),
])  # fmt: skip
def test_a_mailbox_that_cannot_be_meant_is_refused(given: dict[str, str], said: str) -> None:
    """By the variable's name, with what is allowed."""
    with pytest.raises(SettingsFault, match=said):
        get_settings(**given)


def test_a_mailbox_on_this_machine_may_be_read_in_clear_text() -> None:
    """As with the relay: loopback only."""
    assert get_settings(**{**MAILBOX, "imap_host": "127.0.0.1", "imap_tls": "none"}).imap_tls == "none"


def test_answers_come_to_the_address_that_is_nearest() -> None:
    """The one given for answers, else the one for replies, else the sender's."""
    assert get_settings().answers == ""  # nobody reads a mailbox: no address is made that only a program understands
    read = {"imap_host": "imap.hotline.example", "imap_username": "answers", "imap_password": "not-a-secret"}
    assert get_settings(**read).answers == "notices@hotline.example"
    assert get_settings(**read, reply_to="reply@hotline.example").answers == "reply@hotline.example"
    given = {"reply_to": "reply@hotline.example", "answers_address": "answers@hotline.example"}
    assert get_settings(**given).answers == "answers@hotline.example"


def test_names_of_trusted_servers_are_compared_in_lower_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """Written with commas, in whatever case."""
    monkeypatch.setenv("SANSDELAI_TRUSTED_AUTHSERV", "MX.Hotline.Example, mx2.hotline.example")
    assert {"mx.hotline.example", "mx2.hotline.example"} == get_settings().trusted_authserv


def test_the_relays_log_has_an_absolute_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when it is written with a tilde; without it no log is read."""
    assert get_settings().postfix_log is None
    monkeypatch.setenv("SANSDELAI_POSTFIX_LOG", "~/mail.log")
    assert get_settings().postfix_log == Path.home() / "mail.log"


ROLE = "postgresql://page:Geheim9@db.example/store"


def test_the_answer_page_may_know_its_own_role_alone() -> None:
    """Its process is told no other way into the store; where the store's is told, it is another role of the same."""
    alone = get_settings(answer_database_url=ROLE)
    assert (alone.database_url, alone.answer_database_url) == (None, ROLE.replace("postgresql", "postgresql+asyncpg"))
    given = {"database_url": "postgresql://sansdelai@db.example/store", "answer_database_url": ROLE}
    assert get_settings(**given).answer_database_url
    for other in ("postgresql://page@db.example/other", "postgresql://sansdelai@db.example/store"):
        with pytest.raises(SettingsFault, match="ANSWER_DATABASE_URL: must name"):
            get_settings(**given | {"answer_database_url": other})


@pytest.mark.parametrize("other", ["prefect_port", "web_port", "health_port"])
def test_the_public_page_has_a_port_of_its_own(other: str) -> None:
    """What the proxy opens to the public is never a page of the house."""
    with pytest.raises(SettingsFault, match="must differ from"):
        get_settings(answer_port=9000, **{other: 9000})
