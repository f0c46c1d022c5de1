"""A case's row from its findings."""

from datetime import UTC, datetime

from keywitness.store.sla import load_rules
from keywitness.store.summary import case_of, facts, opened
from tests.render.sample import report
from tests.store.made import judged

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def test_the_row_says_the_worst_and_the_whole() -> None:
    case = case_of("KW-1", [judged(9, action="close"), judged(5, priority="P1"), judged(7, action="review")])
    row = opened(case, NOW, load_rules())
    assert (row.decision, row.priority, row.status, row.findings, row.used) == ("escalate", "P1", "new", 3, True)
    assert (row.first_at, row.last_at) == (case.findings[0].change.time, case.findings[-1].change.time)
    assert row.lag == int((NOW - row.first_at).total_seconds())
    assert (row.title, row.campaign) == ("dora → svc-backup", "dora")


def test_unanswered_questions_are_named() -> None:
    unknown = {q for case in report().cases for q in facts(case, NOW)["unknowns"]}
    assert unknown
    assert unknown <= set(judged(1).answers)
