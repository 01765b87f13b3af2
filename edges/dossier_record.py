"""The sections of a dossier that tell what happened, as strings: one function a section."""

from edges.dossier_content import DossierContent
from edges.dossier_rows import Erased, Letter, Line, Look, Place, Rectification, Removal, Seal, Withheld
from edges.dossier_words import Printed, Words, shown

PROVEN = 2  # level of receipt from which it is the addressee's own


def rectifications(words: Words, content: DossierContent) -> Printed:
    """What was on record and was not so: before everything else."""

    def row(one: Rectification) -> Printed:
        meta = [words.actor(one.actor), words("learned", at=words.inline(one.learned))]
        meta += [words("corrects", n=one.corrects)] if one.corrects is not None else []
        facts = (("said", one.said), ("holds", one.holds), ("why", one.why))
        return {
            "at": words.instant(one.at),
            "facts": [{"name": words(key), "value": words.prose(value)} for key, value in facts if value],
            "meta": meta,
            "proof": words.proof(one.proof),
        }

    return {"lead": words("rectifications_lead"), "rows": [row(one) for one in content.rectifications]}


def chronology(words: Words, content: DossierContent) -> Printed:
    """Every event, oldest first."""
    return {"none": words("chronology_none"), "rows": [_line(words, one) for one in content.chronology]}


def _line(words: Words, one: Line) -> Printed:
    meta = [words.actor(one.actor)]
    meta += [words("procedure", n=one.procedure)] if one.procedure is not None else []
    meta += [words("learned", at=words.inline(one.learned))] if one.learned != one.at else []
    return {
        "at": words.instant(one.at),
        "sentence": words.prose(one.sentence),
        "detail": shown(one.detail),
        "rectified": words("rectified", n=one.rectified_by) if one.rectified_by is not None else "",
        "meta": meta,
        "proof": words.proof(one.proof),
    }


def places(words: Words, content: DossierContent) -> Printed:
    """Where the content stood."""

    def row(one: Place) -> Printed:
        closed = {"at": words.instant(one.closed_at)} if one.closed_at else {"value": words("still_open")}
        return {
            "head": words("place", n=one.ordinal),
            "kind": words.term("location_kind", one.kind),
            "address": shown(one.address) if one.address is not None else "",
            "absent": words.prose(one.absent),
            "facts": [
                {"name": words("host"), "value": shown(one.host) or words("unknown")},
                {"name": words("country"), "value": shown(one.country or "") or words("unknown")},
                {"name": words("opened"), "at": words.instant(one.opened_at)},
                {"name": words("closed")} | closed,
            ],
            "proof": words.proof(one.proof),
        }  # fmt: skip

    return {"lead": words("places_lead"), "none": words("places_none"), "rows": [row(one) for one in content.places]}


def letters(words: Words, content: DossierContent) -> Printed:
    """What left the house, and how far it is proven that it arrived."""
    return {"none": words("letters_none"), "rows": [_letter(words, one) for one in content.letters]}


def _letter(words: Words, one: Letter) -> Printed:
    written = words.instant(one.written_at) if one.written_at else None
    answer = " ".join(filter(None, [str(one.code) if one.code is not None else "", one.answer]))
    receipt = f"{words.term('receipt', one.receipt)}, {words('level', n=one.receipt.level)}"
    sent = words("filed" if one.by_hand else "sent")
    facts: list[Printed] = [
        {"name": words("written"), "at": written} if written else {},
        {"name": sent, "at": words.instant(one.sent_at)} if one.sent_at else {"name": sent, "value": words("not_sent")},
        {"name": words("receipt"), "value": receipt},
        {"name": words("answer"), "code": shown(answer), "value": words("no_answer"), "wide": True},
        {"name": words("subject"), "value": shown(one.subject), "wide": True},
        {"name": words("signed_by"), "value": shown(", ".join(one.signed_by)), "wide": True},
        {"name": "Message-ID", "code": shown(one.message_id), "wide": True},
        {"name": words("digest"), "code": shown(one.digest), "wide": True},
    ]
    kind = words.term("letter_kind", one.kind)
    return {
        "head": f"{one.number}. {kind[:1].upper()}{kind[1:]}",
        "to": shown(one.to),
        "procedure": words("procedure", n=one.procedure) if one.procedure is not None else "",
        "status": words.term("letter_status", one.status),
        "unproven": words("not_proven") if one.sent_at and one.receipt.level < PROVEN else "",
        "facts": [each for each in facts if each.get("value") or each.get("code") or each.get("at")],
        "proof": words.proof(one.proof),
    }


