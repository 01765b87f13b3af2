"""Time-stamp tokens: what an authority vouches for, and what nobody does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models import chain
from proof.verify import BROKEN, UNREADABLE, WHOLE, verify
from tests.proof.authority import Authority
from tests.proof.bundle import Bundle, make
from tests.proof.test_tampering import forged_seal

TOKEN = "tokens/000004-1.tsr"


def test_a_trusted_authority_proves_the_time(authority: Authority, tmp_path: Path) -> None:
    """Signature, certificates and the right to stamp hold: the sentence has no doubt in it."""
    outcome = verify(make(authority.stamp).zip(tmp_path / "x.zip"), authority.root)
    assert outcome.sentences[0] == "WHOLE: every link holds."
    found = [sentence for sentence in outcome.sentences if "existed before" in sentence]
    assert len(found) == 2
    assert not any("UNPROVEN" in sentence for sentence in found)


def test_without_trust_the_authority_is_unproven(authority: Authority, tmp_path: Path) -> None:
    """Whole all the same; the certificate is named so that a reader can ask whose it is."""
    outcome = verify(make(authority.stamp).zip(tmp_path / "x.zip"))
    assert outcome.code == WHOLE
    assert outcome.sentences[0].startswith("WHOLE, AUTHORITY UNPROVEN")
    (told,) = [sentence for sentence in outcome.sentences if "(seal 4)" in sentence]
    assert "if tokens/000004-1.tsr is genuine" in told
    assert "CN=Test stamps" in told and "certificate SHA-256 " in told


def test_a_token_of_another_authority_proves_nothing(authority: Authority, stranger: Authority, tmp_path: Path) -> None:
    """The trust file decides, not the export."""
    outcome = verify(make(stranger.stamp).zip(tmp_path / "x.zip"), authority.root)
    assert (outcome.code, outcome.fault) == (
        BROKEN, f"{TOKEN}: not genuine, or of an authority that is not in the trust file.",
    )  # fmt: skip


def test_one_trusted_token_of_two_is_enough(authority: Authority, stranger: Authority, tmp_path: Path) -> None:
    """The other one is told as unproven: a reader need not know every authority."""
    bundle = make(authority.stamp)
    seals = bundle.get("seals.json")
    for seal in seals:
        seal["tokens"].append(seal["tokens"][0].replace("-1", "-2"))
        bundle.files[seal["tokens"][1]] = stranger.stamp(seal["body"].encode())
    bundle.put("seals.json", seals)
    bundle.forge_manifest()
    outcome = verify(bundle.zip(tmp_path / "x.zip"), authority.root)
    assert outcome.sentences[0] == "WHOLE: every link holds."
    assert sum("AUTHORITY UNPROVEN" in sentence for sentence in outcome.sentences) == 2


@pytest.mark.parametrize(("use", "code"), [("timeStamping", WHOLE), ("serverAuth", BROKEN)])
def test_a_certificate_that_may_not_stamp_proves_nothing(
    use: str, code: int, program: Callable[[str], str], tmp_path: Path
) -> None:
    """
    The very key and root that are trusted, in a certificate for web servers.

    openssl refuses to stamp with one, so the certificate inside a good token is replaced by its twin of another use;
    the twin of the same use shows that the replacing alone does no harm.
    """
    authority = Authority(program("openssl"), tmp_path / "tsa")
    old, twin = authority.twin(use)
    bundle = make(lambda body: authority.stamp(body).replace(old, twin))
    assert twin in bundle.files[TOKEN]
    assert verify(bundle.zip(tmp_path / "x.zip"), authority.root).code == code


def test_a_forged_seal_does_not_fit_its_token(authority: Authority, tmp_path: Path) -> None:
    """A chain rewritten and sealed anew: the old token stamps another body."""
    bundle = make(authority.stamp)
    forged_seal(bundle)
    bundle.forge_manifest()
    for trust in (None, authority.root):
        assert verify(bundle.zip(tmp_path / "x.zip"), trust).fault == f"{TOKEN}: the token stamps something else."


def test_a_forger_with_an_authority_of_his_own_is_found_by_trust(
    authority: Authority, stranger: Authority, tmp_path: Path
) -> None:
    """Without trust it is whole and unproven, which is why the sentence says so."""
    bundle = make(authority.stamp)
    forged_seal(bundle)
    for seal in bundle.get("seals.json"):
        bundle.files[seal["tokens"][0]] = stranger.stamp(seal["body"].encode())
    bundle.forge_manifest()
    path = bundle.zip(tmp_path / "x.zip")
    assert verify(path).sentences[0].startswith("WHOLE, AUTHORITY UNPROVEN")
    assert verify(path, authority.root).code == BROKEN


def test_the_same_token_for_two_seals_is_found(authority: Authority, tmp_path: Path) -> None:
    """Each seal has its own imprint."""
    bundle = make(authority.stamp)
    bundle.files["tokens/000005-1.tsr"] = bundle.files[TOKEN]
    bundle.forge_manifest()
    assert "tokens/000005-1.tsr: the token stamps something else" in fault_of(bundle, tmp_path)


def test_a_token_under_another_number_is_found(authority: Authority, tmp_path: Path) -> None:
    """A token's name says which seal it belongs to."""
    bundle = make(authority.stamp)
    seals = bundle.get("seals.json")
    seals[0]["tokens"], seals[1]["tokens"] = seals[1]["tokens"], seals[0]["tokens"]
    bundle.put("seals.json", seals)
    bundle.forge_manifest()
    assert "tokens/000005-1.tsr: missing" in fault_of(bundle, tmp_path)


