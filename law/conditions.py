"""What may have to happen before a step leaves the house: each condition by its id."""

from datetime import datetime, timedelta

from law.facts import ReportFacts
from law.values import ConditionId


def condition_met(id: str, report: ReportFacts, now: datetime) -> bool:
    """Whether the condition is true at `now`; an unknown id raises `ValueError` with the ids that exist."""
    condition = _named(id)
    if condition is ConditionId.JUDGMENT_STANDS:
        judgment = report.judgment
        return judgment is not None and judgment.given_at <= now and (judgment.until is None or now < judgment.until)
    if report.police_no_objection_at is not None and report.police_no_objection_at <= now:
        return True
    at = condition_may_be_met_at(id, report)
    return at is not None and at <= now


def condition_may_be_met_at(id: str, report: ReportFacts) -> datetime | None:
    """When the mere passing of time will meet the condition; None when only somebody's word or act can."""
    condition = _named(id)
    if condition is not ConditionId.POLICE_FIRST:
        return None
    # The delay is the one agreed with the police in writing. There is no default (practice 1.1).
    if report.police_informed_at is None or report.agreed_delay_hours is None:
        return None
    return report.police_informed_at + timedelta(hours=report.agreed_delay_hours)


def _named(id: str) -> ConditionId:
    try:
        return ConditionId(id)
    except ValueError as error:
        allowed = ", ".join(ConditionId)
        raise ValueError(f"unknown condition {id!r}; allowed: {allowed}") from error
