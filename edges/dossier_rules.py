"""The sections of a dossier that tell what the law says and what follows, as strings: one function a section."""

from edges.dossier_content import DossierContent
from edges.dossier_rows import ClockKind, Deadline, Legal, Measure
from edges.dossier_words import Printed, Words, shown
from law.vocabulary import Confidence

READ = frozenset({Confidence.TEXT, Confidence.EXCERPT})  # somebody read the source itself


def legal(words: Words, content: DossierContent) -> Printed:
    """What each procedure rests on."""
    return {"none": words("legal_none"), "rows": [_legal(words, one) for one in content.legal]}


def _legal(words: Words, one: Legal) -> Printed:
    meta = [words("procedures" if len(one.procedures) > 1 else "procedure", n=", ".join(map(str, one.procedures)))]
    meta = meta if one.procedures else []
    meta += [words("checked", day=shown(one.checked))] if one.checked else []
    return {
        "label": shown(one.label),
        "mark": shown(one.mark),
        "title": words.prose(one.title),
        "citation": shown(one.citation),
        "quote": shown(one.quote),
        "confidence": words.term("confidence", one.confidence),
        "read": one.confidence in READ,
        "note": words.prose(one.note),
        "meta": meta,
        "version": {"name": words("version"), "code": shown(one.version)} if one.version else None,
    }


def deadlines(words: Words, content: DossierContent) -> Printed:
    """Each clock with its certificate told step by step."""
    return {
        "lead": words("deadlines_lead"),
        "none": words("deadlines_none"),
        "rows": [_deadline(words, one) for one in content.deadlines],
    }


def _deadline(words: Words, one: Deadline) -> Printed:
    facts = [
        (words("rule"), words.prose(one.rule)),
        (words("starts_with"), words.prose(one.starts_with)),
        (words("receipt"), f"{words.term('receipt', one.receipt)}, {words('level', n=one.receipt.level)}"),
        (words("citation"), _cited(words, one)),
        (words("outcome"), words.prose(one.outcome)),
    ]
    runs = one.kind is not ClockKind.NONE
    return {
        "head": words("procedure_head", n=one.procedure),
        "regime": shown(one.regime),
        "addressee": shown(one.addressee),
        "kind": words.term("clock_kind", one.kind),
        "tone": str(one.kind),
        "facts": [
            {"name": name, "value": value} for name, value in facts if value and (runs or name == words("outcome"))
        ],
        "note": words.prose(one.note),
        "steps": [words.prose(step) for step in one.steps],
        "ends": words("ends"),
        "end": words.instant(one.end) if one.end else None,
        "no_end": words("no_end") if runs and one.end is None else "",
        "last_moment": words("last_moment", at=words.prose(one.last_moment)) if one.last_moment else "",
        "strict": words("strict", at=words.inline(one.strict_end)) if one.strict_end else "",
        "digest": {"name": words("digest"), "code": shown(one.digest)} if one.digest else None,
        "proof": words.proof(one.proof),
    }


def _cited(words: Words, one: Deadline) -> str:
    sure = words.term("confidence", one.confidence) if one.confidence else ""
    return " · ".join(filter(None, [shown(one.citation), sure]))


def measures(words: Words, content: DossierContent) -> Printed:
    """Temporary blocks."""

    def row(one: Measure) -> Printed:
        over = f"{words.inline(one.ended_at)} · {words.prose(one.ended_by)}".rstrip(" ·") if one.ended_at else ""
        end = {"at": words.instant(one.ends_at)} if one.ends_at else {"value": words("open_ended")}
        facts: list[Printed] = [
            {"name": words("scope"), "value": words.prose(one.scope)},
            {"name": words("decided_by"), "value": shown(one.decided_by)},
            {"name": words("carried_out_by"), "value": shown(one.addressee)},
            {"name": words("starts"), "at": words.instant(one.starts_at)},
            {"name": words("term")} | end,
            {"name": words("review"), "at": words.instant(one.review_at)} if one.review_at else {},
            {"name": words("ended"), "value": over, "wide": True},
            {"name": words("citation"), "value": shown(one.basis), "wide": True},
        ]
        return {
            "head": shown(one.regime),
            "status": words("over") if over else words("in_force"),
            "open": not over,
            "facts": [each for each in facts if each.get("value") or each.get("at")],
            "proof": words.proof(one.proof),
        }

    return {"rows": [row(one) for one in content.measures]}
