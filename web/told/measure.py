"""A measure in one sentence: who decides it, on what, who carries it out, for how long, who reviews, what lifts it."""

from law.regime import Duration, Measure
from web.told.words import Voice

BLOCK = "block"  # the name of a measure that needs none


def measure_sentence(voice: Voice, one: Measure) -> str:
    """The whole measure; what a proposal leaves open is said to be open."""
    left_open = voice.either("non écrit", "not written")
    decider = voice.term("decider", one.decided_by) if one.decided_by else left_open
    targets = ", ".join(voice.term("target", each) for each in one.targets) or left_open
    parts = [
        voice.either(f"décidée par{voice.colon} {decider}", f"decided by: {decider}"),
        voice.either(f"porte sur{voice.colon} {targets}", f"on: {targets}"),
    ]
    if one.addressees:
        kinds = f", {voice.said('then')} ".join(voice.term("party_kind", each) for each in one.addressees)
        parts.append(voice.either(f"exécutée par{voice.colon} {kinds}", f"carried out by: {kinds}"))
    parts.append(voice.either(f"durée{voice.colon} ", "lasts: ") + lasts(voice, one.duration))
    if one.capped_by_parent:
        parts.append(voice.either("jamais au-delà du jugement", "never beyond the judgment"))
    if one.review is not None:
        every, by = voice.amount(one.review.amount, one.review.unit), voice.term("party_kind", one.review.by)
        parts.append(voice.either(f"revue tous les {every} par{voice.colon} {by}", f"reviewed every {every} by: {by}"))
    if one.lifted_by:
        reasons = voice.either(" ; ou ", "; or ").join(voice.text(each) for each in one.lifted_by)
        parts.append(voice.either(f"levée par{voice.colon} {reasons}", f"lifted by: {reasons}"))
    if one.restore_hours is not None:
        hours = voice.amount(one.restore_hours, "hours")
        parts.append(voice.either(f"accès rendu sous {hours}", f"access given back within {hours}"))
    name = "" if one.id == BLOCK else voice.either(f"« {one.id} », ", f"'{one.id}', ")
    return f"{name}{voice.joined(parts)}"


def lasts(voice: Voice, duration: Duration) -> str:
    """How long, and how often it can be renewed."""
    says = voice.term("duration", duration.kind)
    if duration.amount is not None and duration.unit is not None:
        says += f" {voice.amount(duration.amount, duration.unit)}"
    if duration.renewals != "none" or duration.kind == "fixed":
        says += f", {voice.term('renewals', duration.renewals)}"
    return says
