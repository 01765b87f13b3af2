"""Encryption is verified for the reported name, although the connection goes to a checked address."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from edges.probe import Prober, Target
from law.vocabulary import Sight

NOW = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS context for one name, and a visitor's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(public, private)
    return server, ssl.create_default_context(cafile=str(public))


async def test_certificate_is_checked_for_the_name(start: Any, look: Any, tmp_path: Path) -> None:
    """TLS is verified for the name although the connection goes to an address; a failure is unavailable."""
    server, trusting = certificate(tmp_path, "site.example")
    told: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: told.append(name)
    safe = await start(server)
    safe.page("/a", "<p>words</p>")
    allow = frozenset({safe.pair(), safe.pair("other.example")})
    good = await look(safe.url("/a", scheme="https"), allow=allow, tls=trusting)
    wrong_name = await look(safe.url("/a", "other.example", "https"), allow=allow, tls=trusting)
    untrusted = await look(safe.url("/a", scheme="https"), allow=allow)
    assert [good.sight, wrong_name.sight, untrusted.sight] == [Sight.ALIVE, Sight.UNAVAILABLE, Sight.UNAVAILABLE]
    assert wrong_name.detail == untrusted.detail and "certificate" in untrusted.detail
    assert told == ["site.example", "other.example", "site.example"]
    assert len(safe.requests) == 1


async def test_connection_of_one_name_is_not_used_for_another(start: Any, names: Any, tmp_path: Path) -> None:
    """Two names at one address: a connection checked for the first never carries a request for the second."""
    server, trusting = certificate(tmp_path, "site.example")
    safe = await start(server)

    async def stay_open(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 5\r\n\r\nwords")
        await writer.drain()
        await asyncio.sleep(0.2)

    safe.routes["/a"] = stay_open
    allow = frozenset({safe.pair(), safe.pair("other.example")})
    async with Prober(allow=allow, resolver=names, tls=trusting, timeout_s=1) as prober:
        [first] = await prober.look([Target("1", safe.url("/a", scheme="https"), True)], NOW)
        [second] = await prober.look([Target("2", safe.url("/a", "other.example", "https"), True)], NOW)
    assert (first.sight, second.sight) == (Sight.ALIVE, Sight.UNAVAILABLE)
    assert "certificate" in second.detail
