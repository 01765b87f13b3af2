"""Prefect's own parts: what they are told, and how its server and a worker are started.

Nothing here imports Prefect, which takes two seconds: the parts run in processes of their own.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from edges.home import make_home
from edges.processes import Child, ProcessFault, Supervisor
from edges.settings import Settings

POOL = "sansdelai"
POOL_CONCURRENCY = 2
PROJECT = Path(__file__).resolve().parent.parent

# Few, large batches and a short memory: the legal record is the store, Prefect's history may go. No CSRF tokens: every
# request must carry the password in a header, which no foreign page can make a browser add.
SERVER = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_DATABASE_SQLALCHEMY_POOL_SIZE": "20",
    "PREFECT_SERVER_DATABASE_SQLALCHEMY_MAX_OVERFLOW": "20",
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "3d",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_BATCH_SIZE": "1000",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "30d",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "60",
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_LOOP_SECONDS": "300",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
}
EVERYWHERE = {
    "DO_NOT_TRACK": "1",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_EVENTS_WORKER_MAX_QUEUE_SIZE": "50000",
    "PREFECT_LOGGING_COLORS": "false",
    "PREFECT_LOGGING_TO_API_BATCH_INTERVAL": "5",
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_WORKER_QUERY_SECONDS": "5",
    "PREFECT_WORKER_WEBSERVER_HOST": "127.0.0.1",
}


def prefect_environment(settings: Settings) -> dict[str, str]:
    """What every part of Prefect, and every process that calls its API, is told through its environment.

    Contains the API's password: for child processes only.
    """
    home = make_home(settings.home) / "prefect"
    home.mkdir(mode=0o700, exist_ok=True)
    own = {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": settings.prefect_api_url,
        "PREFECT_API_AUTH_STRING": settings.prefect_auth_string(),
        "PREFECT_UI_URL": settings.prefect_api_url.removesuffix("/api"),
        # `python` must be this one: the deployments' command is `python -m prefect.engine`.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
    }
    return EVERYWHERE | own


def server_environment(settings: Settings, database_url: str) -> dict[str, str]:
    """What Prefect's server is told on top: its database (a URL for asyncpg), password, pages and retention."""
    port = settings.prefect_port
    own = {
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database_url,
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_API_AUTH_STRING": settings.prefect_auth_string(),
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{port},http://localhost:{port}",
        "PREFECT_SERVER_UI_API_URL": settings.prefect_api_url,
        "PREFECT__SERVER_FINAL": "1",
    }
    return prefect_environment(settings) | SERVER | own


def start_prefect_server(supervisor: Supervisor, settings: Settings, database_url: str) -> Child:
    """Start Prefect's server on 127.0.0.1 and wait until its API is healthy; it migrates its database itself.

    Raises ProcessFault when the port is taken or the server does not come up.
    """
    if not _port_is_free(settings.prefect_port):
        raise ProcessFault(
            f"port {settings.prefect_port} of 127.0.0.1 is taken, perhaps by another Prefect: "
            "stop that one, or choose another port with SANSDELAI_PREFECT_PORT"
        )
    # As `prefect server start` does, with one process less.
    command = [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"]
    command += ["--host", "127.0.0.1", "--port", str(settings.prefect_port), "--log-level", "warning"]
    command += ["--timeout-keep-alive", "5", "--timeout-graceful-shutdown", "3"]
    return supervisor.start(
        "prefect-server",
        command,
        env=server_environment(settings, database_url),
        cwd=settings.home,
        ready=f"http://127.0.0.1:{settings.prefect_port}/api/health",
        timeout=120,
    )


def worker_name() -> str:
    """The same after each start on this machine: a new worker takes the place of the one before."""
    return f"{POOL}-{socket.gethostname()}"


# Settings that name a file: the worker stands in another folder than we do, so each is handed on as a whole path.
FILES = ("organisation_file", "retention_file", "master_key_file", "timestamp_trust")


def start_worker(supervisor: Supervisor, settings: Settings, store_url: str) -> Child:
    """Start a process worker on our pool and wait until the server has heard of it; `prepare` comes before.

    The runs it starts find the store through SANSDELAI_DATABASE_URL.
    """
    since = datetime.now(UTC)
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process"]
    command += ["--name", worker_name(), "--limit", str(POOL_CONCURRENCY), "--install-policy", "never"]
    own = {"SANSDELAI_DATABASE_URL": store_url, "SANSDELAI_HOME": str(settings.home)}
    for name in FILES:
        if (path := getattr(settings, name)) is not None:
            own[f"SANSDELAI_{name.upper()}"] = str(path)
    return supervisor.start(
        "prefect-worker",
        command,
        env=prefect_environment(settings) | own,
        cwd=settings.home,
        ready=lambda: _heard_of(settings, worker_name(), since),
        timeout=90,
    )


def _heard_of(settings: Settings, name: str, since: datetime) -> bool:
    """Whether a worker of this name has sent a heartbeat since then."""
    workers = _ask(settings, f"/work_pools/{POOL}/workers/filter", {"workers": None})
    return any(
        worker["name"] == name and datetime.fromisoformat(worker["last_heartbeat_time"]) >= since for worker in workers
    )


def is_healthy(settings: Settings) -> bool:
    """Whether Prefect's server answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{settings.prefect_api_url}/health", timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _ask(settings: Settings, path: str, body: dict[str, object]) -> list[dict[str, str]]:
    """POST to Prefect's API a question that changes nothing; an unreachable API answers with nothing."""
    credentials = base64.b64encode(settings.prefect_auth_string().encode()).decode()
    headers = {"Content-Type": "application/json", "Authorization": f"Basic {credentials}"}
    request = urllib.request.Request(settings.prefect_api_url + path, json.dumps(body).encode(), headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as response:
            return list(json.load(response))
    except (urllib.error.URLError, OSError):
        return []


def _port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