def observations(words: Words, content: DossierContent) -> Printed:
    """What was seen: the interval of each removal first, then every look."""

    def removal(one: Removal) -> Printed:
        return {
            "place": str(one.place),
            "last_seen": words.instant(one.last_seen) if one.last_seen else None,
            "first_missed": words.instant(one.first_missed),
            "second_missed": words.instant(one.second_missed) if one.second_missed else None,
            "came_back": words("came_back", at=words.inline(one.returned_at)) if one.returned_at else "",
            "proof": words.proof(one.proof),
        }

    def look(one: Look) -> Printed:
        return {
            "at": words.instant(one.at),
            "place": str(one.place),
            "sight": words.term("sight", one.sight),
            "note": shown(one.note),
            "basis": words.term("basis", one.basis),
            "by": words.actor(one.by),
            "proof": words.proof(one.proof),
        }

    keys = "removals last_seen first_missed second_missed never_seen looks happened place_short sight basis by proof"
    return {
        "none": words("observations_none"),
        "names": {key: words(key) for key in keys.split()},
        "removals": [removal(one) for one in content.removals],
        "looks": [look(one) for one in content.looks],
        "rows": [True] * (len(content.removals) + len(content.looks)),
    }


def decisions(words: Words, content: DossierContent) -> Printed:
    """What people decided."""
    return {
        "rows": [
            {
                "at": words.instant(one.at),
                "sentence": words.prose(one.sentence),
                "detail": shown(one.reason),
                "rectified": "",
                "meta": [shown(", ".join(one.who))] if one.who else [],
                "proof": words.proof(one.proof),
            }
            for one in content.decisions
        ]
    }


def gaps(words: Words, content: DossierContent) -> Printed:
    """What is missing here, and why: erased texts, then those that the profile withholds."""

    def gone(one: Erased) -> Printed:
        cause = words.prose(one.cause).rstrip(".")
        says = words("erased_sentence", at=words.inline(one.erased_at), by=words.actor(one.by), cause=cause)
        return {"what": words.prose(one.what), "says": says, "proof": words.proof(one.proof)}

    def kept(one: Withheld) -> Printed:
        return {"what": words.prose(one.what), "count": str(one.count), "says": words.prose(one.why), "proof": None}

    groups = [
        {"title": words("erased"), "lead": words("erased_lead"), "rows": [gone(one) for one in content.erased]},
        {"title": words("withheld"), "lead": words("withheld_lead"), "rows": [kept(one) for one in content.withheld]},
    ]
    shown_groups = [one for one in groups if one["rows"]]
    return {
        "none": words("gaps_none"),
        "groups": shown_groups,
        "rows": [row for one in shown_groups for row in one["rows"]],
    }


def seals(words: Words, content: DossierContent) -> Printed:
    """The seals over this report's events."""

    def row(one: Seal) -> Printed:
        qualified = {True: "qualified", False: "not_qualified_stamp", None: "qualified_unknown"}[one.qualified]
        same = one.first_event == one.last_event
        token = [shown(one.authority), words(qualified)] if one.token_at else []
        span = str(one.first_event) if same else f"{one.first_event}\u2013{one.last_event}"
        before = words("existed_before", at=words.inline(one.token_at)) if one.token_at else words("no_token")
        return {
            "number": words("seal", n=one.number),
            "events": words("events_sealed", n=span) if not same else words("event", n=span),
            "says": before,
            "open": one.token_at is None,
            "meta": [each for each in [words("closed_at", at=words.inline(one.closed_at)), *token] if each],
            "root": shown(one.root),
            "file": shown(one.file),
        }

    return {"lead": words("seals_lead"), "none": words("seals_none"), "rows": [row(one) for one in content.seals]}
