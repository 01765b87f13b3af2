"""`sansdelai record …`: what people decided. Several case numbers at a time; the staff code is yours."""

from typing import Annotated

import typer

from cases.intake_rows import WISHES
from cases.record import answers, decisions, people, police, sights
from cases.record import override as overrides
from cases.retract import CAUSES
from cli import record_filed, record_keeping
from cli.recording import At, By, Numbers, RegimeOption, do, happened_at
from cli.run import fail, happened, instant, staff, two_people
from law.vocabulary import Sight
from models.report import Mandate

app = typer.Typer(help="Record what people decided, saw or were told.", no_args_is_help=True)


@app.command()
def answer(
    numbers: Numbers,
    kind: Annotated[str, typer.Option(help=", ".join(answers.ANSWERS))],
    by: By,
    at: At = None,
    regime: RegimeOption = None,
) -> None:
    """An addressee answered."""
    do(answers.answer, numbers, kind=kind, by=by, at=happened_at(at), regime=regime)


@app.command()
def decision(
    numbers: Numbers,
    kind: Annotated[str, typer.Option(help=", ".join(decisions.DECISIONS))],
    by: By,
    at: At = None,
    regime: RegimeOption = None,
    until: Annotated[str | None, typer.Option(help="until when, ISO 8601 with zone")] = None,
    reference: Annotated[str, typer.Option(help="the authority's reference; kept apart")] = "",
) -> None:
    """An authority or a court decided."""
    do(
        decisions.decision,
        numbers,
        kind=kind,
        by=by,
        at=happened_at(at),
        regime=regime,
        until=instant(until, "--until"),
        reference=reference,
    )


@app.command()
def filed(
    numbers: Numbers,
    reference: Annotated[str, typer.Option(help="the portal's reference: the proof")],
    by: By,
    at: At = None,
    regime: RegimeOption = None,
) -> None:
    """You filed at a portal or form."""
    do(answers.filed, numbers, reference=reference, by=by, at=happened_at(at), regime=regime)


app.command("filed-list")(record_filed.filed_list)


@app.command()
def hold(
    numbers: Numbers,
    service: Annotated[str, typer.Option(help="which police service asked")],
    reference: Annotated[str, typer.Option(help="officer and procedure number; kept apart")],
    by: By,
    written: Annotated[bool, typer.Option("--written/--oral", help="an oral hold lasts 24 hours")] = False,
    until: Annotated[str | None, typer.Option(help="end, ISO 8601 with zone")] = None,
) -> None:
    """The police asked that nothing leave."""
    do(
        police.hold,
        numbers,
        service=service,
        reference=reference,
        written=written,
        by=by,
        until=instant(until, "--until"),
    )


@app.command()
def release(numbers: Numbers, by: By) -> None:
    """A hold is over: what it stopped becomes due."""
    do(police.release, numbers, by=by)


@app.command("no-objection")
def no_objection(
    numbers: Numbers,
    by: By,
    at: At = None,
    agreed_hours: Annotated[int | None, typer.Option(help="a delay agreed in writing", min=1)] = None,
) -> None:
    """The police have no objection to telling the host, or agreed to a delay."""
    do(police.no_objection, numbers, by=by, at=happened_at(at), agreed_hours=agreed_hours)


@app.command()
def emergency(numbers: Numbers, by: By) -> None:
    """Danger to life or to a child: call now. Unconfirmed, it alarms a second person."""
    do(police.emergency, numbers, by=by)


@app.command("emergency-confirmed")
def emergency_confirmed(
    numbers: Numbers,
    called: Annotated[str, typer.Option(help="the number you called")],
    service: Annotated[str, typer.Option(help="who answered")],
    reference: Annotated[str, typer.Option(help="their reference; kept apart")],
    by: By,
    at: At = None,
) -> None:
    """You called."""
    do(
        police.emergency_confirmed,
        numbers,
        called=called,
        service=service,
        reference=reference,
        by=by,
        at=happened_at(at),
    )


@app.command()
def signature(
    numbers: Numbers,
    by: By,
    second: Annotated[str, typer.Option(help="staff code of the second person", callback=staff)],
) -> None:
    """Two people sign prepared letters; they leave at the next dispatch."""
    two_people(by, second)
    do(people.signature, numbers, by=by, second=second)


