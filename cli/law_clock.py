"""`sansdelai law clock` and `law recompute`: when a time is over, and whether a stored certificate still says so."""

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError

from cli.law_clock_rows import COLUMNS, NEEDED, answer_one
from cli.law_table import Answer, BadAsk, iso, print_table
from cli.run import err, fail, out
from law.certificate import Certificate
from law.certificate import recompute as recount
from law.errors import AlteredCertificate, LawError

Lang = Annotated[str, typer.Option(help="language of the words: en or fr")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON object, steps in both languages")]


COUNT_AGREES = {
    "en": "The count agrees. It proves neither the facts nor the quoted law: these rest on the record.",
    "fr": "Le calcul concorde. Il ne prouve ni les faits ni le droit cité : ceux-ci reposent sur le dossier.",
}


def clock(
    rule: Annotated[str | None, typer.Argument(help="counting rule, such as EU-1182-71/days")] = None,
    start: Annotated[str | None, typer.Option(help="the event, ISO 8601 with offset; a date for UK days")] = None,
    clock_start: Annotated[str | None, typer.Option(help="when the law makes the clock start later")] = None,
    amount: Annotated[str | None, typer.Option(help="how many, or months+days such as 1+10")] = None,
    unit: Annotated[str | None, typer.Option(help="unit of the rule, such as hours or working_days")] = None,
    calendar: Annotated[str | None, typer.Option(help="public holidays: FR, IE, US, EW or none")] = None,
    zone: Annotated[str | None, typer.Option(help="IANA time zone to compute in")] = None,
    direction: Annotated[str | None, typer.Option(help="after, before or earliest")] = None,
    table: Annotated[Path | None, typer.Option("--from", help="a table, tab-separated: one JSON line a row")] = None,
    as_json: AsJson = False,
    lang: Lang = "en",
) -> None:
    """When a time is over, by a counting rule of law, with each step in words."""
    given = {
        "rule": rule, "start": start, "clock_start": clock_start, "amount": amount, "unit": unit, "calendar": calendar,
        "zone": zone, "direction": direction,
    }  # fmt: skip
    cells = {key: text for key, text in given.items() if text is not None}
    if table is not None and cells:
        fail(f"--from: a table stands alone; leave out {', '.join(_option(key) for key in cells)}")
    _known_language(lang)
    try:
        if table is not None:
            raise typer.Exit(print_table(table, NEEDED, COLUMNS, answer_one))
        print_one(answer_one(cells), as_json, lang)
    except BadAsk as error:
        fail("\n".join(f"{_option(key)}: {says}" for key, says in error.faults))
    except LawError as error:
        fail(str(error))


def recompute(
    file: Annotated[Path, typer.Argument(help="a certificate, as JSON")], as_json: AsJson = False, lang: Lang = "en"
) -> None:
    """Count a certificate again from itself alone. Exit code 0: the same; 1: altered; 2: unreadable."""
    _known_language(lang)
    try:
        certificate = Certificate.model_validate_json(file.read_bytes())
    except OSError as error:
        _unreadable(f"{file}: {error.strerror}; allowed: a readable file", as_json)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in error.errors())
        _unreadable(f"{file}: this is no certificate: {faults}", as_json)
    try:
        end = recount(certificate)
    except AlteredCertificate as error:
        _altered(error, as_json)
    except LawError as error:
        _unreadable(f"{file}: {error}", as_json)
    answer = {
        "result": "same", "end_utc": iso(end), "end": certificate.end_local, "last_moment": certificate.last_moment,
        "zone": certificate.zone, "regime": certificate.regime, "rule": certificate.rule, "digest": certificate.digest,
        "says": COUNT_AGREES[lang],
    }  # fmt: skip
    if as_json:
        print(json.dumps(answer))
        return
    lines = [f"{answer['end_utc']}  (UTC)", f"{answer['end']}  ({certificate.zone}: {certificate.last_moment})"]
    lines += _numbered([one.fr if lang == "fr" else one.en for one in certificate.steps])
    lines.append("même résultat que le certificat" if lang == "fr" else "same as the certificate says")
    lines.append(COUNT_AGREES[lang])
    _say(lines)


def print_one(answer: Answer, as_json: bool, lang: str) -> None:
    """One answer, as one JSON line or in words."""
    if as_json:
        print(json.dumps(answer))
        return
    lines = [f"{answer['end']}  ({answer['last_moment']})", *_numbered([one[lang] for one in answer["steps"]])]
    if answer["strict_end"]:
        warn = "horloge stricte, pour avertir seulement" if lang == "fr" else "strict clock, to warn only"
        lines.append(f"{warn}: {answer['strict_end']}")
    lines.append(f"{answer['reference']} ({answer['rule_confidence']})")
    _say(lines)


def _altered(error: AlteredCertificate, as_json: bool) -> NoReturn:
    if as_json:
        print(json.dumps({"result": "altered", "step": error.step, "error": str(error)}))
    else:
        err.print(str(error), style="red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(1)


def _unreadable(message: str, as_json: bool) -> NoReturn:
    if as_json:
        print(json.dumps({"result": "unreadable", "error": message}))
    else:
        err.print(message, style="red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(2)


def _known_language(lang: str) -> None:
    if lang not in ("en", "fr"):
        fail(f"--lang: {lang!r} is not known; allowed: en, fr")


def _numbered(steps: list[str]) -> list[str]:
    return [f"  {number}. {words}" for number, words in enumerate(steps, 1)]


def _say(lines: list[str]) -> None:
    out.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


def _option(key: str) -> str:
    return {"rule": "RULE", "table": "--from"}.get(key, f"--{key.replace('_', '-')}")
