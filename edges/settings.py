"""What the program must be told before it starts, read from `SANSDELAI_*` variables and checked at once.

Secrets never appear in a message, a log or a `repr`. Everything else that is wrong is said in one go, by the
name of the variable, with what is allowed there.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from edges.home import default_home, kept_secret, make_home

PREFIX = "SANSDELAI_"

_ADDRESS = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+\Z")
_HOST_PORT = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d{1,5})\Z")

Port = Annotated[int, Field(ge=1, le=65535)]
Words = Annotated[frozenset[str], NoDecode]


class SettingsFault(Exception):
    """The settings cannot be used as they are."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        head = "One setting is wrong:" if len(faults) == 1 else f"{len(faults)} settings are wrong:"
        super().__init__("\n  ".join([head, *faults]))


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Settings(BaseSettings):
    """Every setting, with its default. Frozen: a setting does not change while the program runs."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", validate_default=True)

    # Where things are kept.
    home: Path = Field(default_factory=default_home)
    organisation_file: Path | None = None
    retention_file: Path | None = None  # how long each outcome of each category is kept; a real store needs it
    master_key_file: Path | None = None  # outside the database; by default in the data folder
    database_url: str | None = Field(default=None, repr=False)
    prefect_database_url: str | None = Field(default=None, repr=False)

    # Prefect and the pages; both listen on 127.0.0.1 only.
    prefect_port: Port = 4200
    prefect_api_url: str = ""
    prefect_auth: SecretStr | None = None
    web_port: Port = 8600

    # The relay that takes our letters.
    smtp_host: str = Field(default="127.0.0.1", min_length=1)
    smtp_port: Port = 2525
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_direct: bool = False
    smtp_connections: int = Field(default=16, ge=1, le=100)

    # Who we are.
    organisation: str = Field(default="Hotline Example", min_length=1)
    sender_name: str = Field(default="Hotline Example", min_length=1)
    sender_address: str = "notices@hotline.example"
    reply_to: str | None = None
    staff_address: str | None = None
    second_staff_address: str | None = None
    staff_language: Literal["fr", "en"] = "fr"  # of our letters to our own people
    language: Literal["fr", "en"] = "fr"

    # What a probe may do. `probe_allow` is honoured in a simulated store only.
    probe_bodies: Words = frozenset()
    probe_allow: Words = frozenset()
    probe_egress: str = ""  # who looks, in words: sent as the User-Agent, so that nobody need guess

    # Who stamps our seals (RFC 3161 over HTTP), and the certificates that their signatures must lead to.
    timestamp_urls: Words = frozenset()
    timestamp_trust: Path | None = None

    # How long a claim on a duty lasts, and how long one pass may take.
    lease_seconds: int = Field(default=300, ge=10, le=3600)
    dispatch_budget_seconds: int = Field(default=50, ge=1, le=3600)

    # After a silence this long, more letters than this wait for a person; in a simulated store only if asked for.
    brake_silence_minutes: int = Field(default=60, ge=2, le=10_080)
    brake_letters: int = Field(default=200, ge=0)
    brake_simulated: bool = False

    # What `sansdelai watch` calls wrong; its page listens on 127.0.0.1 only.
    health_port: Port = 8601
    watch_every_seconds: int = Field(default=60, ge=1, le=3600)
    watch_silence_minutes: int = Field(default=10, ge=2, le=10_080)
    watch_overdue_minutes: int = Field(default=30, ge=1, le=10_080)
    watch_no_mail_out_hours: int = Field(default=24, ge=1, le=720)
    watch_seal_hours: int = Field(default=2, ge=1, le=720)
    watch_stopped_hours: int = Field(default=4, ge=1, le=720)
    watch_matter_days: int = Field(default=3, ge=1, le=365)
    watch_disk_percent: int = Field(default=5, ge=1, le=50)

    @property
    def logs(self) -> Path:
        """The folder of the log files of the parts that `make up` starts."""
        return self.home / "logs"

    @property
    def key_file(self) -> Path:
        """The master key: it opens what is private, and is backed up apart from the data."""
        return self.master_key_file or self.home / "secrets" / "master-key"

    @property
    def own_prefect(self) -> bool:
        """Whether Prefect's server is ours to start, or somebody else's to reach."""
        return self.prefect_api_url == f"http://127.0.0.1:{self.prefect_port}/api"

    def prefect_auth_string(self) -> str:
        """`user:password` for Prefect's API and pages: the one given, or one made once and kept in the data folder."""
        if self.prefect_auth is not None:
            return self.prefect_auth.get_secret_value()
        return kept_secret(make_home(self.home) / "secrets" / "prefect-auth", prefix="hotline:")

    @field_validator("home", "organisation_file", "retention_file", "master_key_file", "timestamp_trust")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value is not None else None

    @field_validator("probe_bodies", "probe_allow", "timestamp_urls", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value

    @field_validator("probe_allow")
    @classmethod
    def _host_ports(cls, value: frozenset[str]) -> frozenset[str]:
        bad = sorted(item for item in value if not _HOST_PORT.match(item))
        if bad:
            raise ValueError(f"exact host:port, separated by commas, is allowed; not {', '.join(bad)}")
        return value

    @field_validator("timestamp_urls")
    @classmethod
    def _web(cls, value: frozenset[str]) -> frozenset[str]:
        bad = sorted(item for item in value if not re.match(r"https?://[^/\s]+", item))
        if bad:
            raise ValueError(
                f"addresses like https://tsa.example/, separated by commas, are allowed; not {', '.join(bad)}"
            )
        return value

    @field_validator("database_url", "prefect_database_url")
    @classmethod
    def _postgresql(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        url = asyncpg_url(value)
        store = info.data.get("database_url") if info.field_name == "prefect_database_url" else None
        if store and _place(store) == _place(url):
            raise ValueError(
                "must name another database than SANSDELAI_DATABASE_URL (both keep a table alembic_version); "
                "create a second one, for example with: createdb prefect"
            )
        return url

    @field_validator("prefect_api_url")
    @classmethod
    def _api_url(cls, value: str, info: ValidationInfo) -> str:
        if not value:
            return f"http://127.0.0.1:{info.data.get('prefect_port', 4200)}/api"
        if not re.match(r"https?://[^/\s]+(/\S*)?/api/?\Z", value):
            raise ValueError("must be like http://127.0.0.1:4200/api, with /api at its end")
        return value.rstrip("/")

    @field_validator("prefect_auth")
    @classmethod
    def _user_and_password(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.match(r"[^:\s]+:\S{12,}\Z", value.get_secret_value()):
            raise ValueError("must be user:password, the password of at least 12 characters without spaces")
        return value

    @field_validator("web_port", "health_port")
    @classmethod
    def _own_port(cls, value: int, info: ValidationInfo) -> int:
        for other in ("prefect_port", "web_port"):
            if other != info.field_name and value == info.data.get(other):
                raise ValueError(f"must differ from {PREFIX}{other.upper()}")
        return value

    @field_validator("smtp_tls")
    @classmethod
    def _clear_text_stays_here(cls, value: str, info: ValidationInfo) -> str:
        host = info.data.get("smtp_host", "127.0.0.1")
        if value == "none" and not is_loopback(host):
            raise ValueError(f"'none' is allowed on loopback only; for {host} use 'starttls' or 'tls'")
        return value

    @field_validator("smtp_password")
    @classmethod
    def _pair(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if (value is None) != (info.data.get("smtp_username") is None):
            raise ValueError(f"{PREFIX}SMTP_USERNAME and {PREFIX}SMTP_PASSWORD are given together or not at all")
        return value

    @field_validator("sender_address", "reply_to", "staff_address", "second_staff_address")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not _ADDRESS.match(value):
            raise ValueError("must be one bare address like notices@hotline.example")
        return value

    @field_validator("organisation", "sender_name")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if not value.isprintable():
            raise ValueError("must be one line without control characters")
        return value

    @field_validator("dispatch_budget_seconds")
    @classmethod
    def _shorter_than_lease(cls, value: int, info: ValidationInfo) -> int:
        if value >= info.data.get("lease_seconds", value + 1):
            raise ValueError(
                f"must be shorter than {PREFIX}LEASE_SECONDS, else a claim ends under the pass that holds it"
            )
        return value


def asyncpg_url(text: str) -> str:
    """The same database as a URL for SQLAlchemy over asyncpg; raises ValueError for what is not PostgreSQL."""
    allowed = "must be like postgresql://user:password@host:5432/database"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError(allowed) from None
    if url.drivername not in {"postgresql", "postgres", "postgresql+asyncpg"} or not url.database:
        raise ValueError(allowed)
    return url.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


def _place(text: str) -> tuple[str, int, str]:
    """Server, port and name of a database: what makes two URLs mean the same one."""
    url = make_url(text)
    host = url.host or str(url.query.get("host", ""))
    return ("loopback" if not host or is_loopback(host) else host.lower(), url.port or 5432, url.database or "")


def _fault(variable: str, message: str) -> str:
    """One line for one wrong setting; the given value is left out, for it may be a secret."""
    return f"{PREFIX}{variable.upper()}: {message.removeprefix('Value error, ')}"


def _misspelt() -> list[str]:
    """Variables that set nothing because their name is almost, but not quite, that of a setting."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    faults = []
    for name in sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known):
        if close := difflib.get_close_matches(name, known, n=1, cutoff=0.85):
            faults.append(f"{name}: there is no such setting; {close[0]} is meant?")
    return faults


def get_settings(**given: Any) -> Settings:
    """The settings from the environment, overridden by what is given; raises SettingsFault with all faults at once."""
    faults = _misspelt()
    try:
        settings = Settings(**given)
    except ValidationError as refused:
        faults += [_fault(".".join(map(str, error["loc"])), error["msg"]) for error in refused.errors()]
    if faults:
        raise SettingsFault(faults)
    return settings
