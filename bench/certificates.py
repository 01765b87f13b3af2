"""
One deadline with its certificate under each counting rule, counting it again from itself alone, and reading all files.

    python -m bench.certificates
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from law.certificate import Certificate, certify, recompute
from law.clock import RULES, Rule
from law.library import HOME, load
from law.vocabulary import Confidence, Receipt, RuleKind

START = datetime(2026, 11, 6, 9, 0, tzinfo=UTC)
ROUNDS = 300


def certificate_under(rule: Rule) -> Certificate:
    """A deadline of ten units."""
    at = datetime.combine(date(2026, 11, 6), datetime.min.time(), UTC) if rule.from_date else START
    return certify(
        regime="bench", regime_digest="0" * 64, kind=RuleKind.LAW, rule=rule.name, amount=10, unit=rule.unit,
        zone="Europe/Paris", confidence=Confidence.TEXT, citation="bench", fact="received", at=at, proof="SMTP 250",
        receipt=Receipt.SERVER, receipt_proven=True, calendar="FR" if rule.uses_calendar else "none",
    )  # fmt: skip


def microseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Mean time of one call, after one to warm up."""
    work()
    started = time.perf_counter()
    for _ in range(rounds):
        work()
    return (time.perf_counter() - started) / rounds * 1e6


def main() -> None:
    """A line for each rule."""
    naive = microseconds(lambda: (START + timedelta(hours=10)).isoformat())
    print(f"{'rule':34} {'with certificate':>17} {'recomputed':>12}   against a bare date ({naive:.1f} µs)")
    for rule in RULES.values():
        found = certificate_under(rule)
        made, again = microseconds(lambda of=rule: certificate_under(of)), microseconds(lambda of=found: recompute(of))  # type: ignore[misc]
        print(f"{rule.name:34} {made:>14.0f} µs {again:>9.0f} µs   {made / naive:>6.0f} times")
    read = microseconds(lambda: load(HOME), 3) / 1e6
    print(f"reading and checking all {len(load().regimes)} regimes: {read:.2f} s")


if __name__ == "__main__":
    main()
