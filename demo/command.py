"""`sansdelai demo`: three weeks of law on this machine in about a minute."""

from typing import Annotated

import typer

from cli.run import fail, known, out
from demo.run import PassFailed, run_demo

INTERRUPTED = 130  # as a shell says it


def demo(
    once: Annotated[bool, typer.Option("--once", help="end by itself; exit code 0 when all ended as scripted")] = False,
) -> None:
    """Play three weeks of law on this machine in about a minute, on real parts; stays up until Ctrl-C."""
    try:
        code = run_demo(out, once=once)
    except KeyboardInterrupt:
        out.print("\nStopped before the end; nothing is left behind.")
        code = INTERRUPTED
    except PassFailed as error:
        fail(str(error))
    except known() as error:
        fail(str(error))
    raise typer.Exit(code)
