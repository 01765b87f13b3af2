"""
`sansdelai law route`: who would be told what first, who never, what a person would be asked, and by which article.

Nothing is sent and nothing is written: the same pure function answers that the flows use.
"""

import json
from datetime import UTC, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.text import Text as Styled

from cli.law_ask import day_of, language_of, library_or_fail
from cli.law_screen import WARNING, cited, indented
from cli.run import fail, out
from edges.countries import country_code
from law.errors import UnknownRegime
from law.library import Library
from law.supposed import Supposition
from law.supposed_answer import HOLD_WHY, Answer, Told, Warned, answer
from law.values import Citation
from law.vocabulary import Depicted, PartyKind
from web.told.words import Voice

JSON = dict[str, Any]


def route(
    category: Annotated[str, typer.Option(help="such as csam, ncii_adult, hate")],
    age: Annotated[str, typer.Option(help="who is shown: adult, minor, unknown or nobody")],
    hosted_in: Annotated[str, typer.Option(help="country of the true host, FR; or unknown")],
    addressee_kind: Annotated[str, typer.Option(help="who holds the content: online_platform, hosting_provider, ...")],
    mandate: Annotated[bool, typer.Option("--mandate", help="the person concerned gave us a mandate")] = False,
    complaint: Annotated[bool, typer.Option("--complaint", help="that person filed a complaint")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="the police asked that nothing leave")] = False,
    not_small: Annotated[bool, typer.Option("--platform-not-small", help="neither micro nor small")] = False,
    flagger: Annotated[bool, typer.Option("--flagger", help="we are a trusted flagger for it")] = False,
    wish: Annotated[str | None, typer.Option(help="what the person concerned wants: removal or nothing")] = None,
    returns: Annotated[int, typer.Option(help="how often the content came back", min=0)] = 0,
    unsigned: Annotated[list[str] | None, typer.Option(help="a regime that no lawyer signed; may be repeated")] = None,
    on: Annotated[str | None, typer.Option("--on", help="as the law stood on that day, 2026-11-23")] = None,
    lang: Annotated[str, typer.Option("--lang", help="en or fr")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
) -> None:
    """Who gets what first, who must not be told, and why, by article, before anything leaves."""
    library, language = library_or_fail(), language_of(lang)
    faults: list[str] = []
    _one_of("--category", category, library.categories, faults)
    _one_of("--age", age, tuple(Depicted), faults)
    _one_of("--addressee-kind", addressee_kind, tuple(PartyKind), faults)
    if wish is not None:
        _one_of("--wish", wish, ("removal", "nothing"), faults)
    country = _country(hosted_in, faults)
    ids = frozenset(_regime(one, library, faults) for one in unsigned or ())
    if faults:
        fail("\n".join(faults))
    what = Supposition(
        category, Depicted(age), country, PartyKind(addressee_kind), mandate=mandate, complaint=complaint,
        not_small=not_small, flagger=flagger, wish=wish, returns=returns, unsigned=ids,
    )  # fmt: skip
    noon = time(12, tzinfo=ZoneInfo(library.house.zone))
    found = answer(what, library, datetime.combine(day_of(on, library), noon).astimezone(UTC), hold=hold)
    voice = Voice(language, library)
    if as_json:
        typer.echo(json.dumps(as_document(found, voice), ensure_ascii=False, indent=1))
    else:
        _print(found, voice)


def _one_of(option: str, given: str, allowed: Any, faults: list[str]) -> None:
    if given not in allowed:
        faults.append(f"{option}: {given!r} is unknown; allowed: {', '.join(str(one) for one in allowed)}")


def _country(text: str, faults: list[str]) -> str | None:
    if text.strip().lower() == "unknown":
        return None
    try:
        return country_code(text)
    except ValueError as error:
        faults.append(f"--hosted-in: {text!r} {error}; or unknown")
        return None


def _regime(wanted: str, library: Library, faults: list[str]) -> str:
    try:
        return library.regime(wanted).id
    except UnknownRegime as error:
        faults.append(f"--unsigned: {error}")
        return ""


