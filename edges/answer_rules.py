"""
What an answer is, by rules that stand as data in `answer_signs.toml`; pure, no model and no network.

A rule looks for plain phrases in one sentence at a time, so that "has not been removed" or "once it has been removed"
can never pass for a removal. Texts are folded first (lower case, no accents, no punctuation). Signs that contradict
each other give OTHER: a person reads it.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from edges.message import Incoming
from edges.message_bounce import Delivery, Fate
from edges.probe_page import fold
from law.vocabulary import Answer

SIGNS_FILE = Path(__file__).with_name("answer_signs.toml")

MOST_TEXT = 20_000  # characters of the sender's own words that are read
GAP = 60  # characters that " ... " in a phrase may stand for
HOME = frozenset(("fr", "en"))  # languages of the house: any rule of these is tried when the language is unknown
GIVEN_UP = frozenset((Fate.FAILED, Fate.FAILED_FOR_NOW))


class _Strict(BaseModel):
    """Signs are data: an unknown key is a fault, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Strict):
    """All lists that are given must hold; of the phrases in a list any one is enough."""

    id: str
    kind: Answer
    languages: tuple[str, ...] = ()  # none: the rule needs no words
    sure: bool = False  # nobody need confirm what it finds
    text: tuple[str, ...] = ()  # in one sentence of the sender's own words
    subject: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()  # headers, as `Incoming.signs` has them
    unless: tuple[str, ...] = ()  # not in the same sentence or subject
    yes: tuple[str, ...] = Field(min_length=3)  # messages that it finds; the tests read them all
    no: tuple[str, ...] = Field(min_length=1)  # messages that it must not find


class Common(_Strict):
    """What holds for all rules of a kind: words that take their meaning away, and the weaker kinds it prevails over."""

    unless: tuple[str, ...] = ()
    questions: bool = True  # a question can be such an answer
    beats: tuple[Answer, ...] = ()


class Signs(_Strict):
    """The whole file. `first`: kinds that end the search, in this order; all others are weighed against each other."""

    first: tuple[Answer, ...]
    common: dict[Answer, Common]
    rule: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """What a message is, by which rule; `sure` if nobody need confirm it."""

    kind: Answer
    rule: str
    sure: bool


@dataclass(frozen=True, slots=True)
class _Words:
    """A message as the rules look at it."""

    whole: str
    vocabulary: frozenset[str]
    sentences: tuple[tuple[str, bool], ...]  # each with whether it is a question
    subject: str
    signs: tuple[str, ...]


@lru_cache(maxsize=1)
def signs() -> Signs:
    """Read the file once; a fault in it ends the program's start."""
    return Signs.model_validate(tomllib.loads(SIGNS_FILE.read_text(encoding="utf-8")))


def classify(incoming: Incoming) -> Guess:
    """Say what a message is: bounce, delivery report, automatic reply, then what its own words say."""
    if incoming.delivery is not None and incoming.delivery.rows:
        return _of_delivery(incoming.delivery)
    data, words = signs(), _words_of(incoming)
    found: dict[Answer, Rule] = {}
    for rule in _rules_for(incoming.language_hint):
        if rule.kind not in found and _finds(rule, data.common.get(rule.kind, Common()), words):
            found[rule.kind] = rule
    ends = next((kind for kind in data.first if kind in found), None)
    if ends is not None:
        return _guess(found[ends], incoming)
    beaten = {weaker for kind in found for weaker in data.common.get(kind, Common()).beats}
    left = [rule for kind, rule in found.items() if kind not in beaten]
    if len(left) == 1:
        return _guess(left[0], incoming)
    if left:
        return Guess(Answer.OTHER, "contradictory", False)
    if incoming.automatic:
        return Guess(Answer.AUTOMATIC, "automatic-header", False)
    return Guess(Answer.OTHER, "no-rule", False)


def finds(rule: Rule, incoming: Incoming) -> bool:
    """Whether one rule by itself finds its signs in a message, whatever the other rules say."""
    return _finds(rule, signs().common.get(rule.kind, Common()), _words_of(incoming))


def _of_delivery(delivery: Delivery) -> Guess:
    kind = Answer.BOUNCE if any(row.fate in GIVEN_UP for row in delivery.rows) else Answer.DELIVERY
    return Guess(kind, "rfc-3464" if delivery.standard else "bounce-wording", delivery.standard)


