"""When a report stands where, in words: the order of `law.lifecycle.report_stage`, which a test holds to it."""

from typing import Final

from law.vocabulary import ReportStage

REPORT_STAGES: Final[tuple[tuple[ReportStage, str], ...]] = (
    (ReportStage.CLOSED, "nothing is due any more"),
    (ReportStage.RETRACTED, "we took it back"),
    (ReportStage.HELD, "a hold of the police covers it"),
    (ReportStage.REMOVED, "two spaced looks saw nothing at every location"),
    (ReportStage.BLOCKED, "a procedure is `in_force`"),
    (ReportStage.ESCALATED, "something left the house to police, regulator, prosecutor, court or network of hotlines"),
    (ReportStage.NOTIFIED, "something left the house to anybody else"),
    (ReportStage.WAITING, "a procedure is open, and every open one is `waiting`"),
    (ReportStage.RECEIVED, "nothing of the above"),
)
