"""The two things that can be asked of a link: to show its page, and to take an answer."""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy import text

from cases.answerable import CHOICES, MOST_ANSWERS, Answerable, Said, answerable, say
from cases.page_answers import closed
from edges.tokens import LinkBroken, LinkExpired
from models.tables import PageAnswer
from web.answer.ends import End, Ended
from web.answer.form import MOST_WORDS, NEEDS_WORDS, Filled, read_form, words_field
from web.answer.marks import Confirmed
from web.answer.site import Site
from web.answer.words import LANGUAGES

router: Final = APIRouter()
LOOKING: Final = ["GET", "HEAD"]


@router.api_route("/health", methods=LOOKING)
async def health(request: Request) -> Response:
    """Whether the page can do its work."""
    site: Site = request.app.state.site
    async with site.store.transaction() as connection:
        await connection.execute(text("SELECT 1 FROM answerable LIMIT 0"))
    return JSONResponse({"status": "ok"})


@router.api_route("/a/{token}", methods=LOOKING)
async def show(request: Request, token: str) -> Response:
    """The page of a letter; it changes nothing, whoever opens it."""
    site: Site = request.app.state.site
    letter = await _letter(site, token)
    confirmed = site.marks.confirmed(letter.letter_id, request.query_params.get("said", ""))
    if confirmed:
        return _confirmation(site, request, letter, confirmed)
    if not letter.left:
        raise Ended(End.FULL)
    return _form(site, request, letter, Filled())


@router.post("/a/{token}")
async def take(request: Request, token: str) -> Response:
    """Take one answer, and lead to its confirmation."""
    site: Site = request.app.state.site
    letter = await _letter(site, token)
    filled = await read_form(request)
    if not site.marks.is_ours(letter.letter_id, filled.mark):
        raise Ended(End.BAD_FORM)
    if filled.faults or filled.kind is None:
        return _form(site, request, letter, filled)
    answer_id = site.marks.answer_id(letter.letter_id, filled.mark, filled.kind, filled.said)
    sealed = closed(site.key.box, answer_id, letter.letter_id, filled.kind, filled.said)
    answer = PageAnswer(id=answer_id, letter_id=letter.letter_id, kind=filled.kind, sealed=sealed, at=site.clock())
    said = await say(site.store, answer)
    if said is Said.GONE:
        raise Ended(End.UNKNOWN)
    if said is Said.FULL:
        raise Ended(End.FULL)
    query = {"said": site.marks.confirmation(letter.letter_id, filled.kind, answer_id)}
    if (language := request.query_params.get("lang")) in LANGUAGES:
        query["lang"] = str(language)
    return RedirectResponse(f"/a/{token}?{urlencode(query)}", status_code=303)


async def _letter(site: Site, token: str) -> Answerable:
    """
    The letter that a link names.

    Raises:
        Ended: the link is altered or too old, was asked for too often, or its letter cannot be answered.
    """
    try:
        letter_id: UUID = site.links.read(token)
    except (LinkBroken, LinkExpired):
        raise Ended(End.UNKNOWN) from None
    if not site.letters.allows(letter_id, site.steady()):
        raise Ended(End.TOO_OFTEN)
    letter = await answerable(site.store, letter_id)
    if letter is None:
        raise Ended(End.UNKNOWN)
    return letter


def _form(site: Site, request: Request, letter: Answerable, filled: Filled) -> Response:
    return site.page(
        request,
        "form.html",
        letter,
        status=422 if filled.faults else 200,
        filled=filled,
        mark=filled.mark or site.marks.form(letter.letter_id),
        reference=site.links.reference(letter.letter_id),
        sent=letter.sent_at.astimezone(site.zone),
        choices=CHOICES,
        words_field=words_field,
        needed=NEEDS_WORDS,
        most=MOST_WORDS,
    )


def _confirmation(site: Site, request: Request, letter: Answerable, confirmed: Confirmed) -> Response:
    return site.page(
        request,
        "done.html",
        letter,
        confirmed=confirmed,
        at=confirmed.at.astimezone(site.zone),
        reference=site.links.reference(letter.letter_id),
        sent=letter.sent_at.astimezone(site.zone),
        said=request.query_params["said"],
        most=MOST_ANSWERS,
    )
