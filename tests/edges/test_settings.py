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
