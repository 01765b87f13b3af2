"""
Read and classify incoming messages: `python -m bench.incoming [N]`, 10,000 if not said otherwise.

Seeded and varied: plain and HTML, quoted originals, attachments, bounces, French and English. The yardstick is the
standard library's parser alone in the same run, without decoding or looking at anything.
"""

import base64
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default

from edges.answer_rules import classify
from edges.message import read_message

COUNT = 10_000
YARDSTICK = 2_000  # messages of the same kind that the standard library parses

SENTENCES = {
    "en": (
        "We have received your report and will review it.",
        "The content you reported has been removed.",
        "We reviewed the post and found that it does not violate our rules.",
        "Please provide the URL of each page.",
        "This content is not hosted by us.",
    ),
    "fr": (
        "Nous avons bien reçu votre signalement.",
        "Le contenu signalé a été supprimé.",
        "Nous ne pouvons pas donner suite à votre demande.",
        "Merci de nous indiquer l'adresse exacte de la page.",
        "Ce site n'est pas hébergé par nos soins.",
    ),
}
POLITE = {
    "en": "Dear team,\n\n{}\n\nKind regards,\nThe abuse desk\n\nOn Mon, 2 Mar 2026 at 10:00, Hotline wrote:\n{}",
    "fr": "Bonjour,\n\n{}\n\nCordialement,\nL'équipe modération\n\nLe lun. 2 mars 2026 à 10:00, la ligne a écrit :\n{}",
}
WORDS = [
    "notice", "content", "location", "legal", "text", "article", "member", "page", "platform", "service", "contenu",
    "illicite", "demande", "retrait",
]  # fmt: skip


def main(count: int = COUNT) -> None:
    """Print messages a second for both, the ratio, and what was found."""
    messages = make(count)
    size = sum(map(len, messages)) / len(messages)
    kinds: Counter[str] = Counter()
    started = time.perf_counter()
    for raw in messages:
        kinds[classify(read_message(raw)).kind] += 1
    ours = (time.perf_counter() - started) / len(messages)
    few = messages[:YARDSTICK]
    started = time.perf_counter()
    for raw in few:
        message_from_bytes(raw, policy=default)
    theirs = (time.perf_counter() - started) / len(few)
    print(f"{count:,} messages of {size:,.0f} bytes on average: {ours * count:.1f} s")
    print(f"read and classified: {1 / ours:,.0f} a second ({ours * 1_000:.2f} ms each)")
    print(f"email.message_from_bytes alone: {1 / theirs:,.0f} a second ({theirs * 1_000:.2f} ms each)")
    print(f"ratio: {ours / theirs:.2f}")
    print(", ".join(f"{kind} {number}" for kind, number in kinds.most_common()))


def make(count: int, seed: int = 5) -> list[bytes]:
    """That many messages, the same for the same seed."""
    rng = random.Random(seed)
    kinds: tuple[Callable[[random.Random, int], bytes], ...] = (
        _plain,
        _plain,
        _plain,
        _html,
        _html,
        _attached,
        _bounce,
    )
    return [rng.choice(kinds)(rng, number) for number in range(count)]


def _head(rng: random.Random, number: int, sender: str = "abuse") -> str:
    received = "".join(
        f"Received: from mx{hop}.example (mx{hop}.example [192.0.2.{hop}])\r\n"
        f"\tby in.example with ESMTPS id {rng.randrange(10**12):x}\r\n"
        f"\tfor <answers+{number:x}@hotline.example>; Mon, 2 Mar 2026 10:0{hop}:00 +0100\r\n"
        for hop in range(rng.randrange(2, 6))
    )
    signature = base64.b64encode(rng.randbytes(256)).decode()
    folded = "\r\n\t".join(signature[at : at + 70] for at in range(0, len(signature), 70))
    subject = base64.b64encode(f"Re: notification R-2026-{number:06} – réponse".encode()).decode()
    return (
        f"Return-Path: <{sender}@p{number % 50}.example>\r\n"
        f"Delivered-To: answers+{number:x}@hotline.example\r\n{received}"
        f"DKIM-Signature: v=1; a=rsa-sha256; d=p{number % 50}.example; s=k; h=from:to; b={folded}\r\n"
        f"From: =?utf-8?q?=C3=89quipe?= <{sender}@p{number % 50}.example>\r\nTo: answers+{number:x}@hotline.example\r\n"
        f"Subject: =?utf-8?b?{subject}?=\r\n"
        f"Message-ID: <{rng.randrange(2**64):x}@p{number % 50}.example>\r\n"
        f"In-Reply-To: <{rng.randrange(2**64):x}@hotline.example>\r\n"
        "Date: Mon, 2 Mar 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
    )


def _words(rng: random.Random) -> str:
    language = rng.choice(("en", "fr"))
    quoted = "\n".join("> " + " ".join(rng.choices(WORDS, k=9)) for _ in range(rng.randrange(10, 60)))
    return POLITE[language].format(rng.choice(SENTENCES[language]), quoted).replace("\n", "\r\n")


def _plain(rng: random.Random, number: int) -> bytes:
    return (_head(rng, number) + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + _words(rng)).encode()


def _html(rng: random.Random, number: int) -> bytes:
    text = _words(rng)
    cells = "".join(
        f'<div class="c{line % 7}" style="margin:0;padding:0">{one}</div>\r\n'
        for line, one in enumerate(text.splitlines())
    )
    html = f"<html><head><style>.c1{{color:red}}</style></head><body>{cells}</body></html>"
    parts = (("plain", text), ("html", html))
    body = "".join(f"--alt\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n{one}\r\n" for kind, one in parts)
    return (
        _head(rng, number) + 'Content-Type: multipart/alternative; boundary="alt"\r\n\r\n' + body + "--alt--\r\n"
    ).encode()


def _attached(rng: random.Random, number: int) -> bytes:
    kind, start = rng.choice(
        (("application/pdf", b"%PDF-1.7\n"), ("image/png", b"\x89PNG\r\n\x1a\n"), ("application/zip", b"PK\x03\x04"))
    )
    file = base64.encodebytes(start + rng.randbytes(rng.randrange(5_000, 60_000))).replace(b"\n", b"\r\n")
    body = f"--mix\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{_words(rng)}\r\n"
    body += f"--mix\r\nContent-Type: {kind}; name=file\r\n"
    head = _head(rng, number) + 'Content-Type: multipart/mixed; boundary="mix"\r\n\r\n'
    return (head + body + "Content-Transfer-Encoding: base64\r\n\r\n").encode() + file + b"--mix--\r\n"


def _bounce(rng: random.Random, number: int) -> bytes:
    status = rng.choice(("failed\r\nStatus: 5.1.1", "delayed\r\nStatus: 4.4.1", "delivered\r\nStatus: 2.0.0"))
    recipient = f"abuse@p{number % 50}.example"
    report = f"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {recipient}\r\nAction: {status}\r\n"
    parts = (
        ("text/plain", "This is the mail system. A report follows.\r\n"),
        ("message/delivery-status", report),
        ("message/rfc822", _plain(rng, number).decode()),
    )
    body = "".join(f"--dsn\r\nContent-Type: {kind}\r\n\r\n{one}\r\n" for kind, one in parts)
    head = _head(rng, number, "mailer-daemon")
    return (
        head
        + "Content-Type: multipart/report; report-type=delivery-status; boundary=dsn\r\n\r\n"
        + body
        + "--dsn--\r\n"
    ).encode()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
