"""The parts that run beside us, each in its own process: started, watched, and none left behind.

Each child leads its own session, so a Ctrl-C in the terminal reaches only us and we stop the children in order. They
stop when we leave the `with` block, at SIGINT, SIGTERM and SIGHUP, and, on Linux, also when we are killed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar

from edges.home import make_home

GRACE_SECONDS = 8.0
WATCH_SECONDS = 1.0
_LOG_LIMIT = 10_000_000
_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


T = TypeVar("T")


class ProcessFault(Exception):
    """A part of the program did not start, or ended by itself."""


@dataclass
class Child:
    """One running part: its name, its process (leader of its own group) and the file that takes its output."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self, lines: int = 5) -> str:
        """The end of its log, for a message."""
        text = self.log.read_text(errors="replace").strip().splitlines() if self.log.exists() else []
        return "\n".join(f"  {line}" for line in text[-lines:])


@dataclass
class Supervisor:
    """Starts children, waits for their readiness and stops all of them, last started first."""

    logs: Path
    grace: float = GRACE_SECONDS
    children: list[Child] = field(default_factory=list)
    watched: list[Callable[[], None]] = field(default_factory=list)
    _next_watch: float = 0.0
    _held: ExitStack = field(default_factory=ExitStack)
    _former: dict[int, Any] = field(default_factory=dict)
    _asked: int = 0
    _busy: bool = False

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                self._former[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._busy = True  # from here on a second Ctrl-C is only noted
        try:
            self.stop_all()
            self._held.close()
        finally:
            for number, former in self._former.items():
                signal.signal(number, former)
            self._former.clear()

    def hold(self, context: AbstractContextManager[T]) -> T:
        """Enter a context that is left after the last child has stopped, such as the database under all of them."""
        with self._uninterrupted():
            return self._held.enter_context(context)

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        without: Collection[str] = (),
        cwd: Path | None = None,
        ready: Callable[[], bool] | str | None = None,
        timeout: float = 60.0,
    ) -> Child:
        """Start a child and wait until `ready` says yes (or, if it is a URL, until it answers 200).

        `env` is added to our own environment; `without` names what of it the child must not see. Raises ProcessFault,
        with the end of its log, when the child ends or is not ready in `timeout` seconds.
        """
        with self._uninterrupted():
            ours = {name: value for name, value in os.environ.items() if name not in without}
            child = self._spawn(name, command, {**ours, **(env or {})}, cwd)
            self.children.append(child)
        until = time.monotonic() + timeout
        while ready is not None and not (answers(ready) if isinstance(ready, str) else ready()):
            self.check()
            if time.monotonic() > until:
                self.stop(child)
                raise ProcessFault(
                    f"{name} was not ready after {timeout:.0f} s (log: {child.log})\n{child.last_words()}"
                )
            time.sleep(0.1)
        return child

    def watch(self, check: Callable[[], None]) -> None:
        """Ask about once a second whether something that is no child of ours still lives; `check` raises if not."""
        self.watched.append(check)

    def check(self) -> None:
        """Raise what a watch raises, for it may be the cause; or ProcessFault if a child has ended by itself."""
        ended = [child for child in self.children if child.process.poll() is not None]
        if ended or time.monotonic() >= self._next_watch:
            for check in self.watched:
                check()
            self._next_watch = time.monotonic() + WATCH_SECONDS
        for child in self.children:
            if (code := child.process.poll()) is not None:
                raise ProcessFault(f"{child.name} ended with code {code} (log: {child.log})\n{child.last_words()}")

    def wait(self) -> None:
        """Stay until a signal comes (KeyboardInterrupt), a child ends by itself (ProcessFault) or a watch raises."""
        while True:
            self.check()
            time.sleep(0.25)

    def stop(self, child: Child) -> None:
        """Stop one child and everything in its group: TERM first, KILL after the grace."""
        if child in self.children:
            self.children.remove(child)
        stop_groups([child], self.grace)

    def stop_all(self) -> None:
        """Stop all children, last started first, so that a server outlives what talks to it."""
        while self.children:
            stop_groups([self.children.pop()], self.grace)

    def _spawn(self, name: str, command: Sequence[str], env: dict[str, str], cwd: Path | None) -> Child:
        make_home(self.logs.parent)
        self.logs.mkdir(mode=0o700, exist_ok=True)
        log = self.logs / f"{name}.log"
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.rename(log.with_suffix(".log.1"))
        with log.open("ab") as stream:
            try:
                process = subprocess.Popen(
                    list(command),
                    stdin=subprocess.DEVNULL,
                    stdout=stream,
                    stderr=subprocess.STDOUT,
                    env=env,
                    cwd=cwd,
                    start_new_session=True,
                    preexec_fn=_die_with_parent(),
                )
            except OSError as refused:
                raise ProcessFault(f"{name} cannot be started: {refused}") from None
        return Child(name, process, log)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._asked += 1
        if self._asked == 1 and not self._busy:
            raise KeyboardInterrupt

    @contextmanager
    def _uninterrupted(self) -> Iterator[None]:
        """A signal that comes meanwhile takes effect right after, so that no child is started and then forgotten."""
        before, self._busy = self._asked, True
        try:
            yield
        finally:
            self._busy = False
        if before == 0 and self._asked:
            raise KeyboardInterrupt


def answers(url: str) -> bool:
    """Whether a GET of this URL is answered with 200 within two seconds; no proxy is asked."""
    try:
        with _NO_PROXY.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def stop_groups(children: Sequence[Child], grace: float) -> None:
    """Stop the whole process group of each child: TERM, and KILL for what is left after `grace` seconds."""
    for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 2.0)):
        left = [child for child in children if _group_lives(child)]
        for child in left:
            _signal_group(child, number)
        until = time.monotonic() + patience
        while any(_group_lives(child) for child in left) and time.monotonic() < until:
            time.sleep(0.02)


def _signal_group(child: Child, number: int) -> bool:
    try:
        os.killpg(child.process.pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _group_lives(child: Child) -> bool:
    child.process.poll()  # collects the leader, whose number the group keeps while a member lives
    return _signal_group(child, 0)


def _die_with_parent() -> Callable[[], None] | None:
    """What a child does before it becomes the program: ask Linux for TERM when its parent dies.

    Linux means the parent's *thread*, so only children of the main thread ask.
    """
    if _LIBC is None or threading.current_thread() is not threading.main_thread():
        return None
    libc, parent = _LIBC, os.getpid()

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return ask
