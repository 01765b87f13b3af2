"""A clock in one sentence: who, what, which number, from what, its nature, what defers it, receipt, counting rule."""

from law.regime import ANSWER, Clock, Regime
from law.vocabulary import Nature, Receipt, RuleKind
from web.told.words import Voice


def clock_sentence(voice: Voice, clock: Clock) -> str:
    """Such as `the addressee: fixed time: 48 hours; from the moment: ...; counted by the rule US-TIDA-48h`."""
    bearer = voice.term("bearer", clock.borne_by)
    parts = [f"{bearer}{voice.colon} {_does(voice, clock)}", number(voice, clock), _start(voice, clock)]
    parts += _deferral(voice, clock)
    if clock.minimum_receipt is not Receipt.NONE:
        level = voice.term("receipt", clock.minimum_receipt)
        parts.append(
            voice.either(
                f"preuve de réception au moins{voice.colon} {level}", f"with this proof of receipt at least: {level}"
            )
        )
    parts.append(_rule(voice, clock))
    if clock.categories:
        parts.append(voice.either("pour ", "for ") + voice.categories(clock.categories))
    if clock.restores:
        parts.append(voice.either("c'est un devoir de rétablir l'accès", "this is a duty to give access back"))
    if clock.strict:
        parts.append(
            voice.either(
                "un second délai, en heures écoulées, avertit seulement",
                "a second clock of plain elapsed hours only warns",
            )
        )
    name = "" if clock.id == ANSWER else voice.either(f"« {clock.id} », ", f"'{clock.id}', ")
    return f"{name}{voice.joined(parts)}"


def done_by(voice: Voice, regime: Regime, id: str) -> str:
    """What must be done by the end of the clock of that name, by its newest value: for a sentence that names it."""
    newest = [clock for clock in regime.clocks if clock.id == id][-1]
    return _does(voice, newest)


def number(voice: Voice, clock: Clock) -> str:
    """The nature and the number; a number of the house is never told as one of the law."""
    if clock.kind is RuleKind.HOUSE:
        ours = voice.either(
            "la loi ne donne pas de nombre ; notre propre délai, sans valeur légale",
            "no number in the law; our own time, without legal force",
        )
        return f"{ours}{voice.colon} {_house_hours(voice, clock)}"
    nature = voice.term("nature", clock.nature)
    if clock.amount is None:
        return nature
    return f"{nature}{voice.colon} {voice.amount(clock.amount, clock.unit)}{_adjustment(voice, clock)}"


def short(voice: Voice, clock: Clock) -> str:
    """For a table: `48 hours`, `90 days at most`, `soft`, `ours`."""
    if clock.kind is RuleKind.HOUSE:
        return voice.either("le nôtre : la loi n'a pas de nombre", "ours: the law has no number")
    if clock.amount is None:
        return voice.either("sans nombre", "no number")
    amount = voice.amount(clock.amount, clock.unit)
    told = {
        Nature.HARD: amount,
        Nature.AT_LATEST: voice.either(f"au plus tard {amount}", f"at the latest {amount}"),
        Nature.MAXIMUM: voice.either(f"au plus {amount}, modifiable", f"at most {amount}, may be changed"),
        Nature.MINIMUM_WAIT: voice.either(f"attendre {amount}", f"wait {amount}"),
        Nature.WINDOW: voice.either(f"ouvert au moins {amount}", f"open at least {amount}"),
        Nature.SILENCE: voice.either(f"silence de {amount}", f"silence of {amount}"),
    }
    return told[clock.nature]


def _does(voice: Voice, clock: Clock) -> str:
    return voice.text(clock.does) if clock.does else voice.either("répondre", "to answer")


def _house_hours(voice: Voice, clock: Clock) -> str:
    """Our own hours: one number, or the smallest and the largest of the categories."""
    table: dict[str, int] = getattr(voice.library.house, clock.house or "answer_hours")
    least, most = min(table.values()), max(table.values())
    if least == most:
        return voice.amount(least, "hours")
    return voice.either(f"{least} à {most} heures selon la catégorie", f"{least} to {most} hours by category")


def _adjustment(voice: Voice, clock: Clock) -> str:
    found = clock.adjustment
    if found is None:
        return ""
    ways = [voice.either("l'allonger", "make it longer")] if found.longer else []
    ways += [voice.either("le raccourcir", "make it shorter")] if found.shorter else []
    by = voice.term("bearer", found.by)
    may = voice.either(f" ({by} peut {' ou '.join(ways)}", f" ({by} may {' or '.join(ways)}")
    if found.up_to is not None and found.unit is not None:
        may += voice.either(", jusqu'à ", ", up to ") + voice.amount(found.up_to, found.unit)
    return f"{may})"


def _start(voice: Voice, clock: Clock) -> str:
    if clock.after is not None:
        return voice.either(f"à la fin du délai « {clock.after} »", f"from the end of the clock '{clock.after}'")
    fact = voice.term("start", clock.starts)
    return voice.either(f"à partir de ceci{voice.colon} {fact}", f"from this fact: {fact}")


def _deferral(voice: Voice, clock: Clock) -> list[str]:
    if not clock.deferred_by:
        return []
    reasons = voice.either(" ou ", " or ").join(voice.term("deferred", one) for one in clock.deferred_by)
    return [voice.either(f"ne commence qu'après {reasons}", f"starts only when {reasons} is over")]


def _rule(voice: Voice, clock: Clock) -> str:
    if clock.rule is None:
        return voice.either(
            "aucune règle de calcul n'a été lue : dit, jamais calculé",
            "no counting rule was read: told, never computed",
        )
    place = clock.zone or voice.library.house.zone
    calendar = ""
    if clock.calendar not in (None, "none"):
        calendar = voice.either(f", calendrier {clock.calendar}", f", calendar {clock.calendar}")
    return voice.either(f"règle {clock.rule}, {place}{calendar}", f"rule {clock.rule}, {place}{calendar}")
