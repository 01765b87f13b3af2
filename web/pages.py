"""The pages of the daily work: the list, one report, one letter, what waits for people, what the machine does."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse, RedirectResponse, Response

from law.vocabulary import ReportStage
from models.readlog import How
from web.dossier_view import regime_or_none, view_report
from web.filters import NUMBER, Filters, read_filters
from web.letter_view import read_letter
from web.reading import Page, count_stages, letter_with_bytes, list_reports, report_id_of
from web.site import Ask, Asked
from web.worklists import AHEAD, MOST, SHOWN, ahead, matters

router = APIRouter()


@router.get("/")
async def home() -> RedirectResponse:
    """The list is the first page."""
    return RedirectResponse("/reports", status_code=303)


@router.get("/health")
async def health(ask: Ask) -> JSONResponse:
    """Whether the store answers, as JSON: `{"status": "ok", "simulated": true, "sending_stopped": false}`."""
    house = ask.house
    assert house is not None
    return JSONResponse({"status": "ok", "simulated": house.simulated, "sending_stopped": house.stopped_at is not None})


@router.get("/reports")
async def reports(ask: Ask) -> Response:
    """The list with its filters; a filter that is not possible is named with what is allowed, and nothing is listed."""
    site = ask.site
    filters, faults = read_filters(ask.request.query_params, site.library)
    page = Page([], older=False, newer=False) if faults else await list_reports(site.store, filters, ask.now)
    return await ask.page(
        "reports.html",
        status=400 if faults else 200,
        filters=filters,
        faults=faults,
        page=page,
        stages=list(ReportStage),
        counts=await count_stages(site.store),
        label=_label(ask),
        link=lambda **place: "/reports" + filters.query(**place),
        only=lambda **one: "/reports" + Filters(**one).query(),
    )


def _label(ask: Asked) -> Any:
    """How a regime is named in a line: its label, or its id when the law room has no such file."""
    words = ask.site.words(ask.language)

    def label(wanted: str) -> str:
        regime = regime_or_none(ask.site.library, wanted)
        return words.text(regime.label) if regime else wanted

    return label


@router.get("/reports/{number}")
async def report(ask: Ask, number: str) -> Response:
    """One report, whole."""
    known = await _known(ask, number)
    await ask.note(How.PAGE, number)
    view = await view_report(ask.site.store, ask.site.library, known)
    return await ask.page("report.html", view=view, dossier=view.dossier, report=view.dossier.report, label=_label(ask))


@router.get("/reports/{number}/letters/{letter_id}")
async def letter(ask: Ask, number: str, letter_id: UUID) -> Response:
    """The text of one letter of this report, as sent."""
    view = await view_report(ask.site.store, ask.site.library, await _known(ask, number))
    sending = next((one for one in view.sendings if one.letter and one.letter.id == letter_id), None)
    if sending is None:
        raise HTTPException(404)
    await ask.note(How.LETTER, number)
    found, raw, whole = await letter_with_bytes(ask.site.store, letter_id)
    read = read_letter(raw, whole=whole) if raw is not None else None
    return await ask.page(
        "letter.html", report=view.dossier.report, letter=found, sending=sending, read=read, label=_label(ask)
    )


async def _known(ask: Asked, number: str) -> UUID:
    """The report of that number; 404 otherwise, without asking the database about what cannot be a number."""
    found = await report_id_of(ask.site.store, number) if NUMBER.fullmatch(number) else None
    if found is None:
        raise HTTPException(404)
    return found


@router.get("/matters")
async def waiting(ask: Ask) -> Response:
    """What waits for people: one line for each cause and addressee."""
    found = await matters(ask.site.store)
    return await ask.page("matters.html", matters=found, most=MOST, shown=SHOWN, only=_only)


@router.get("/due")
async def due(ask: Ask) -> Response:
    """What the machine does next."""
    found = await ahead(ask.site.store, ask.site.library, ask.now)
    return await ask.page("due.html", ahead=found, hours=AHEAD, most=MOST, shown=SHOWN, label=_label(ask), only=_only)


def _only(**filters: Any) -> str:
    """The list with these filters."""
    return "/reports" + Filters(**filters).query()