def _guess(rule: Rule, incoming: Incoming) -> Guess:
    understood = not rule.languages or incoming.language_hint in rule.languages
    return Guess(rule.kind, rule.id, rule.sure and understood and not incoming.cut)


@lru_cache(maxsize=32)
def _rules_for(language: str | None) -> tuple[Rule, ...]:
    """The rules for a language: both of the house for either of them and for an unknown one."""
    spoken = HOME if language is None or language in HOME else frozenset((language,))
    return tuple(rule for rule in signs().rule if not rule.languages or spoken & set(rule.languages))


# not after "4." in "4. Mai"
_SENTENCE_ENDS = re.compile(r"(?<!\s\d\.)(?<!\s\d\d\.)(?<=[.!?;:])\s+|\n[ \t]*\n|\n(?=\s*[-*•])")
_PUNCTUATION = {ord(char): " " for char in '"()[]{}<>.,;:!?*_/|\\-–—«»“”…#=+~`•'}
_SEAM = "\x00"


def _words_of(incoming: Incoming) -> _Words:
    pieces = [piece for piece in _SENTENCE_ENDS.split(incoming.own_text[:MOST_TEXT].replace(_SEAM, " ")) if piece]
    folded = _folded(_SEAM.join(pieces)).split(_SEAM)
    asked = [piece.rstrip().endswith("?") for piece in pieces]
    sentences = tuple(zip((f" {one.strip()} " for one in folded), asked, strict=False))
    subject = f" {_folded(incoming.subject).strip()} "
    whole = "\n".join([one for one, _ in sentences])
    return _Words(whole, frozenset(whole.split()), sentences, subject, incoming.signs)


def _folded(text: str) -> str:
    return " ".join(fold(text).translate(_PUNCTUATION).split(" ")).replace("  ", " ").replace("  ", " ")


def _finds(rule: Rule, common: Common, words: _Words) -> bool:
    if rule.signs and not any(sign in given for sign in rule.signs for given in words.signs):
        return False
    if rule.subject and not (_any_in(rule.subject, words.subject) and not _any_in(rule.unless, words.subject)):
        return False
    return not rule.text or any(_says(phrase, rule, common, words) for phrase in _worth_trying(rule, words))


def _worth_trying(rule: Rule, words: _Words) -> list[str]:
    """The phrases whose first word the message has, found without trying them all."""
    phrases = _by_first_word(rule.id)
    return [phrase for word in words.vocabulary & phrases.keys() for phrase in phrases[word]] + phrases.get("", [])


@lru_cache(maxsize=256)
def _by_first_word(rule_id: str) -> dict[str, list[str]]:
    """The phrases of a rule by their first word; by "" where the first word may be the beginning of a longer one."""
    phrases: dict[str, list[str]] = {}
    for phrase in next(rule.text for rule in signs().rule if rule.id == rule_id):
        word, space, _ = phrase.partition(" ")
        phrases.setdefault(word if space else "", []).append(phrase)
    return phrases


def _says(phrase: str, rule: Rule, common: Common, words: _Words) -> bool:
    """Whether a sentence says a phrase and nothing that takes its meaning away."""
    if f" {phrase.partition(' ... ')[0]}" not in words.whole:
        return False
    return any(
        _stands_in(phrase, sentence)
        and (common.questions or not asked)
        and not _any_in(rule.unless, sentence)
        and not _any_in(common.unless, sentence)
        for sentence, asked in words.sentences
    )


def _any_in(phrases: tuple[str, ...], sentence: str) -> bool:
    return any(_stands_in(phrase, sentence) for phrase in phrases)


def _stands_in(phrase: str, sentence: str) -> bool:
    """Whether the words stand there from the beginning of a word; " ... " is a gap of at most GAP characters."""
    first, *others = phrase.split(" ... ")
    start = sentence.find(f" {first}")
    while start >= 0:
        at = start + 1 + len(first)
        for other in others:
            next_at = sentence.find(f" {other}", at, at + GAP + len(other) + 1)
            if next_at < 0:
                break
            at = next_at + 1 + len(other)
        else:
            return True
        start = sentence.find(f" {first}", start + 1)
    return False
