"""The catalogue of regimes: what the law says, how sure that is, and what the organisation's lawyer signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from law.regime import ANSWER, Clock, Regime
from law.vocabulary import RegimeStatus
from models.tables import Signature
from web.dossier_view import regime_or_none
from web.site import Ask
from web.told.regime import marks_in_words, sections
from web.told.words import Voice
from web.worklists import signatures

router = APIRouter()

SignatureState = Literal["signed", "signed_old", "signed_over", "unsigned", "proposal"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A regime on a day, with its signature."""

    regime: Regime
    status: RegimeStatus
    clock: Clock | None
    state: SignatureState
    signature: Signature | None  # the one that the state speaks of


def signature_state(
    regime: Regime, found: Sequence[Signature], now: datetime
) -> tuple[SignatureState, Signature | None]:
    """Whether this very version is signed and the signature stands; the nearest miss otherwise."""
    if regime.proposal:
        return "proposal", None
    mine = [one for one in found if one.regime == regime.id and one.party is None]
    of_version = [one for one in mine if one.digest == regime.digest]
    standing = max((one for one in of_version if one.until > now), key=lambda one: one.until, default=None)
    if standing:
        return "signed", standing
    if of_version:
        return "signed_over", max(of_version, key=lambda one: one.until)
    return ("signed_old", mine[0]) if mine else ("unsigned", None)


def _shown(regime: Regime, found: Sequence[Signature], now: datetime, today: date) -> Shown:
    state, signature = signature_state(regime, found, now)
    driving = [clock for clock in regime.clocks if clock.id == ANSWER and clock.holds_on(today)]
    return Shown(regime, regime.status_on(today), next(iter(driving), None), state, signature)


@router.get("/regimes")
async def regimes(ask: Ask) -> Response:
    """All regimes of the law room, as they stand today."""
    found, today = await signatures(ask.site.store), ask.now.astimezone(ask.site.zone).date()
    rows = [_shown(regime, found, ask.now, today) for regime in ask.site.library.regimes.values()]
    return await ask.page("regimes.html", rows=rows)


@router.get("/regimes/{regime_id}")
async def regime(ask: Ask, regime_id: str) -> Response:
    """One regime with every citation; an alias leads to it as well."""
    known = regime_or_none(ask.site.library, regime_id)
    if known is None:
        raise HTTPException(404)
    found, today = await signatures(ask.site.store, known.id), ask.now.astimezone(ask.site.zone).date()
    orders = [one for one in found if one.party is not None]
    voice = Voice(ask.language, ask.site.library)
    return await ask.page(
        "regime.html",
        one=_shown(known, found, ask.now, today),
        orders=orders,
        sections=sections(known, ask.site.library, ask.language),
        marks=marks_in_words(known, voice, today),
    )
