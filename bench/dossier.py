"""
Fifty varied dossiers as PDF/A, one after the other in one process, against an empty page of the same compiler.

    python -m bench.dossier [COUNT]
"""

import functools
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from edges.dossier import can_draw, dossier_pdf
from edges.dossier_content import DossierContent
from edges.timeline_page import timeline_html
from tests.edges.dossier_samples import later, long, varied

GOAL = 100  # ms


def milliseconds(work: Callable[[], object]) -> float:
    """Of one call."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def timed(make: Callable[[DossierContent], object], contents: list[DossierContent]) -> list[float]:
    """Of each."""
    return [milliseconds(functools.partial(make, one)) for one in contents]


def pages(count: int) -> list[float]:
    """So many pages that hold a few letters only, each another one: what the compiler itself costs."""
    return [milliseconds(functools.partial(can_draw, f"{n} of {count}")) for n in range(count)]


def line(name: str, spent: list[float], against: float) -> str:
    """Median, slowest, and the ratio of the median."""
    middle = statistics.median(spent)
    return f"{name:34} {middle:>8.1f} {max(spent):>8.1f} ms   {middle / against:>6.1f} times an empty page"


def stretched(count: int) -> list[DossierContent]:
    """So many dossiers of two hundred events, at other times each."""
    return [later(long("en", 200), timedelta(hours=17 * n, seconds=n + 1)) for n in range(1, count + 1)]


def main(count: int) -> None:
    """A line for each kind; the first dossier of a process is told apart."""
    contents = list(varied(count))
    first = milliseconds(lambda: dossier_pdf(long("fr", 20)))
    empty = statistics.median(pages(count))
    spent = timed(dossier_pdf, contents)
    events = [len(one.chronology) for one in contents]
    print(f"{'':34} {'median':>8} {'slowest':>8}")
    print(f"{'the first of a process':34} {first:>8.1f}")
    print(line(f"{count} dossiers, {min(events)} to {max(events)} events", spent, empty))
    print(
        line("5 dossiers of 200 events", [milliseconds(lambda of=one: dossier_pdf(of)) for one in stretched(5)], empty)
    )  # type: ignore[misc]
    print(line("the same as pages (HTML)", [milliseconds(lambda of=one: timeline_html(of)) for one in contents], empty))  # type: ignore[misc]
    print(f"under {GOAL} ms: {sum(one < GOAL for one in spent)} of {count}; an empty page: {empty:.1f} ms; "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
