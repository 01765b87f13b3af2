"""`docs/lifecycle.md`: the life of a procedure as a diagram and a table, and how a report's stage derives from it."""

import inspect
import re
from collections.abc import Iterable
from enum import StrEnum

from cli.docs_page import WRITTEN
from cli.docs_stages import REPORT_STAGES
from law.lifecycle import FINAL, MOVES
from law.vocabulary import Fact, ReportStage, Stage

_MEMBER = re.compile(r'^\s+[A-Z_]+ = "(?P<value>[a-z_]+)"\s+# (?P<clause>.+)$', re.MULTILINE)


def lifecycle_page() -> str:
    """The whole page."""
    stages, facts, reports = clauses(Stage), clauses(Fact), clauses(ReportStage)
    lines = [
        WRITTEN, "", "# Lifecycle", "", "## The life of a procedure", "",
        "A procedure is one legal route for one report: one regime, one addressee, one clock. What is not in the table",
        "below cannot happen to it. The table is `MOVES` in `law/lifecycle.py`; the words are those of",
        "`law/vocabulary.py`.", "",
        "```mermaid", "stateDiagram-v2", *_diagram(), "```", "",
        "### Stages", "", "| stage | what it means |", "|---|---|",
        *(f"| `{stage}` | {stages[stage]} |" for stage in Stage), "",
        "### Facts", "", "| fact | what happened |", "|---|---|",
        *(f"| `{fact}` | {facts[fact]} |" for fact in Fact), "",
        "### Moves", "", "| stage | fact | stage after |", "|---|---|---|",
        *(f"| `{stage}` | `{fact}` | `{after}` |" for (stage, fact), after in MOVES.items()), "",
        f"Nothing more can happen to a procedure that is {_listed(stage for stage in Stage if stage in FINAL)}.", "",
        "## The stage of a report", "",
        "A report has no life of its own: its stage follows from its procedures, from what was seen and from holds, by",
        "`report_stage` in `law/lifecycle.py`. The first line that is true gives the stage.", "",
        "| | stage | what it means | when |", "|---|---|---|---|",
        *(f"| {number} | `{stage}` | {reports[stage]} | {when} |"
          for number, (stage, when) in enumerate(REPORT_STAGES, 1)), "",
    ]  # fmt: skip
    return "\n".join(lines)


def clauses(vocabulary: type[StrEnum]) -> dict[str, str]:
    """The clause that stands as a comment beside each member; a member without one is missing."""
    source = inspect.getsource(vocabulary)
    return {found["value"]: found["clause"] for found in _MEMBER.finditer(source)}


def _diagram() -> list[str]:
    """One arrow for each pair of stages, with every fact that leads from one to the other."""
    arrows: dict[tuple[Stage, Stage], list[str]] = {}
    for (stage, fact), after in MOVES.items():
        arrows.setdefault((stage, after), []).append(fact)
    lines = [f"    [*] --> {Stage.OPENED}"]
    lines += [f"    {stage} --> {after}: {', '.join(facts)}" for (stage, after), facts in arrows.items()]
    return [*lines, *(f"    {stage} --> [*]" for stage in Stage if stage in FINAL)]


def _listed(stages: Iterable[Stage]) -> str:
    names = [f"`{stage}`" for stage in stages]
    return f"{', '.join(names[:-1])} or {names[-1]}"
