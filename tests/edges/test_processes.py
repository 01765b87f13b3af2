"""The parts beside us, with real processes: none is left behind, whatever happens."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from edges.processes import ProcessFault, Supervisor, answers

ROOT = Path(__file__).parents[2]
SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
# A child that hears no TERM, with a child of its own that hears none either.
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print('up', flush=True); time.sleep(60)",
]
# A program that supervises two children, one of them stubborn, says who they are and stays until it is told to stop.
PROGRAM = f"""
import sys
from pathlib import Path
from edges.processes import Supervisor
try:
    with Supervisor(Path(sys.argv[1]), grace=1.0) as supervisor:
        plain = supervisor.start("plain", {SLEEP!r})
        log = Path(sys.argv[1]) / "stubborn.log"
        stubborn = supervisor.start("stubborn", {STUBBORN!r}, ready=lambda: b"up" in log.read_bytes())
        print(plain.process.pid, stubborn.process.pid, flush=True)
        supervisor.wait()
except KeyboardInterrupt:
    sys.exit(3)
"""


def gone(processes: list[psutil.Process], seconds: float = 8.0) -> bool:
    """Whether all of them have ended in time; one that nobody has collected yet has ended too."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if all(not one.is_running() or one.status() == psutil.STATUS_ZOMBIE for one in processes):
            return True
        time.sleep(0.05)
    return False


@contextmanager
def running(logs: Path) -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
    """PROGRAM in a process of its own, and everything that it started."""
    command = [sys.executable, "-c", PROGRAM, str(logs)]
    program = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    family: list[psutil.Process] = []
    try:
        assert program.stdout and program.stdout.readline()
        family = psutil.Process(program.pid).children(recursive=True)
        assert len(family) == 3
        yield program, family
    finally:
        for process in family:
            if process.is_running():
                process.kill()
        program.kill()
        program.communicate()


def test_leaving_the_block_stops_children_and_their_children(home: Path) -> None:
    """Also those that ignore TERM, and the end is not waited for longer than the grace."""
    with Supervisor(home / "logs", grace=1.0) as supervisor:
        log = home / "logs" / "stubborn.log"
        stubborn = supervisor.start("stubborn", STUBBORN, ready=lambda: b"up" in log.read_bytes())
        family = [psutil.Process(stubborn.process.pid), *psutil.Process(stubborn.process.pid).children()]
        assert len(family) == 2
        begun = time.monotonic()
    assert gone(family, 0.5)
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_no_process_behind(home: Path, number: signal.Signals) -> None:
    """Ctrl-C, a plain kill and a closed terminal each stop everything, in order."""
    with running(home / "logs") as (program, family):
        program.send_signal(number)
        assert program.wait(8) == 3
        assert gone(family, 0.5)


def test_an_impatient_second_and_third_ctrl_c_changes_nothing(home: Path) -> None:
    """While the children are being stopped, further signals are only noted."""
    with running(home / "logs") as (program, family):
        for _ in range(3):
            program.send_signal(signal.SIGINT)
            time.sleep(0.2)
        assert program.wait(8) == 3
        assert gone(family, 0.5)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_children_do_not_outlive_a_killed_parent(home: Path) -> None:
    """SIGKILL gives us no chance to tidy up; Linux sends the children TERM."""
    with running(home / "logs") as (program, family):
        plain = [one for one in family if one.cmdline() == SLEEP and one.ppid() == program.pid]
        assert plain
        program.kill()
        assert gone(plain)


def test_a_child_that_ends_before_it_is_ready_is_a_fault_with_its_last_words(home: Path) -> None:
    """The message names the part, its exit code and its log, and ends with what it said."""
    command = [sys.executable, "-c", "import sys; print('no such database'); sys.exit(7)"]
    with (
        Supervisor(home / "logs") as supervisor,
        pytest.raises(ProcessFault, match=r"server ended with code 7 \(log: .*server.log\)\n  no such database"),
    ):
        supervisor.start("server", command, ready=lambda: False)


def test_a_child_that_never_gets_ready_is_stopped(home: Path) -> None:
    """After the time-out nothing of it runs on."""
    with Supervisor(home / "logs", grace=1.0) as supervisor:
        with pytest.raises(ProcessFault, match="not ready after 0 s"):
            supervisor.start("server", SLEEP, ready=lambda: False, timeout=0.4)
        assert supervisor.children == []
    assert not [one for one in psutil.Process().children() if one.cmdline() == SLEEP]


def test_a_child_that_ends_later_is_noticed(home: Path) -> None:
    """`wait` does not go on as if all were well when a part has died."""
    with Supervisor(home / "logs") as supervisor:
        supervisor.start("worker", [sys.executable, "-c", "import time; time.sleep(0.3)"])
        with pytest.raises(ProcessFault, match="worker ended with code 0"):
            supervisor.wait()


def test_a_url_says_when_a_server_is_ready(home: Path) -> None:
    """Readiness is a 200 from the part itself."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    with Supervisor(home / "logs") as supervisor:
        supervisor.start(
            "web", [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)], cwd=home, ready=url
        )
        assert answers(url)
        assert not answers(f"{url}missing")
    assert not answers(url)


def test_what_is_held_is_left_after_the_last_child(home: Path) -> None:
    """The database under the parts must still be there while they stop."""
    seen: list[bool] = []
    with Supervisor(home / "logs") as supervisor:

        @contextmanager
        def database() -> Iterator[str]:
            yield "url"
            seen.append(gone([child], 0.0) or not child.is_running())

        assert supervisor.hold(database()) == "url"
        child = psutil.Process(supervisor.start("part", SLEEP).process.pid)
    assert seen == [True]


def test_a_program_that_is_not_there_is_a_fault(home: Path) -> None:
    """One clear message instead of a traceback."""
    with Supervisor(home / "logs") as supervisor, pytest.raises(ProcessFault, match="nothing cannot be started"):
        supervisor.start("nothing", [str(home / "no-such-program")])
