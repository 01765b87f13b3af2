"""When a report stands where, in words: the order of `law.lifecycle.report_stage`, which a test holds to it."""

from typing import Final

from law.lifecycle import AUTHORITIES
from law.vocabulary import PartyKind, ReportStage
from web.terms import PARTY_KIND

_AUTHORITIES = ", ".join(PARTY_KIND[kind][1] for kind in PartyKind if kind in AUTHORITIES)

REPORT_STAGES: Final[tuple[tuple[ReportStage, str], ...]] = (
    (ReportStage.CLOSED, "nothing is due any more"),
    (ReportStage.RETRACTED, "we took it back"),
    (ReportStage.HELD, "a hold of the police covers it"),
    (ReportStage.REMOVED, "two spaced looks saw nothing at every location"),
    (ReportStage.BLOCKED, "a procedure is `in_force`"),
    (ReportStage.ESCALATED, f"something left the house to one of: {_AUTHORITIES}"),
    (ReportStage.NOTIFIED, "something left the house to anybody else"),
    (ReportStage.WAITING, "a procedure is open, and every open one is `waiting`"),
    (ReportStage.RECEIVED, "nothing of the above"),
)
