"""
What the sender wrote themselves: quoted lines and the quoted original are left out.

Our own notices come back below every answer. What they say ("please remove", "was removed") must never be read as
the addressee's words. When in doubt more is left out: an answer that nobody could read waits for a person.
"""

import re

from edges.message_html import QUOTE_STARTS

MOST_LINES = 5_000

_ATTRIBUTION = re.compile(
    r"(?i)^(?:on\b.{3,300}\bwrote|le\b.{3,300}\ba [ée]crit|am\b.{3,300}\bschrieb\b.{0,200}|op\b.{3,300}\b(?:schreef"
    r"|geschreven)\b.{0,200}"
    r"|el\b.{3,300}\bescribi[óo]|il\b.{3,300}\bha scritto|em\b.{3,300}\bescreveu|den\b.{3,300}\bskrev"
    r"|.{3,200}<[^<>\s]{3,100}@[^<>\s]{3,100}> (?:wrote|a [ée]crit)"
    r")\s?:?\s*$"
)
_DIVIDER = re.compile(
    r"(?i)^[-_*=\s]{2,}(?:original message|message d'origine|message original|message initial|forwarded message"
    r"|message transf[ée]r[ée]"
    r"|urspr[üu]ngliche nachricht|weitergeleitete nachricht|oorspronkelijk bericht|mensaje original|messaggio originale"
    r"|d[ée]but du message r[ée]exp[ée]di[ée]|begin forwarded message|reply above|original e-?mail)[-_*=\s:]*$"
    r"|^(?:begin forwarded message|d[ée]but du message (?:r[ée]exp[ée]di[ée]|transf[ée]r[ée]))\s?:"
)
_FIELD = re.compile(
    r"(?i)^\**(?:from|sent|to|cc|subject|date|de|envoy[ée](?: le)?|[àa]|objet|von|gesendet|an|betreff|datum|van"
    r"|verzonden|aan|onderwerp"
    r"|enviado(?: el)?|para|asunto|fecha|da|inviato|a|oggetto|data)\**\s?:"
)
_SENDER = re.compile(r"(?i)^\**(?:from|de|von|van|da)\**\s?:\s*\S")
_TYPE_ABOVE = re.compile(
    r"(?i)^\W*(?:please (?:type|write) your reply above this line"
    r"|(?:merci de )?r[ée]pondre au-dessus de cette ligne)\W*$"
)
_QUOTED = re.compile(r"^[ \t]{0,3}(?:>|\|\s)")


def own_words(text: str) -> str:
    """The text without what it quotes."""
    lines = text.split("\n")[:MOST_LINES]
    kept: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number].strip("\r")
        plain = line.strip()
        if plain == QUOTE_STARTS:
            break
        attribution = _attribution(lines, number)
        if attribution:
            if not _quote_follows(lines, number + attribution):
                break
            number += attribution
            continue
        if _original_begins(lines, number, plain):
            break
        if not _QUOTED.match(line) and not _TYPE_ABOVE.match(plain):
            kept.append(line)
        number += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def without_marks(text: str) -> str:
    """The text as it is shown, without the marks of quoted originals."""
    return text.replace(f"{QUOTE_STARTS}\n", "").replace(QUOTE_STARTS, "")


def _attribution(lines: list[str], number: int) -> int:
    """How many lines say "On ... somebody wrote:", which mail programs wrap; 0: none."""
    first = lines[number].strip()
    if len(first) < 3 or len(first) > 300 or not (first[0].isalpha() or first[0] == '"'):
        return 0
    for count in (1, 2, 3):
        joined = " ".join([line.strip() for line in lines[number : number + count]])
        if len(joined) > 400:
            return 0
        if _ATTRIBUTION.match(joined) and (joined.rstrip().endswith(":") or re.search(r"\d", joined)):
            return count
        if count < 3 and number + count < len(lines) and not lines[number + count].strip():
            return 0
    return 0


def _quote_follows(lines: list[str], number: int) -> bool:
    for line in lines[number : number + 4]:
        if line.strip() and line.strip() != QUOTE_STARTS:
            return _QUOTED.match(line) is not None
    return False


def _original_begins(lines: list[str], number: int, plain: str) -> bool:
    """A divider, or the heads of a quoted message: a sender and two more fields within five lines."""
    if not plain:
        return False
    if _DIVIDER.match(plain[:200]):
        return True
    if not _SENDER.match(plain):
        return False
    return sum(_FIELD.match(line.strip()) is not None for line in lines[number : number + 6]) >= 3
