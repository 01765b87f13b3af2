"""The time-stamp client against a real authority on loopback, well behaved and not."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from edges.timestamp import (
    AuthorityDown,
    AuthorityRefused,
    StampFailure,
    Stamps,
    TrustUnreadable,
    WrongToken,
    read_trust,
    stamp,
)
from proof.verify import WHOLE, verify
from tests.conftest import free_port
from tests.proof.authority import Authority
from tests.proof.bundle import make

BODY = b'{"number":1}'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where keys are made once for all tests of this file."""
    return tmp_path_factory.mktemp("authorities")


_made: dict[str, Authority] = {}


@pytest.fixture
def serve(program: Callable[[str], str], folder: Path) -> Iterator[Callable[[str], Authority]]:
    """Starts an authority by name; it behaves until told otherwise, and stops with the test."""
    running: list[Authority] = []

    def start(name: str = "Test") -> Authority:
        if name not in _made:
            _made[name] = Authority(program("openssl"), folder / name, name)
        authority = _made[name]
        authority.mode, authority.asked = "ok", []
        running.append(authority.__enter__())
        return authority

    yield start
    for authority in running:
        authority.off()


def trust_in(*authorities: Authority) -> list[x509.Certificate]:
    """Their roots."""
    return [one for authority in authorities for one in read_trust(authority.root)]


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What stands inside takes no longer."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def the_failure(stamps: Stamps) -> StampFailure:
    """The only failure, and no token beside it."""
    assert stamps.tokens == ()
    (found,) = stamps.failures
    return found


async def test_a_token_comes_back_with_its_time(serve: Callable[[str], Authority]) -> None:
    """The bytes as received; they pass the verifier."""
    authority = serve("Test")
    stamps = await stamp([authority.url], BODY, trust_in(authority))
    ((url, token, at),) = stamps.tokens
    assert (url, stamps.failures) == (authority.url, ())
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)
    assert len(token) > 500


async def test_the_body_never_leaves_the_house(serve: Callable[[str], Authority]) -> None:
    """Only its digest does, each time under another nonce."""
    authority = serve("Test")
    await stamp([authority.url, authority.url], BODY)
    assert len(set(authority.asked)) == 2
    assert not any(BODY in query for query in authority.asked)


async def test_a_stamped_seal_passes_the_verifier(serve: Callable[[str], Authority], tmp_path: Path) -> None:
    """From here to the verifier without a hand in between."""
    authority, bundle = serve("Test"), make()
    seals = bundle.get("seals.json")
    for number, seal in enumerate(seals, 4):
        (token,) = (await stamp([authority.url], seal["body"].encode(), trust_in(authority))).tokens
        seal["tokens"] = [f"tokens/{number:06d}-1.tsr"]
        bundle.files[seal["tokens"][0]] = token.token
    bundle.put("seals.json", seals)
    bundle.forge_manifest()
    outcome = verify(bundle.zip(tmp_path / "x.zip"), authority.root)
    assert (outcome.code, outcome.sentences[0]) == (WHOLE, "WHOLE: every link holds.")


@pytest.mark.parametrize(
    ("mode", "kind", "words"),
    [
        ("garbage", WrongToken, "the answer cannot be read"),
        ("page", WrongToken, "of another type"),
        ("huge", WrongToken, "longer than 65536 bytes"),
        ("other", WrongToken, "stamps something else"),
        ("refuse", AuthorityRefused, "refused with status 2"),
        ("forbidden", AuthorityRefused, "status 403"),
        ("error", AuthorityDown, "status 500"),
    ],
)
@pytest.mark.parametrize("trusting", [True, False])
async def test_what_is_no_token_does_not_count(
    mode: str, kind: type[StampFailure], words: str, trusting: bool, serve: Callable[[str], Authority]
) -> None:
    """Each kind of trouble has its own error, with or without trust anchors."""
    authority = serve("Test")
    authority.mode = mode
    failure = the_failure(await stamp([authority.url], BODY, trust_in(authority) if trusting else None))
    assert (type(failure), failure.url) == (kind, authority.url)
    assert words in str(failure) and str(kind.__doc__) in str(failure)


