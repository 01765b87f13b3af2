"""What the database role of the answer page may do: look at one view, add rows to one table, and nothing else."""

from typing import Final

ANSWER_RIGHTS: Final[dict[str, tuple[str, ...]]] = {"answerable": ("SELECT",), "page_answer": ("INSERT",)}


def grants(role: str) -> list[str]:
    """The statements that give a role these rights; `role` is a name of ours, never one from outside."""
    return [f'GRANT {", ".join(rights)} ON {name} TO "{role}"' for name, rights in ANSWER_RIGHTS.items()]
