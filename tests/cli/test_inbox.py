"""`sansdelai inbox show` as its users type it: one message, harmless, and who looked stands in the log."""

from typing import Any

from tests.cli.test_commands import sansdelai
from tests.incoming.conftest import Living, house, imap, imap_house, post, reply

__all__ = ["house", "imap", "imap_house", "post"]

LOG = "SELECT coalesce(array_agg(who || ' ' || how || ' ' || coalesce(report, '-') ORDER BY at), '{}') FROM read_log"
LOOSE: dict[str, Any] = {"In_Reply_To": None, "References": None, "To": "notices@hotline.example", "Subject": "x"}


async def test_show_is_noted_for_the_reports_that_it_may_be_about(house: Living) -> None:
    """By staff code, or by the account of the machine; what the message says is defanged and keeps its lines."""
    house.account.append(
        reply(house.letter, "First line,\nsee http://forum.example/a/1 or abuse@forum.example", **LOOSE)
    )
    assert (await house.read()).quarantined == 1
    files = {"SANSDELAI_DATABASE_URL": house.url, "SANSDELAI_HOME": str(house.home)}
    shown = sansdelai("inbox", "show", "M-000001", "--by", "S-07", **files)
    assert shown.returncode == 0, shown.stderr
    assert "First line,  " in shown.stdout and "U+000A" not in shown.stdout
    assert "hxxp://forum[.]example/a/1" in shown.stdout and "forum.example" not in shown.stdout
    assert await house.one(LOG) == ["S-07 command R-2026-000001"]
    assert sansdelai("inbox", "show", "M-000001", **files).returncode == 0
    assert (await house.one(LOG))[1].startswith("os:")


async def test_what_does_not_exist_is_not_noted(house: Living) -> None:
    """A clear word, and no row."""
    files = {"SANSDELAI_DATABASE_URL": house.url, "SANSDELAI_HOME": str(house.home)}
    refused = sansdelai("inbox", "show", "M-000009", **files)
    assert refused.returncode == 1 and "no such message: M-000009" in refused.stderr
    assert await house.one(LOG) == []
