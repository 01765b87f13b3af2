"""A certificate is enough: recomputed in a process that has no holidays, no time zones and no tables."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from law.certificate import Certificate
from law.clock import RULES
from tests.law.certificates_for_tests import made
from tests.law.test_clock_properties import calendar_of, zone_of

PROJECT = Path(__file__).parents[2]
PROGRAM = """
import json, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"holidays", "tzdata", "pendulum", "dateutil"}:
            raise ImportError(f"{name} is blocked")
        return None

sys.meta_path.insert(0, Blocked())
import zoneinfo

for name, use in (("holidays", __import__), ("Europe/Paris", zoneinfo.ZoneInfo)):
    try:
        use(name)
    except (ImportError, zoneinfo.ZoneInfoNotFoundError):
        continue
    raise SystemExit(f"{name} could be found: the test proves nothing")

from law.certificate import Certificate, recompute
from law.errors import AlteredCertificate

for line in sys.stdin:
    try:
        print(recompute(Certificate.model_validate_json(line)).isoformat())
    except AlteredCertificate as fault:
        print(fault.step)
"""


def alone(certificates: list[str]) -> list[str]:
    """What a process without holidays and time-zone data says of each certificate."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input="\n".join(certificates) + "\n",
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env={**os.environ, "PYTHONTZPATH": ""},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def every_rule() -> list[Certificate]:
    """One certificate under each rule and unit, across a change of clocks and holidays."""
    found = []
    for name, rule in RULES.items():
        for unit in rule.units:
            amount: int | str = "2+10" if unit == "months_then_days" else 3
            found.append(made(name, amount, unit, zone_of(name), calendar_of(name)))
    cairo: dict[str, Any] = {"zone": "Africa/Cairo", "calendar": "none"}
    skipped = made("EU-1182-71/days", 184, "days", **cairo)  # ends where the clocks skip midnight
    assert any(one.asked for one in skipped.shown)
    return [*found, skipped]


def test_every_rule_is_recomputed_from_the_certificate_alone() -> None:
    """The same instant for each rule, with `holidays` unimportable and no time-zone data at all."""
    certificates = every_rule()
    assert len(certificates) >= len(RULES)
    assert [one.end_utc for one in certificates] == alone([one.model_dump_json() for one in certificates])


@pytest.mark.parametrize(("key", "named"), [("amount", "count"), ("note_en", "digest"), ("last_moment", "last_moment")])
def test_alone_it_still_names_what_was_altered(key: str, named: str) -> None:
    """Without any data of the world an altered certificate is found and the place is named."""
    body = json.loads(made("FR-CPC-641-642/days", 15, "days").model_dump_json())
    body[key] = 16 if key == "amount" else "changed"
    assert alone([json.dumps(body)]) == [named]
