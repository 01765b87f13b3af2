"""What opening and granting write down: matters about signatures, and the end of a block."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cases.block import end_of
from cases.moves import carry_out
from law.decide import UNSIGNED, Ask, Route
from law.library import load
from law.values import Text
from models.base import new_id
from models.draft import Draft

NOW = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # the first of December in Paris


@pytest.mark.parametrize(("cause", "matters"), [(UNSIGNED, 2), ("no_addressee", 1)])
def test_a_missing_signature_is_asked_for_the_report_and_for_each_procedure(cause: str, matters: int) -> None:
    """A signature settles what follows a procedure and the route of the report apart; other causes stand once."""
    dossier: Any = SimpleNamespace(report=SimpleNamespace(id=new_id(), priority=5), duties=[], parties={})
    desk: Any = SimpleNamespace(authority_ids={})
    ended: Any = SimpleNamespace(id=new_id(), party_id=None)
    draft = Draft(NOW)
    entry = draft.event(dossier.report.id, "routed")
    plan = Route((), frozenset(), (Ask(cause, None, Text(fr="x", en="x")),))
    for parent in (ended, None, ended, None):
        carry_out(desk, draft, dossier, plan, entry=entry, parent=parent)
    assert matters == len(dossier.duties)
    if cause == UNSIGNED:
        assert [ended.id, None] == [duty.procedure_id for duty in dossier.duties]


def test_a_block_ends_before_the_corresponding_date_where_its_regime_says_so() -> None:
    """Three months of au-osa-95-99 from 1 December 2026 in Paris end with 28 February 2027, not a day later."""
    library = load()
    desk: Any = SimpleNamespace(
        library=library, organisation=SimpleNamespace(parameters={}), zone=ZoneInfo("Europe/Paris")
    )
    dossier: Any = SimpleNamespace(facts=lambda: SimpleNamespace(judgment=None))
    found = end_of(desk, library.regime("au-osa-95-99"), dossier, NOW, None)
    assert found.last_moment == "Sun 2027-02-28 24:00"
