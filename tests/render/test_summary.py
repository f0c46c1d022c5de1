from dataclasses import replace

from keywitness.render import summary
from tests.render.parts import NIGHT
from tests.render.sample import report


def test_cases_are_counted_by_decision() -> None:
    assert summary.counts(report()) == {"escalate": 3, "review": 1, "close": 5}
    assert [case.case_id for case in summary.cases(report(), "review")] == ["KW-RV5H2KLO"]


def test_closed_findings_name_the_ticket_that_covers_them() -> None:
    found = summary.closed(report())
    assert len(found) == 5
    assert summary.why_closed(found[0]).startswith("normal change CHG0040112")
    uncovered = replace(found[0], answers={})
    assert summary.why_closed(uncovered) == found[0].decision.because


def test_the_period_is_that_of_all_logs() -> None:
    reach = summary.period(report())
    assert reach is not None
    assert reach[0] < NIGHT < reach[1]
    assert summary.period(replace(report(), coverage=())) is None


def test_rejects_are_counted_by_reason_most_frequent_first() -> None:
    assert summary.reject_reasons(report())[0] == ("the record has no time", 4)
    assert len(summary.first_rejects(report())) == 5


def test_what_is_missing_is_told_with_what_it_would_settle() -> None:
    assert summary.not_given(report()) == ("identities", "city")
    assert ("the aws.sign-in log", 1) in summary.gaps(report())


def test_what_each_suppression_hid_is_listed() -> None:
    first, *others = report().cases
    hidden = tuple(replace(f, decision=replace(f.decision, suppressed_by="SUP-1")) for f in first.findings)
    made = replace(report(), cases=(replace(first, findings=hidden), *others))
    assert summary.suppressed(made) == {"SUP-1": hidden}
    assert summary.suppressed(report()) == {}
