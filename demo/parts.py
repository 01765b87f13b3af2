"""The parts that the demo starts and stops: settings of its own, ports, schedules, and a quiet Prefect."""

import logging
import os
import socket
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from demo.house import ORGANISATION
from demo.story import People
from edges.settings import Settings, get_settings
from flows.service import prefect_environment

KEPT = ("SANSDELAI_PREFECT_PORT", "SANSDELAI_WEB_PORT", "SANSDELAI_LANGUAGE")  # of the user's own settings
QUIET = {"PREFECT_LOGGING_LEVEL": "ERROR", "PREFECT_LOGGING_TO_API_ENABLED": "false"}


def free_port(preferred: int = 0) -> int:
    """`preferred` if nobody uses it on 127.0.0.1, else any free port."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no port of 127.0.0.1 is free")


def own_settings(home: Path, people: People, *, smtp_port: int, host_ports: frozenset[str]) -> Settings:
    """
    Settings of the demo's own, also put into the environment for every child and every flow.

    What the user has set is left aside, above all a database: the demo touches no store but its own.
    """
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    for name in [name for name in os.environ if name.startswith("SANSDELAI_")]:
        del os.environ[name]
    os.environ |= kept | {
        "SANSDELAI_HOME": str(home),
        "SANSDELAI_PREFECT_PORT": kept.get(KEPT[0], str(free_port(4200))),
        "SANSDELAI_WEB_PORT": kept.get(KEPT[1], str(free_port(8600))),
        "SANSDELAI_SMTP_PORT": str(smtp_port),
        "SANSDELAI_SMTP_DIRECT": "true",  # the sink is the addressees' own server
        "SANSDELAI_PROBE_ALLOW": ",".join(sorted(host_ports)),
        "SANSDELAI_ORGANISATION_FILE": str(ORGANISATION),
        "SANSDELAI_ORGANISATION": "Hotline Example (demonstration)",
        "SANSDELAI_STAFF_ADDRESS": people.staff[0],
        "SANSDELAI_SECOND_STAFF_ADDRESS": people.staff[1],
    }
    settings = get_settings()
    os.environ |= prefect_environment(settings)
    return settings


def load_prefect(log: Path) -> None:
    """
    Import Prefect with its own log in a file; the children keep the ordinary settings.

    In this process nothing is logged to the API: the last lines would look for a server that has stopped already.
    """
    os.environ |= QUIET
    from prefect.logging.configuration import setup_logging

    import flows.dispatch
    import flows.pool  # noqa: F401

    setup_logging()  # once; what it does later leaves the handlers alone
    for name in QUIET:
        del os.environ[name]
    log.parent.mkdir(mode=0o700, exist_ok=True)
    file = logging.FileHandler(log, delay=True)
    loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict if name.startswith("prefect")]
    for logger in [logging.root, *loggers]:  # Prefect gives the root a handler as well
        if logger.handlers:
            logger.handlers = [file]


async def pause_schedules(settings: Settings, *, paused: bool) -> None:
    """Pause the schedules of all deployments while the clock steps; go on with them when the real clock takes over."""
    from flows.pool import client

    async with client(settings) as api:
        for deployment in await api.read_deployments():
            await (api.pause_deployment if paused else api.resume_deployment)(deployment.id)


async def run_names(settings: Settings) -> Sequence[str]:
    """The names of all flow runs and task runs that Prefect knows."""
    from prefect.client.schemas.sorting import FlowRunSort, TaskRunSort

    from flows.pool import PAGE, client

    names: list[str] = []
    async with client(settings) as api:
        while runs := await api.read_flow_runs(sort=FlowRunSort.START_TIME_ASC, limit=PAGE, offset=len(names)):
            names += [run.name for run in runs]
        flows, tasks = len(names), 0
        while page := await api.read_task_runs(sort=TaskRunSort.ID_DESC, limit=PAGE, offset=tasks):
            names += [run.name for run in page]
            tasks = len(names) - flows
    return names


def site_exists() -> bool:
    """Whether the audit pages can be started."""
    if find_spec("web.app") is None:
        return False
    import web.app

    return hasattr(web.app, "from_settings")
