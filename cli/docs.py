"""`sansdelai docs`: the pages that the program writes itself, from the law, the table of moves and the register."""

from pathlib import Path
from typing import Annotated

import typer

from cli.docs_lifecycle import lifecycle_page
from cli.docs_page import WRITTEN, regime_page, regimes_page
from cli.law_ask import library_or_fail
from cli.run import fail, out
from law.library import HOME, Library

DOCS = HOME.parent / "docs"
PAGES = "regimes"  # the folder with a page for each regime: nothing else lives there


def docs(
    check: Annotated[bool, typer.Option("--check", help="write nothing; exit code 1 where a page differs")] = False,
    folder: Annotated[Path, typer.Option("--to", help="another folder", show_default=False)] = DOCS,
) -> None:
    """Write lifecycle.md, regimes.md, privacy.md and a page for each regime; remove pages of regimes that are gone."""
    wanted = pages(library_or_fail())
    drifted = sorted(name for name, text in wanted.items() if _present(folder / name) != text)
    left_over = leftovers(folder, wanted)
    if check and (drifted or left_over):
        says = [f"{name} is not what the program writes" for name in drifted]
        says += [f"{name} is a page of no regime" for name in left_over]
        fail("\n".join([*says, "Run: sansdelai docs"]))
    if not check:
        for name in drifted:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(wanted[name], encoding="utf-8")
        for name in left_over:
            (folder / name).unlink()
    done = "up to date" if check else f"{len(drifted)} written, {len(left_over)} removed"
    out.print(f"{len(wanted)} pages, {done}", highlight=False)


def pages(library: Library) -> dict[str, str]:
    """Every page by its path below `docs/`."""
    from cli.docs_privacy import privacy_page  # reads the tables: what only reads the law does not wait for them

    found = {f"{PAGES}/{id}.md": regime_page(library.regimes[id], library) for id in library.ids()}
    written = {"lifecycle.md": lifecycle_page(), "regimes.md": regimes_page(library), "privacy.md": privacy_page()}
    return written | found


def leftovers(folder: Path, wanted: dict[str, str]) -> list[str]:
    """Pages that the program once wrote and that no regime has any more; what others wrote there stays."""
    present = (f"{PAGES}/{path.name}" for path in (folder / PAGES).glob("*.md"))
    return sorted(name for name in present if name not in wanted and WRITTEN in (_present(folder / name) or ""))


def _present(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