def as_document(found: Answer, voice: Voice) -> JSON:
    """The answer for programs; its keys do not change with the language, its sentences do."""
    never = {"why": voice.text(found.never_why), "citation": _cited(found.never_citation)}
    return {
        "order": [_step(one, voice) for one in found.order],
        "never": [{"kind": str(kind), **never} for kind in found.never],
        "asks": [
            {"cause": one.cause, "why": voice.text(one.why), "citation": _cited(one.citation)} for one in found.asks
        ],
        "assumed": [voice.text(one) for one in found.assumed],
        "warnings": [
            {"regime": one.regime, "what": str(one.what), "says": _warning(one, voice),
             "citations": [_cited(each) for each in one.citations]}
            for one in found.warnings
        ],
    }  # fmt: skip


def _cited(one: Citation) -> JSON:
    return one.model_dump(mode="json")


def _step(one: Told, voice: Voice) -> JSON:
    return {
        "regime": one.regime.id,
        "addressee_kind": str(one.kind),
        "party": one.step.party,
        "sends": str(one.regime.letter),
        "filing": one.regime.filing,
        "after": one.step.after and str(one.step.after),
        "not_before": one.step.not_before and one.step.not_before.isoformat(),
        "held": one.held,
        "why": voice.text(one.step.why),
        "citation": _cited(one.step.citation),
        "basis": _cited(one.basis) if one.basis else None,
        "missing": [
            {"id": item.id, "from": item.missing_from and str(item.missing_from), "says": voice.text(item.text),
             "citation": _cited(item.citation)}
            for item in one.missing
        ],
    }  # fmt: skip


def _warning(one: Warned, voice: Voice) -> str:
    who = one.regime or voice.either("l'ordre des destinataires", "the order of addressees")
    if one.what != "weak_law":
        return f"{who}{voice.colon} {voice.term('mark', one.what)}"
    no_words = voice.either(
        "les mots de la loi elle-même n'ont pas été lus pour", "the words of the law itself were not read for"
    )
    return f"{who}{voice.colon} {no_words}{voice.colon}"


def _print(found: Answer, voice: Voice) -> None:
    _head(voice.either("Qui est informé, dans cet ordre", "Who is told, in this order"))
    if not found.order:
        _say("• ", voice.either("personne : rien ne part", "nobody: nothing leaves"), voice)
    for number, one in enumerate(found.order, 1):
        _print_step(f"{number}. ", one, voice)
    _head(voice.either("Qui n'est jamais informé", "Who is never told"))
    kinds = ", ".join(voice.term("party_kind", kind) for kind in found.never)
    _say("• ", kinds, voice, found.never_citation)
    if found.asks:
        _head(voice.either("Ce qu'une personne est priée de faire", "What a person is asked"))
    for ask in found.asks:
        _say("• ", voice.text(ask.why), voice, ask.citation)
    _head(voice.either("Ce qui est supposé", "What is assumed"))
    for text in found.assumed:
        _say("• ", voice.text(text), voice)
    if found.warnings:
        _head(voice.either("Réserves", "Warnings"))
    for warning in found.warnings:
        out.print(indented("• ", Styled(_warning(warning, voice), style=WARNING)))
        for citation in warning.citations:
            out.print(cited(voice, citation, "    "))


def _print_step(head: str, one: Told, voice: Voice) -> None:
    kind, how = voice.term("party_kind", one.kind), voice.term("filing", one.regime.filing)
    _say(head, f"{kind}{voice.colon} {voice.text(one.regime.title)} [{one.regime.id}], {how}", voice, one.basis)
    _say("   ", voice.text(one.step.why), voice, one.step.citation)
    if one.held:
        out.print(indented("   ", Styled(f"{voice.either('RETENU', 'HELD')}. {voice.text(HOLD_WHY)}", style=WARNING)))
    if one.step.after:
        waits = voice.either("Rien ne part avant ceci", "Nothing leaves before this") + voice.colon
        _say("   ", f"{waits} {voice.term('condition', one.step.after)}.", voice)
    for item in one.missing:
        if item.id == "police_first" and one.step.after:
            continue  # just said
        by = voice.term("supplier", item.missing_from or "")
        lacks = voice.either("Il manque", "Missing") + voice.colon
        _say("   ", f"{lacks} {voice.text(item.text)} ({by})", voice, item.citation)


def _head(title: str) -> None:
    out.print()
    out.print(title, style="bold", highlight=False)


def _say(head: str, says: str, voice: Voice, citation: Citation | None = None) -> None:
    """A sentence and, below it, what it rests on."""
    out.print(indented(head, Styled(says)))
    if citation is not None:
        out.print(cited(voice, citation, f"{' ' * len(head)}  "))
