"""The README of an export, as plain text of 78 columns: what it is, how to check it elsewhere, what may be claimed."""

import re
from collections.abc import Callable

from edges.dossier_content import DossierContent, Language
from edges.dossier_words import Printed, Words, shown, typeset
from edges.letters import fold, row
from edges.timeline_page import template_of

__all__ = ["readme_txt"]


def readme_txt(content: DossierContent) -> str:
    """The text in the content's language; it ends with one line break."""
    words = Words.of(content)
    values: Printed = {
        "number": _flat(content.number),
        "organisation": _flat(content.organisation),
        "profile": _flat(content.profile),
        "made": words.inline(content.made_at),
        "known": words.inline(content.as_known_on) if content.as_known_on else "",
        "simulated": content.simulated,
        "withheld_after": content.withheld_after,
        "withholds": [_flat(one) for one in content.profile_withholds],
        "withheld": [{"what": _flat(one.what), "count": one.count, "why": _flat(one.why)} for one in content.withheld],
        "erased": len(content.erased),
        "hint": _flat(content.fingerprint_hint),
    }
    helpers: dict[str, Callable[..., str]] = {"fold": fold, "item": _item, "row": row, "rule": _rule, "step": _step}
    set_here = {name: _typesetting(helper, content.language) for name, helper in helpers.items()}
    text = template_of(f"README.{content.language}.txt").render(values | set_here)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def _flat(text: str) -> str:
    return " ".join(shown(text).split())


def _typesetting(helper: Callable[..., str], language: Language) -> Callable[..., str]:
    """The helper, given its texts with the spaces and apostrophes of the language."""
    return lambda *texts: helper(*(typeset(one, language) if isinstance(one, str) else one for one in texts))


def _rule(title: str) -> str:
    """A heading with a line below it."""
    text = fold(title)
    return f"{text}\n{'-' * max(map(len, text.split(chr(10))))}"


def _item(text: str) -> str:
    return fold(text, first="  - ", indent="    ")


def _step(number: int | str, text: str) -> str:
    return fold(text, first=f"  {number}. " if number else "     ", indent="     ")
