"""`sansdelai dispatch`: one pass without Prefect; and the stop."""

from typing import Annotated

import typer

from cases.dispatch import run as run_pass
from cases.house import house_of
from cases.office import open_desk, open_store, real_clock
from cases.stop import pause_sending, resume_sending
from cli.run import out, run, settings


def dispatch(urgent: Annotated[bool, typer.Option(help="emergencies and the most urgent only")] = False) -> None:
    """Do everything that is due, once, without Prefect."""

    async def passing() -> tuple[int, bool, bool]:
        async with open_desk(settings()) as desk:
            done = await run_pass(desk, priority=1 if urgent else 9)
            house = await house_of(desk.store)
            return done, house.stopped_at is not None, house.braked_letters is not None

    done, stopped, braked = run(passing())
    out.print(f"{done} {'duty' if done == 1 else 'duties'} taken up")
    if stopped:
        out.print("sending is stopped: letters wait until `sansdelai resume-sending`")
    if braked:
        out.print("after a silence many letters wait for a person: see them with `sansdelai brake`")


def pause(why: Annotated[str, typer.Option(help="kept with the stop")] = "by command") -> None:
    """Stop every outward letter at once."""

    async def stopping() -> None:
        async with open_store(settings()) as store:
            await pause_sending(store, why=why, now=real_clock())

    run(stopping())
    out.print("no letter leaves until `sansdelai resume-sending`")


def resume() -> None:
    """Let letters leave again."""

    async def going_on() -> None:
        async with open_store(settings()) as store:
            await resume_sending(store, now=real_clock())

    run(going_on())
    out.print("letters leave again with the next dispatch")
