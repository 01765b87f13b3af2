"""
A regime as sentences, in one language: the same sections for `sansdelai law show` and for the pages in `docs/`.

Each line carries its own citation, so that no reader has to guess what a statement rests on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from law.doubts import Mark, marks, unverified, values_of
from law.library import Library
from law.regime import Contest, Element, Follow, Hop, Precondition, Regime, StatusValue
from law.values import Citation, Value
from law.vocabulary import Confidence
from web.told.clock import clock_sentence, done_by
from web.told.measure import measure_sentence
from web.told.words import Voice
from web.words import Language


@dataclass(frozen=True, slots=True)
class Line:
    """One statement with its window, note and source."""

    says: str
    window: str
    note: str
    citation: Citation
    value: Value

    @property
    def unverified(self) -> bool:
        """Whether nobody located a source for it."""
        return self.citation.confidence is Confidence.UNVERIFIED


@dataclass(frozen=True, slots=True)
class Section:
    """Statements of one kind, in the order of the file: oldest first."""

    title: str
    lines: tuple[Line, ...]


def sections(regime: Regime, library: Library, language: Language) -> tuple[Section, ...]:
    """Everything that a file says, section by section; what it does not say has no section."""
    voice = Voice(language, library)
    parts: Sequence[tuple[str, Iterable[tuple[Value, str]]]] = (
        ("status", ((one, _status(voice, one)) for one in regime.status)),
        ("standing", ((one, voice.term("standing", one.value)) for one in regime.standings)),
        ("categories", ((one, voice.joined(_category(voice, id) for id in one.ids)) for one in regime.categories)),
        ("addressees", ((one, _addressees(voice, one.kinds)) for one in regime.addressee_values)),
        ("preconditions", ((one, _precondition(voice, one, regime)) for one in regime.preconditions)),
        ("elements", ((one, _element(voice, one)) for one in regime.elements)),
        ("clocks", ((one, clock_sentence(voice, one)) for one in regime.clocks)),
        ("follows", ((one, _follow(voice, one)) for one in regime.follows)),
        ("duties", ((one, voice.text(one.text)) for one in regime.duties)),
        ("hops", ((one, _hop(voice, one)) for one in regime.hops)),
        ("contests", ((one, _contest(voice, one, regime)) for one in regime.contests)),
        ("measures", ((one, measure_sentence(voice, one)) for one in regime.measures)),
    )  # fmt: skip
    found = (Section(voice.said(key), tuple(_line(voice, *pair) for pair in pairs)) for key, pairs in parts)
    return tuple(one for one in found if one.lines)


def _line(voice: Voice, value: Value, says: str) -> Line:
    note = voice.text(value.note) if value.note else ""
    return Line(says, voice.window(value), note, value.citation, value)


def _status(voice: Voice, one: StatusValue) -> str:
    """Where it stands; a status without a first day must not look as if it had always held."""
    says = voice.term("regime_status", one.value)
    return says if one.from_ is not None else f"{says} ({voice.said('first_day_not_read')})"


def _category(voice: Voice, id: str) -> str:
    """A category by name, with the code of the DSA database and the version of its taxonomy."""
    found = voice.library.categories.get(id)
    if found is None:
        return id
    keywords = ", ".join(found.dsa_keywords)
    return f"{voice.text(found.label)} ({found.taxonomy}: {found.dsa_category}, {keywords})"


def _addressees(voice: Voice, kinds: Iterable[str]) -> str:
    return f", {voice.said('then')} ".join(voice.term("party_kind", kind) for kind in kinds) or voice.said("nobody")


def _precondition(voice: Voice, one: Precondition, regime: Regime) -> str:
    text = voice.text(one.text)
    if one.count is not None:
        months = voice.amount(one.within or 0, "months")
        return voice.either(f"{text} (au moins {one.count} en {months})", f"{text} (at least {one.count} in {months})")
    if one.clock is not None:
        does = done_by(voice, regime, one.clock)
        after = voice.either("après le délai pour ceci\u00a0: ", "after the time for this: ")
        return f"{text} ({after}{does})"
    return text


def _element(voice: Voice, one: Element) -> str:
    text = voice.text(one.text)
    return f"{text} ({voice.said('not_for')} {voice.categories(one.not_for)})" if one.not_for else text


def _follow(voice: Voice, one: Follow) -> str:
    """On which outcome, what is opened or asked, under which condition, and why."""
    outcomes = voice.either(" ou ", " or ").join(voice.outcome(word) for word in one.on)
    if one.ask is not None:
        then = voice.either("une personne décide", "a person decides") + f" ({voice.cause(one.ask)})"
    else:
        then = voice.either("ouvre ", "opens ") + ", ".join(one.opens)
    parts = [f"{outcomes}{voice.colon} {then}"]
    if one.categories:
        parts.append(voice.either("pour ", "for ") + voice.categories(one.categories))
    if one.when:
        parts.append(voice.either("seulement si ", "only if ") + voice.term("condition", one.when))
    if one.after:
        held = voice.term("condition", one.after)
        parts.append(
            voice.either(f"rien ne part avant ceci{voice.colon} {held}", f"nothing leaves before this: {held}")
        )
    if one.at_once_on_return:
        parts.append(voice.either("aussitôt quand le contenu est revenu", "at once when the content came back"))
    return f"{voice.joined(parts)}. {voice.text(one.why)}"


def _hop(voice: Voice, one: Hop) -> str:
    return f"{voice.term('party_kind', one.to)}{voice.colon} {voice.text(one.text)}"


def _contest(voice: Voice, one: Contest, regime: Regime) -> str:
    by, before = voice.term("contestant", one.by), voice.term("party_kind", one.before)
    says = voice.either(f"{by}, devant{voice.colon} {before}", f"{by}, before: {before}")
    if one.clock:
        does = done_by(voice, regime, one.clock)
        within = voice.either("dans le délai pour ceci\u00a0: ", "within the time for this: ")
        says += f", {within}{does}"
    return voice.joined([says, voice.text(one.text)])


def source(voice: Voice, citation: Citation) -> str:
    """A citation in one line: reference, quote, kind, confidence, day of the last look. The address stands apart."""
    quote = f' "{citation.quote}"' if citation.quote else ""
    sure = voice.term("confidence", citation.confidence)
    if citation.confidence is Confidence.UNVERIFIED:
        sure = voice.term("mark", Mark.UNVERIFIED)
    said = f"{voice.term('kind', citation.kind)}, {sure}, {voice.said('checked')} {citation.last_checked}"
    return f"{citation.reference}{quote} ({said})"


def marks_in_words(regime: Regime, voice: Voice, day: date | None = None) -> str:
    """Such as `PROPOSAL · UNVERIFIED (5 of 7)`; without a day, what does not change with it."""
    told = []
    for mark in marks(regime, day):
        word = voice.term("mark", mark)
        if mark is Mark.UNVERIFIED:
            count, whole = unverified(regime, day), len(values_of(regime, day))
            word += voice.either(f" ({count} sur {whole})", f" ({count} of {whole})")
        told.append(word)
    return " · ".join(told)


def facts(regime: Regime, voice: Voice) -> list[tuple[str, str]]:
    """What is said of the whole regime, as pairs of name and value."""
    found = [
        (voice.either("territoire", "jurisdiction"), regime.jurisdiction),
        (voice.either("aussi appelé", "also called"), ", ".join(regime.aliases)),
        (voice.either("envoie", "sends"), voice.term("letter_kind", regime.letter)),
        (voice.either("comment", "how"), voice.term("filing", regime.filing)),
    ]
    if regime.is_authority_route:
        only = voice.either(
            "à une autorité : part seule sous instruction permanente signée, sinon attend deux personnes",
            "to an authority: leaves by itself under a signed standing order only, else waits for two people",
        )
        found.append((voice.either("route", "route"), only))
    if regime.grouped_by_party:
        days = voice.amount(voice.library.house.complaint.period_days, "days")
        once = voice.either(f"une seule par plateforme tous les {days}", f"one for each platform every {days}")
        found.append((voice.either("groupée", "grouped"), once))
    if regime.parameters:
        found.append((voice.either("laissé ouvert", "left open"), ", ".join(regime.parameters)))
    return [pair for pair in found if pair[1]]
