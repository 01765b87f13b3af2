"""What waits to be filed at one addressee's forms: a screen to copy from. The site shows; commands write."""

import re
from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from cases.channels import DirectoryRefused
from cases.filing import WorkList, teller_of, work_list
from cases.filing_files import notes_of, shown, told_of
from edges.form_files import FormsFault, load_forms
from edges.letter_parts import defang
from models.readlog import How
from web.site import Ask, Asked

router = APIRouter()

NUMBER: Final = re.compile(r"P-[0-9]{4,12}")
MOST_REPORTS: Final = 50  # on one page, the most urgent


@router.get("/work/{number}")
async def work(ask: Ask, number: str) -> Response:
    """One addressee's work list."""
    if not NUMBER.fullmatch(number):
        raise HTTPException(404)
    try:
        found = await _read(ask, number)
    except DirectoryRefused:
        raise HTTPException(404) from None
    except FormsFault as fault:
        return await ask.page("work.html", status=500, work=None, number=number, faults=fault.faults)
    if found.items:
        await ask.note(How.WORK, *(item.number for item in found.items))
    return await ask.page(
        "work.html",
        work=found,
        number=number,
        faults=(),
        notes=lambda field: notes_of(field, ask.language),
        shown=lambda field, value: shown(field, value, exact=False),
        told=told_of,
        defang=defang,
        label=lambda regime: _label(ask, regime),
        incomplete=sum(bool(item.missing) for item in found.items),
        cut=sum(bool(item.cut) for item in found.items),
    )


async def _read(ask: Asked, number: str) -> WorkList:
    site, settings = ask.site, ask.site.settings
    forms = load_forms(site.library, settings.forms_folder)
    mail = settings.reply_to or settings.sender_address
    teller = teller_of(settings.organisation, mail, ask.language, site.library)
    return await work_list(site.store, site.library, number, forms, teller, most=MOST_REPORTS)


def _label(ask: Asked, regime: str) -> str:
    known = ask.site.library.regimes.get(regime)
    return ask.site.words(ask.language).text(known.label) if known else regime
