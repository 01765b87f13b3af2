"""
A real time-stamp authority on loopback: `openssl ts` behind a small HTTP server.

It makes a root and a certificate for stamping in a folder of its own, and can be told to misbehave.
"""

import subprocess
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

CONFIG = """
[req]
distinguished_name = dn
prompt = no
[dn]
CN = {name} root
O = Example
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[stamps]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,{use}
[tsa]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = {digests}
accuracy = secs:1
tsa_name = yes
ess_cert_id_alg = sha256
"""
EC = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"


@dataclass
class Authority:
    """
    An authority; `mode` is what it does now.

    "ok" stamps, "slow" waits for `delay` seconds first, "garbage" answers no DER, "other" stamps another digest,
    "replay" answers with an earlier token for the same digest, "huge" never stops, "page" sends an HTML page,
    "error" says 500, "forbidden" says 403, "refuse" sends a proper refusal.
    """

    openssl: str
    folder: Path
    name: str = "Test"
    mode: str = "ok"
    delay: float = 5.0
    asked: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, digests in (("tsa.cnf", "sha256"), ("refuse.cnf", "sha512")):
            text = CONFIG.format(name=self.name, folder=self.folder, use="timeStamping", digests=digests)
            (self.folder / name).write_text(text)
        (self.folder / "serial").write_text("01\n")
        self._run(f"req -x509 {EC} -keyout root.key -out root.pem -days 30 -config tsa.cnf -extensions root")
        subject = f"/O=Example/CN={self.name} stamps"
        self._run(f"req {EC} -keyout tsa.key -out tsa.csr -config tsa.cnf", "-subj", subject)
        signed = "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -out tsa.pem -days 30"
        self._run(f"{signed} -extfile tsa.cnf -extensions stamps")
        self._lock = threading.Lock()

    @property
    def root(self) -> Path:
        """The certificate to trust, as a PEM file."""
        return self.folder / "root.pem"

    @property
    def url(self) -> str:
        """Where it is reached while it runs."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/tsr"

    def stamp(self, body: bytes) -> bytes:
        """A TimeStampResp over SHA-256 of a body, without HTTP."""
        request = TimestampRequestBuilder().data(body).hash_algorithm(HashAlgorithm.SHA256).build()
        return self.reply(request.as_bytes())

    def reply(self, query: bytes, config: str = "tsa.cnf") -> bytes:
        """What `openssl ts` answers to a query."""
        with self._lock:
            (self.folder / "query").write_bytes(query)
            (self.folder / "answer").unlink(missing_ok=True)
            made = (
                f"ts -reply -queryfile query -signer tsa.pem -inkey tsa.key -config {config} -section tsa -out answer"
            )
            self._run(made, check=False)
            return (self.folder / "answer").read_bytes()

    def twin(self, use: str) -> tuple[bytes, bytes]:
        """The stamping certificate, and another one of the same key, number and length for another use, both as DER."""
        old = x509.load_pem_x509_certificate((self.folder / "tsa.pem").read_bytes())
        told = CONFIG.format(name=self.name, folder=self.folder, use=use, digests="sha256")
        (self.folder / "twin.cnf").write_text(told)
        der = old.public_bytes(Encoding.DER)
        while True:  # an ECDSA signature is a byte longer or shorter by chance
            signed = f"x509 -req -in tsa.csr -CA root.pem -CAkey root.key -set_serial {old.serial_number} -days 29"
            self._run(f"{signed} -extfile twin.cnf -extensions stamps -outform DER -out twin.der")
            found = (self.folder / "twin.der").read_bytes()
            if len(found) == len(der):
                return der, found

    def _run(self, command: str, *more: str, check: bool = True) -> None:
        words = [self.openssl, *command.split(), *more]
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, timeout=30, check=False)
        if check and done.returncode:
            raise RuntimeError(done.stderr)

    def __enter__(self) -> Self:
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                answer(authority, self)

            def log_message(self, format: str, *args: object) -> None:
                """Silence."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.off()

    def off(self) -> None:
        """Switch the server off; its port then refuses connections."""
        self._server.shutdown()
        self._server.server_close()


def answer(authority: Authority, request: BaseHTTPRequestHandler) -> None:
    """One answer, as the authority's mode says."""
    query = request.rfile.read(int(request.headers["Content-Length"]))
    if request.headers["Content-Type"] != "application/timestamp-query":
        return send(request, 415, "text/plain", b"not a query")
    authority.asked.append(query)
    mode, good = authority.mode, "application/timestamp-reply"
    if mode == "slow":
        time.sleep(authority.delay)
    if mode == "garbage":
        return send(request, 200, good, b"no DER at all")
    if mode == "page":
        return send(request, 200, "text/html", b"<p>Buy now</p>")
    if mode in ("error", "forbidden"):
        return send(request, 500 if mode == "error" else 403, "text/plain", b"no")
    if mode == "huge":
        return send(request, 200, good, b"0" * 1_000_000)
    if mode == "other":
        return send(request, 200, good, authority.stamp(b"something else"))
    if mode == "replay":
        return send(request, 200, good, authority.reply(authority.asked[0]))
    return send(request, 200, good, authority.reply(query, "refuse.cnf" if mode == "refuse" else "tsa.cnf"))


def send(request: BaseHTTPRequestHandler, code: int, kind: str, body: bytes) -> None:
    """Send one answer; the other side may have gone."""
    try:
        request.send_response(code)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
    except OSError:
        pass
