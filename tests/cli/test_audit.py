"""`sansdelai audit …` as it is typed: exit codes 0 whole, 1 broken, 2 unreadable, and one clear message each."""

from pathlib import Path

from sqlalchemy import text

from models.store import Store
from tests.cli.test_commands import sansdelai
from tests.export.conftest import store  # noqa: F401  the lived store
from tests.export.lived import NUMBER
from tests.owning import as_owner


async def test_verify_export_verify(store: Store, database_url: str, home: Path, tmp_path: Path) -> None:  # noqa: F811
    """The store is whole; its export is whole on its own; cut short it is unreadable; the altered store is broken."""
    at = {"SANSDELAI_DATABASE_URL": database_url, "SANSDELAI_HOME": str(home)}
    whole = sansdelai("audit", "verify", **at)
    assert (whole.returncode, "whole: 1 reports" in whole.stdout) == (0, True), whole.stderr
    file = tmp_path / "one.zip"
    made = sansdelai("audit", "export", NUMBER, "-o", str(file), "--by", "S-07", "--lang", "en", **at)
    assert made.returncode == 0, made.stderr
    checked = sansdelai("audit", "verify", str(file))
    assert checked.returncode == 0 and "WHOLE" in checked.stdout
    assert made.stdout.split()[-1] in checked.stdout  # the fingerprint
    cut = tmp_path / "cut.zip"
    cut.write_bytes(file.read_bytes()[:1000])
    assert sansdelai("audit", "verify", str(cut)).returncode == 2
    async with as_owner(store) as connection:
        await connection.execute(text("UPDATE observation SET sight = 'removed'"))
    broken = sansdelai("audit", "verify", **at)
    assert broken.returncode == 1 and f"the first broken link is {NUMBER}: observation" in broken.stdout


async def test_bad_words(store: Store, database_url: str, home: Path, tmp_path: Path) -> None:  # noqa: F811
    """Unknown report, profile, day or key: what is allowed is said, and no file is left."""
    at = {"SANSDELAI_DATABASE_URL": database_url, "SANSDELAI_HOME": str(home)}
    out = ["-o", str(tmp_path / "x.zip"), "--by", "S-07"]
    for words, says in (
        (["R-2026-999999", *out], "no such report"),
        (["../etc", *out], "no case number"),
        ([NUMBER, *out, "--profile", "press"], "allowed: court, police"),
        ([NUMBER, *out, "--as-known-on", "2020-01-01T00:00Z"], "nothing was known"),
        ([NUMBER, *out, "--profile", "platform"], "--party"),
    ):
        done = sansdelai("audit", "export", *words, **at)
        assert done.returncode == 1 and says in done.stderr, (words, done.stderr)
        assert "Traceback" not in done.stderr
    other = tmp_path / "other-key"
    other.write_text("ab" * 32, encoding="ascii")
    done = sansdelai("audit", "export", NUMBER, *out, **at, SANSDELAI_MASTER_KEY_FILE=str(other))
    assert done.returncode == 1 and "does not hold the key" in done.stderr
    garbage = sansdelai("audit", "verify", **at, SANSDELAI_MASTER_KEY_FILE=str(tmp_path))
    assert garbage.returncode == 1 and "cannot be read" in garbage.stderr
    assert list(tmp_path.glob("*.zip*")) == []
