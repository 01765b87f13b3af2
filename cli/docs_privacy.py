"""The page `docs/privacy.md`: the register of processing, in Markdown."""

from cli.privacy_words import HEADINGS, cells, columns_by_table, said
from models.privacy import HEAD, DataClass, register

WRITTEN = "<!-- Written by `sansdelai docs` from `models/privacy.toml` and `models/fields.toml`; edit there. -->"


def privacy_page() -> str:
    """
    The register, and the columns of each class.

    Raises:
        RegisterFaulty: a column is not classified, or a class is faulty.
    """
    found = register()
    lines = [
        WRITTEN, "", f"# {said('register', 'en')}", "",
        "What the store holds, class by class; every column of every table has one, and `sansdelai privacy check`",
        "fails on a column without. What the program cannot know is the organisation's to state. The same in French:",
        "`sansdelai privacy register --lang fr`. Nothing here is legal advice.", "",
    ]  # fmt: skip
    lines += [f"* {said(key, 'en')}: {found.head[key]['en']}" for key in HEAD]
    for one in found.classes:
        lines += _section(one)
    return "\n".join([*lines, ""])


def _section(one: DataClass) -> list[str]:
    told = cells(one, "en")
    columns = "; ".join(f"`{table}`: {', '.join(names)}" for table, names in columns_by_table(one))
    rows = [(said(key, "en"), told[key]) for key in HEADINGS if key != "name"] + [(said("columns", "en"), columns)]
    return ["", f"## {told['name']}", "", "| | |", "|---|---|", *(f"| {name} | {_cell(text)} |" for name, text in rows)]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
