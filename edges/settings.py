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
_SERVER_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\Z")
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
    owner_database_url: str | None = Field(default=None, repr=False)  # the same one as the role that owns the tables
    answer_database_url: str | None = Field(default=None, repr=False)  # and as the role of the public pages
    prefect_database_url: str | None = Field(default=None, repr=False)

    # Prefect and the pages; both listen on 127.0.0.1 only.
    prefect_port: Port = 4200
    prefect_api_url: str = ""
    prefect_auth: SecretStr | None = None
    web_port: Port = 8600

    # The answer page: its own address and port; without an address letters carry no link.
    answer_url: str = ""  # https://answers.hotline.example, as the public sees it
    answer_port: Port = 8602
    answer_days: int = Field(default=180, ge=1, le=3650)  # how long a link can be used
    answer_key_file: Path | None = None  # what the page needs to know links; by default in the data folder

    # The relay that takes our letters.
    smtp_host: str = Field(default="127.0.0.1", min_length=1)
    smtp_port: Port = 2525
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_direct: bool = False
    smtp_connections: int = Field(default=16, ge=1, le=100)
    smtp_per_recipient: int = Field(default=2, ge=1, le=100)  # transactions with one recipient at a time
    smtp_rate_per_minute: int = Field(default=600, ge=0, le=100_000)  # letters to one recipient; 0 is no bound
    postfix_log: Path | None = None  # of a relay on this machine: it says which addressee's server took a letter

    # The mailbox that answers come to; without a host none is read.
    imap_host: str | None = Field(default=None, min_length=1)
    imap_port: Port = 993
    imap_tls: Literal["none", "starttls", "tls"] = "tls"
    imap_username: str | None = Field(default=None, min_length=1)
    imap_password: SecretStr | None = None
    imap_folder: str = Field(default="INBOX", min_length=1, max_length=200)
    inbox_most_bytes: int = Field(default=30_000_000, ge=100_000, le=200_000_000)  # of one message that is read whole
    trusted_authserv: Words = frozenset()  # whose Authentication-Results are believed: our own mail server's name

    # Who we are.
    organisation: str = Field(default="Hotline Example", min_length=1)
    sender_name: str = Field(default="Hotline Example", min_length=1)
    sender_address: str = "notices@hotline.example"
    reply_to: str | None = None
    answers_address: str | None = None  # answers come to local+token@domain; with a mailbox set, by default reply_to
    staff_address: str | None = None
    second_staff_address: str | None = None
    staff_language: Literal["fr", "en"] = "fr"  # of our letters to our own people
    language: Literal["fr", "en"] = "fr"

    # What a probe may do. `probe_allow` is honoured in a simulated store only.
    probe_bodies: Words = frozenset()
    probe_allow: Words = frozenset()
    probe_egress: str = ""  # who looks, in words: sent as the User-Agent, so that nobody need guess

    # How addressees are looked up, and what their own forms ask for.
    rdap_bootstrap: str = "https://data.iana.org/rdap/"  # where RFC 9224 says which registry answers for what
    forms_folder: Path | None = None  # TOML files that describe forms and portals, beside ours

    # Who stamps our seals (RFC 3161 over HTTP), and the certificates that their signatures must lead to.
    timestamp_urls: Words = frozenset()
    timestamp_trust: Path | None = None

    # How long it is known who looked at a report; more than a year needs the reason, in writing.
    read_log_reason: str = ""
    read_log_months: int = Field(default=12, ge=6, le=36)

    # How long a claim on a duty lasts, and how long one pass may take.
    lease_seconds: int = Field(default=300, ge=10, le=3600)
    dispatch_budget_seconds: int = Field(default=50, ge=1, le=3600)

    # After a silence this long, more letters than this wait for a person; in a simulated store only if asked for.
    notice_together: int = Field(default=50, ge=1, le=50)  # reports in one notice to one recipient; 1: each its own
    brake_silence_minutes: int = Field(default=60, ge=2, le=10_080)
    brake_letters: int = Field(default=200, ge=0)
    brake_simulated: bool = False

    # What `sansdelai watch` calls wrong; its page listens on 127.0.0.1 only.
    health_port: Port = 8601
    watch_every_seconds: int = Field(default=60, ge=1, le=3600)
    watch_silence_minutes: int = Field(default=10, ge=2, le=10_080)
    watch_overdue_minutes: int = Field(default=30, ge=1, le=10_080)
    watch_no_mail_out_hours: int = Field(default=24, ge=1, le=720)
    watch_mailbox_minutes: int = Field(default=20, ge=3, le=10_080)
    watch_no_mail_in_hours: int = Field(default=48, ge=1, le=720)
    watch_quarantine_hours: int = Field(default=24, ge=1, le=720)
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
    def answers(self) -> str:
        """The mailbox that each letter's own reply address is made from; empty where nobody reads one."""
        if self.answers_address or self.imap_host:
            return self.answers_address or self.reply_to or self.sender_address
        return ""

    @property
    def page_key_file(self) -> Path:
        """The key of the answer page: it knows our links and closes boxes that only the program opens."""
        return self.answer_key_file or self.home / "secrets" / "answer-key"

    @property
    def own_prefect(self) -> bool:
        """Whether Prefect's server is ours to start, or somebody else's to reach."""
        return self.prefect_api_url == f"http://127.0.0.1:{self.prefect_port}/api"

    def prefect_auth_string(self) -> str:
        """`user:password` for Prefect's API and pages: the one given, or one made once and kept in the data folder."""
        if self.prefect_auth is not None:
            return self.prefect_auth.get_secret_value()
        return kept_secret(make_home(self.home) / "secrets" / "prefect-auth", prefix="hotline:")

    @field_validator(
        "home", "organisation_file", "retention_file", "master_key_file", "timestamp_trust", "postfix_log",
        "answer_key_file", "forms_folder",
    )  # fmt: skip
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value is not None else None

    @field_validator("read_log_months")
    @classmethod
    def _a_year_or_a_reason(cls, value: int, info: ValidationInfo) -> int:
        if value > 12 and not str(info.data.get("read_log_reason", "")).strip():
            raise ValueError(f"more than 12 months need a written reason: {PREFIX}READ_LOG_REASON")
        return value

    @field_validator("probe_bodies", "probe_allow", "timestamp_urls", "trusted_authserv", mode="before")
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

    @field_validator("answer_url")
    @classmethod
    def _public_page(cls, value: str) -> str:
        if value and not re.match(r"https?://[^/\s]+\Z", value.rstrip("/")):
            raise ValueError("must be like https://answers.hotline.example, without a path")
        if value.startswith("http://") and not is_loopback(value.removeprefix("http://").partition(":")[0]):
            raise ValueError("must begin with https://: a link that anybody can read on the way is no proof")
        return value.rstrip("/")

    @field_validator("answer_port")
    @classmethod
    def _port_of_its_own(cls, value: int, info: ValidationInfo) -> int:
        if value in {info.data.get("prefect_port"), info.data.get("web_port")}:
            raise ValueError(f"must differ from {PREFIX}PREFECT_PORT and {PREFIX}WEB_PORT: this page is public")
        return value

    @field_validator("rdap_bootstrap")
    @classmethod
    def _over_tls(cls, value: str) -> str:
        if not re.match(r"(https://[^/\s@]+|http://(127\.0\.0\.1|localhost)(:\d{1,5})?)/(\S*/)?\Z", value):
            raise ValueError("must be like https://data.iana.org/rdap/, with a slash at its end; http on loopback only")
        return value

    @field_validator("database_url", "owner_database_url", "answer_database_url", "prefect_database_url")
    @classmethod
    def _postgresql(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        url = asyncpg_url(value)
        if info.field_name == "answer_database_url" and info.data.get("database_url") is None:
            return url  # the page's own process, which is told no other way into the store (`cli.up`)
        if info.field_name in {"owner_database_url", "answer_database_url"}:
            return _other_role(url, info.data.get("database_url"))
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
        for other in ("prefect_port", "web_port", "answer_port"):
            if other != info.field_name and value == info.data.get(other):
                raise ValueError(f"must differ from {PREFIX}{other.upper()}")
        return value

    @field_validator("smtp_tls", "imap_tls")
    @classmethod
    def _clear_text_stays_here(cls, value: str, info: ValidationInfo) -> str:
        host = info.data.get("smtp_host" if info.field_name == "smtp_tls" else "imap_host") or "127.0.0.1"
        if value == "none" and not is_loopback(host):
            raise ValueError(f"'none' is allowed on loopback only; for {host} use 'starttls' or 'tls'")
        return value

    @field_validator("smtp_password")
    @classmethod
    def _pair(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if (value is None) != (info.data.get("smtp_username") is None):
            raise ValueError(f"{PREFIX}SMTP_USERNAME and {PREFIX}SMTP_PASSWORD are given together or not at all")
        return value

    @field_validator("imap_username")
    @classmethod
    def _a_mailbox_has_a_user(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("imap_host") is not None:
            raise ValueError(f"must be given where {PREFIX}IMAP_HOST is")
        return value

    @field_validator("imap_password")
    @classmethod
    def _imap_pair(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if (value is None) != (info.data.get("imap_username") is None):
            raise ValueError(f"{PREFIX}IMAP_USERNAME and {PREFIX}IMAP_PASSWORD are given together or not at all")
        return value

    @field_validator("trusted_authserv")
    @classmethod
    def _server_names(cls, value: frozenset[str]) -> frozenset[str]:
        bad = sorted(name for name in value if not _SERVER_NAME.match(name))
        if bad:
            raise ValueError(f"names like mx.hotline.example, separated by commas, are allowed; not {', '.join(bad)}")
        return frozenset(name.lower() for name in value)

    @field_validator("answers_address")
    @classmethod
    def _nothing_after_a_plus_yet(cls, value: str | None) -> str | None:
        if value is not None and "+" in value.partition("@")[0]:
            raise ValueError("must have no + before the @: what tells the letters apart is added there")
        return value

    @field_validator("sender_address", "reply_to", "answers_address", "staff_address", "second_staff_address")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not _ADDRESS.match(value):
            raise ValueError("must be one bare address like notices@hotline.example")
        return value

    @field_validator("organisation", "sender_name", "imap_folder")
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


def _other_role(url: str, store: str | None) -> str:
    """The store's own database for another role; raises ValueError for another database, or the same role."""
    if store is None or _place(store) != _place(url):
        raise ValueError("must name the database of SANSDELAI_DATABASE_URL, with another role")
    if make_url(store).username == make_url(url).username:
        raise ValueError("must name another role than SANSDELAI_DATABASE_URL")
    return url


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