def test_another_time_in_a_token_is_found(authority: Authority, tmp_path: Path) -> None:
    """Under trust, by its signature; without, the claim is called unproven."""
    bundle = make(authority.stamp)
    token = bytearray(bundle.files[TOKEN])
    where = token.index(b"Z", token.index(b"\x18\x0f")) - 1  # the last digit of the generalized time
    token[where] ^= 0x01
    bundle.files[TOKEN] = bytes(token)
    bundle.forge_manifest()
    path = bundle.zip(tmp_path / "x.zip")
    assert verify(path).sentences[0].startswith("WHOLE, AUTHORITY UNPROVEN")
    assert "not genuine" in str(verify(path, authority.root).fault)


def test_every_cut_of_a_token_is_found(authority: Authority, tmp_path: Path) -> None:
    """A token that cannot be read is no token."""
    bundle = make(authority.stamp)
    token = bundle.files[TOKEN]
    for cut in (0, 1, 20, len(token) // 2, len(token) - 1):
        bundle.files[TOKEN] = token[:cut]
        bundle.forge_manifest()
        assert f"{TOKEN}: not a time-stamp token" in fault_of(bundle, tmp_path)


def test_no_changed_byte_of_a_token_upsets_the_verifier(authority: Authority, tmp_path: Path) -> None:
    """Whatever a parser stumbles over is an answer, and a time that is said to be proven is the time that was signed."""
    bundle = make(authority.stamp)
    token = bundle.files[TOKEN]
    proven = [one for one in verify(bundle.zip(tmp_path / "x.zip"), authority.root).sentences if "(seal 4)" in one]
    for where in range(0, len(token), 7):
        bundle.files[TOKEN] = token[:where] + bytes([token[where] ^ 0x81]) + token[where + 1 :]
        bundle.forge_manifest()
        outcome = verify(bundle.zip(tmp_path / "x.zip"), authority.root)
        if outcome.code == WHOLE:  # a byte outside the signature, such as the padding of a status text
            assert proven == [one for one in outcome.sentences if "(seal 4)" in one]


@pytest.mark.parametrize(
    "data", [None, b"", b"garbage", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_trust_file_that_cannot_be_read_is_no_trust(data: bytes | None, tmp_path: Path) -> None:
    """Missing, empty or garbage: nothing is called whole by mistake."""
    trust = tmp_path / "trust.pem"
    if data is not None:
        trust.write_bytes(data)
    outcome = verify(make().zip(tmp_path / "x.zip"), trust)
    assert outcome.code == UNREADABLE
    assert "the trust file holds no certificates" in str(outcome.fault)


def test_a_seal_rewritten_with_its_sum_alone_is_found(authority: Authority, tmp_path: Path) -> None:
    """The seal's own hash recomputed, its token not."""
    bundle = make(authority.stamp)
    seals = bundle.get("seals.json")
    seals[1]["body"] = seals[1]["body"].replace('"closed":"2026-11-23T09:35', '"closed":"2026-11-23T09:20')
    seals[1]["hash"] = chain.sha256(seals[1]["body"])
    bundle.put("seals.json", seals)
    bundle.forge_manifest()
    assert "tokens/000005-1.tsr: the token stamps something else" in fault_of(bundle, tmp_path)


def fault_of(bundle: Bundle, folder: Path) -> str:
    """The first fault, without trust."""
    return str(verify(bundle.zip(folder / "x.zip")).fault)