@app.command()
def retraction(
    numbers: Numbers,
    cause: Annotated[str, typer.Option(help=", ".join(CAUSES))],
    by: By,
    second: Annotated[str, typer.Option(help="staff code of the second reader", callback=staff)],
) -> None:
    """We were wrong: everybody who was told gets a letter."""
    two_people(by, second)
    do(people.retraction, numbers, cause=cause, by=by, second_reader=second)


@app.command()
def withdrawal(
    numbers: Numbers, what: Annotated[str, typer.Option(help=", ".join(people.WITHDRAWN))], by: By, at: At = None
) -> None:
    """The person concerned revoked the mandate or withdrew the complaint."""
    do(people.withdrawal, numbers, what=what, by=by, at=happened_at(at))


@app.command()
def supplied(
    numbers: Numbers,
    by: By,
    second_reader: Annotated[str | None, typer.Option(help="staff code")] = None,
    wish: Annotated[str | None, typer.Option(help="removal or nothing")] = None,
    why: Annotated[str | None, typer.Option(help="the legal elements")] = None,
    mandate_signed_at: Annotated[str | None, typer.Option(help="a mandate, since when")] = None,
    mandate_ends_at: Annotated[str | None, typer.Option(help="until when")] = None,
    identity_checked: bool = False,
    channel: Annotated[bool, typer.Option("--channel", help="the directory holds a working channel now")] = False,
) -> None:
    """What a gate was missing is there."""
    if not (second_reader or wish or why or mandate_signed_at or channel):
        fail("say what is there: --second-reader, --wish, --why, --mandate-signed-at or --channel")
    if wish is not None and wish not in WISHES:
        fail(f"--wish: {wish!r} is unknown; allowed: {', '.join(WISHES)}")
    if mandate_signed_at is None and (mandate_ends_at or identity_checked):
        fail("--mandate-ends-at and --identity-checked belong to a mandate: give --mandate-signed-at")
    signed = happened(mandate_signed_at, "--mandate-signed-at")
    mandate = None
    if signed is not None:
        mandate = Mandate.model_construct(
            signed_at=signed, ends_at=instant(mandate_ends_at, "--mandate-ends-at"), identity_checked=identity_checked
        )
    do(
        people.supplied,
        numbers,
        by=by,
        second_reader=second_reader,
        wish=wish,
        why=why,
        mandate=mandate,
        channel=channel,
    )


@app.command()
def override(
    numbers: Numbers,
    item: Annotated[str, typer.Option(help="what the gate waits for, such as explanation")],
    why: Annotated[str, typer.Option(help="the reason; kept apart")],
    by: By,
    second: Annotated[str, typer.Option(help="staff code of the second person", callback=staff)],
    regime: RegimeOption = None,
) -> None:
    """Two people let a procedure pass its gate without one precondition or element."""
    two_people(by, second)
    do(overrides.override, numbers, item=item, why=why, by=by, second=second, regime=regime)


@app.command()
def sight(numbers: Numbers, seen: Annotated[Sight, typer.Option(help="what you saw")], by: By, at: At = None) -> None:
    """An analyst looked."""
    do(sights.sight, numbers, seen=seen, by=by, at=happened_at(at))


@app.command()
def resolved(numbers: Numbers, by: By, arrived: Annotated[bool, typer.Option("--arrived/--lost")]) -> None:
    """What became of a letter whose fate nobody knew."""
    do(sights.resolved, numbers, arrived=arrived, by=by)


@app.command()
def decided(
    numbers: Numbers,
    cause: Annotated[str, typer.Option(help="of the matter")],
    by: By,
    note: Annotated[str, typer.Option(help="the reason; kept apart")] = "",
    party: Annotated[str | None, typer.Option(help="only that of this addressee, such as P-0001")] = None,
) -> None:
    """A matter that only a person could decide."""
    do(sights.decided, numbers, cause=cause, by=by, note=note, party=party)


app.command()(record_keeping.rectification)
app.command("legal-hold")(record_keeping.legal_hold)
app.command("legal-hold-released")(record_keeping.legal_hold_released)