async def test_an_earlier_token_for_the_same_body_does_not_count(serve: Callable[[str], Authority]) -> None:
    """The nonce tells that it answers another request."""
    authority = serve("Test")
    assert (await stamp([authority.url], BODY)).tokens
    authority.mode = "replay"
    assert isinstance(the_failure(await stamp([authority.url], BODY)), WrongToken)


async def test_an_authority_that_nobody_trusts_does_not_count(serve: Callable[[str], Authority]) -> None:
    """With anchors given; without, its token is kept, and the verifier calls it unproven."""
    authority, stranger = serve("Test"), serve("Stranger")
    failure = the_failure(await stamp([stranger.url], BODY, trust_in(authority)))
    assert isinstance(failure, WrongToken) and "not trusted" in str(failure)
    assert (await stamp([stranger.url], BODY)).tokens


async def test_no_anchor_at_all_trusts_nobody(serve: Callable[[str], Authority]) -> None:
    """An empty list is a list, not the absence of one."""
    assert isinstance(the_failure(await stamp([serve("Test").url], BODY, [])), WrongToken)


async def test_one_authority_down_loses_nothing(serve: Callable[[str], Authority]) -> None:
    """The other's token comes, and the failure is told beside it."""
    authority = serve("Test")
    gone = f"http://127.0.0.1:{free_port()}/tsr"
    with within(5):
        stamps = await stamp([gone, authority.url], BODY, trust_in(authority))
    assert [token.url for token in stamps.tokens] == [authority.url]
    assert [(type(one), one.url) for one in stamps.failures] == [(AuthorityDown, gone)]


async def test_a_slow_authority_does_not_hold_up_the_others(serve: Callable[[str], Authority]) -> None:
    """All are asked at once, and each has its time."""
    fast, slow = serve("Test"), serve("Stranger")
    slow.mode = "slow"
    with within(3):
        stamps = await stamp([slow.url, fast.url], BODY, timeout_s=0.8)
    assert [token.url for token in stamps.tokens] == [fast.url]
    (failure,) = stamps.failures
    assert isinstance(failure, AuthorityDown) and "within 0.8 s" in str(failure)


async def test_an_answer_that_drips_is_cut_off() -> None:
    """The time bounds the whole answer, not each piece of it."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"0")
            await asyncio.sleep(0.1)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    with within(3):
        assert isinstance(the_failure(await stamp([url], BODY, timeout_s=0.6)), AuthorityDown)
    server.close()


async def test_a_redirect_is_a_refusal() -> None:
    """Nobody sends us elsewhere."""

    async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(elsewhere, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    assert isinstance(the_failure(await stamp([url], BODY)), AuthorityRefused)
    server.close()


@pytest.mark.parametrize("url", ["", "ftp://authority.example/", "http://", "no address", "http://[::1"])
async def test_what_is_no_address_is_told(url: str) -> None:
    """A setting with a slip of the pen must not lose the seal either."""
    failure = the_failure(await stamp([url], BODY))
    assert failure.url == url


async def test_no_authority_gives_no_token() -> None:
    """And no failure."""
    assert await stamp([], BODY) == Stamps((), ())


async def test_an_error_tells_the_host_only() -> None:
    """An address may hold a password; messages go into logs."""
    url = f"http://user:secret@127.0.0.1:{free_port()}/token-abc"
    failure = the_failure(await stamp([url], BODY))
    assert "127.0.0.1" in str(failure)
    assert "secret" not in str(failure) and "token-abc" not in str(failure)


@pytest.mark.parametrize("data", [b"", b"garbage", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_trust_file_of_garbage_is_refused(data: bytes, tmp_path: Path) -> None:
    """At once, before anybody believes that tokens were checked."""
    (tmp_path / "trust.pem").write_bytes(data)
    with pytest.raises(TrustUnreadable):
        read_trust(tmp_path / "trust.pem")
