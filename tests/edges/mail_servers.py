"""Real SMTP servers on loopback: aiosmtpd with a handler that can say no, and a scripted one that can misbehave."""

import asyncio
import contextlib
import os
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP as SmtpServer


class Sink:
    """Keeps what it receives; `rcpt` and `data` are the answers it gives, None means yes."""

    def __init__(self, rcpt: str | None = None, data: str | None = None) -> None:
        self.rcpt, self.data = rcpt, data
        self.letters: list[tuple[str, list[str], bytes]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Accept or refuse a recipient."""
        if self.rcpt is None:
            envelope.rcpt_tos.append(address)
        return self.rcpt or "250 2.1.5 Ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep or refuse a letter."""
        if self.data is None:
            self.letters.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return self.data or "250 2.0.0 Ok: queued as 4Xyz"


@asynccontextmanager
async def running(make: Callable[[], asyncio.Protocol]) -> AsyncIterator[int]:
    """A server on a free port; its connections end with it."""
    protocols: list[asyncio.Protocol] = []

    def keep() -> asyncio.Protocol:
        protocols.append(make())
        return protocols[-1]

    server = await asyncio.get_running_loop().create_server(keep, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for protocol in protocols:
            transport = getattr(protocol, "transport", None)
            if transport is not None:
                transport.close()
        await asyncio.sleep(0)


def aiosmtpd_server(sink: Sink, **options: Any) -> Callable[[], asyncio.Protocol]:
    """A factory of aiosmtpd connections that share one sink."""
    return lambda: SmtpServer(sink, enable_SMTPUTF8=True, decode_data=False, **options)


class Scripted(asyncio.Protocol):
    """
    Answers each command from a table; an answer of None closes without a word, "hang" says nothing at all.

    `log` holds the verbs of all connections in order; after DATA was answered with 354 the whole letter is the verb
    BODY. A value may be a list: one answer for each time. `lines` takes the commands word for word.
    """

    def __init__(self, answers: dict[str, Any], log: list[str], lines: list[str] | None = None) -> None:
        self.answers, self.log = answers, log
        self.lines = lines if lines is not None else []
        self.rest, self.in_data = b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.log.append("CONNECT")
        self.say("CONNECT", "220 test ready")

    def data_received(self, data: bytes) -> None:
        """Take whole lines, or the whole letter."""
        self.rest += data
        end = b"\r\n.\r\n" if self.in_data else b"\r\n"
        while end in self.rest:
            line, self.rest = self.rest.split(end, 1)
            verb = "BODY" if self.in_data else line.split(b" ")[0].decode().upper()
            self.log.append(verb)
            if not self.in_data:
                self.lines.append(line.decode())
            self.in_data = False
            self.say(verb, "354 go on" if verb == "DATA" else "250 Ok")
            end = b"\r\n.\r\n" if self.in_data else b"\r\n"

    def say(self, verb: str, usual: str) -> None:
        """Give the answer from the table, else the usual one."""
        answer = self.answers.get(verb, usual)
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else usual
        if answer is None:
            self.transport.close()
        elif answer != "hang":
            self.in_data = verb == "DATA" and answer.startswith("354")
            self.transport.write(f"{answer}\r\n".encode())
            if answer.startswith("421"):
                self.transport.close()


@pytest.fixture(scope="session")
def certificate_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine of our own making, and its key."""
    if shutil.which("openssl") is None:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("openssl is not installed: no certificate for the TLS tests")
    folder: Path = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    with contextlib.suppress(FileNotFoundError):
        subprocess.run(command, check=True, capture_output=True)
    return cert, key


@pytest.fixture(scope="session")
def certificate(certificate_files: tuple[Path, Path]) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS contexts of a server with a certificate of its own making and of a client that trusts it."""
    cert, key = certificate_files
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(cert, key)
    return server, ssl.create_default_context(cafile=str(cert))
