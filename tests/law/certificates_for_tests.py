"""A certificate under any counting rule, for tests; needs no regime."""

from datetime import UTC, date, datetime
from typing import Any

from law.certificate import Certificate, certify
from law.vocabulary import Confidence, Receipt, RuleKind


def made(
    rule: str,
    amount: int | str,
    unit: str,
    zone: str = "Europe/Paris",
    calendar: str = "FR",
    at: datetime | date = datetime(2026, 10, 27, 11, 0, tzinfo=UTC),
    **more: Any,
) -> Certificate:
    """A certificate under any rule."""
    return certify(
        regime="test-regime", regime_digest="0" * 64, kind=RuleKind.LAW, rule=rule, amount=amount, unit=unit,
        zone=zone, confidence=Confidence.TEXT, citation="Citation", fact="received", at=at, proof="250 queued",
        receipt=Receipt.SERVER, receipt_proven=True, calendar=calendar, **more,
    )  # fmt: skip
