"""Checks of the order of addressees: names that must exist, no category without an order, the police before hosts."""

from collections.abc import Iterable, Sequence
from typing import get_args

from law.catalogue import Category, Hosted, Order, OrderRule
from law.errors import Fault
from law.values import ConditionId
from law.vocabulary import PartyKind

FILE = "order.toml"
# Whoever runs the site, holds its name or put the content there would be warned (practice 1.1).
NEVER_TOLD = (PartyKind.SITE_OPERATOR, PartyKind.REGISTRANT, PartyKind.UPLOADER)
HOST_STEPS = ("host", PartyKind.ONLINE_PLATFORM, PartyKind.HOSTING_PROVIDER)


def check_order(order: Order, ids: Sequence[str], categories: Sequence[Category] | None, faults: list[Fault]) -> None:
    """Add every fault of the order to `faults`; `categories` is None when their file could not be read."""
    for rule in order.rules:
        for step in rule.steps:
            known_names(step.regimes, ids, FILE, f"rules.{rule.id}.steps", faults)
    for name, fallback in order.fallbacks.items():
        if fallback.instead is not None:
            known_names((fallback.instead,), ids, FILE, f"fallbacks.{name}.instead", faults)
    _never(order, faults)
    if categories is None:
        return
    names = [one.id for one in categories]
    police_first = {one.id for one in categories if one.police_first}
    for rule in order.rules:
        known_names(rule.categories, names, FILE, f"rules.{rule.id}.categories", faults)
        if police_first.intersection(rule.categories):
            _police_first(rule, faults)
    _everywhere(order, categories, faults)
    _treated_as(order, names, police_first, faults)


def known_names(wanted: Iterable[str], allowed: Sequence[str], file: str, key: str, faults: list[Fault]) -> None:
    """Each name must be one of `allowed`."""
    for one in wanted:
        if one not in allowed:
            faults.append(Fault(file, key, f"{one!r} does not exist", ", ".join(allowed)))


def _never(order: Order, faults: list[Fault]) -> None:
    """Those whom a letter would warn are never told, and no step leads to one who is never told."""
    least = f"at least {_listed(NEVER_TOLD)}"
    for party in NEVER_TOLD:
        if party not in order.never.parties:
            faults.append(Fault(FILE, "never.parties", f"{party.value!r} is missing", least))
    never = {*NEVER_TOLD, *order.never.parties}
    led = [(f"rules.{rule.id}.steps", step.to) for rule in order.rules for step in rule.steps]
    led += [(f"fallbacks.{name}.to", one.to) for name, one in order.fallbacks.items() if one.to is not None]
    for key, to in led:
        if to in never:
            faults.append(Fault(FILE, key, f"{str(to)!r} is never told", "a party that is not in never.parties"))


def _police_first(rule: OrderRule, faults: list[Fault]) -> None:
    """The police are told before any host, and every host waits for their word; an optional step does not count."""
    key = f"rules.{rule.id}.steps"
    told = False
    for step in rule.steps:
        told = told or (step.to is PartyKind.POLICE and not step.optional)
        if step.to not in HOST_STEPS:
            continue
        if not told:
            says = "a host is told before the police, in a category with police_first"
            faults.append(Fault(FILE, key, says, 'a step to = "police", not optional, before every step to a host'))
        if step.after is not ConditionId.POLICE_FIRST:
            says = "a step to a host does not wait for the police, in a category with police_first"
            faults.append(Fault(FILE, key, says, f'after = "{ConditionId.POLICE_FIRST}"'))
    if not told and not any(step.to in HOST_STEPS for step in rule.steps):
        says = "the police are not told, in a category with police_first"
        faults.append(Fault(FILE, key, says, 'a step to = "police", not optional'))


def _everywhere(order: Order, categories: Sequence[Category], faults: list[Fault]) -> None:
    """Each category that still holds has an open rule, wherever the host is."""
    held = {(category, place) for rule in order.rules if rule.until is None for category in rule.categories
            for place in rule.hosted}  # fmt: skip
    for category in categories:
        if category.until is not None:
            continue
        places = [place for place in get_args(Hosted) if (category.id, place) not in held]
        if places:
            says = f"no open rule for {category.id!r} hosted in {', '.join(places)}"
            allowed = f"a rule without 'until' for each category, hosted in {_listed(get_args(Hosted))}"
            faults.append(Fault(FILE, "rules", says, allowed))


def _treated_as(order: Order, names: Sequence[str], police_first: set[str], faults: list[Fault]) -> None:
    """A category that stands for another exists; a minor's image goes the way of child abuse material."""
    for name, fallback in order.fallbacks.items():
        key = f"fallbacks.{name}.treat_as"
        if fallback.treat_as is not None:
            known_names((fallback.treat_as,), names, FILE, key, faults)
        if name == "minor_is_csam" and (fallback.treat_as is None or fallback.treat_as in set(names) - police_first):
            says = "missing" if fallback.treat_as is None else f"{fallback.treat_as!r} has no police_first"
            allowed = ", ".join(sorted(police_first)) or "a category with police_first"
            faults.append(Fault(FILE, key, says, allowed))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(str(word) for word in words)
