"""What the records say of themselves."""

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from keywitness.model import ADDING, Case, CaseId, Decision, Finding, Party, Report
from tests.support import AT, ago, change, party


def finding(action: str = "close", priority: str = "P4", **made: Any) -> Finding:
    decision = Decision(action, (), priority, "")  # type: ignore[arg-type]
    return Finding(change(**made), {}, decision, CaseId("KW-1"), None, "", AT, None)


@pytest.mark.parametrize(
    ("who", "label"),
    [
        (Party("arn:1", "ann", "user"), "ann"),
        (Party("arn:1", None, None), "arn:1"),
        (Party("arn:1", "", None), "arn:1"),
        (Party(None, None, None), "unknown"),
    ],
)
def test_a_party_goes_by_the_name_that_people_use(who: Party, label: str) -> None:
    assert who.label() == label


def test_a_change_of_ones_own_is_told_by_the_principal_and_not_by_the_name() -> None:
    assert change("ann", "ann").is_self
    assert not change(party("x"), party("x"), actor_principal="ann@a", target_principal="ann@b").is_self


def test_the_first_of_several_credentials_stands_for_them() -> None:
    assert change(credential_ids=("K1", "K2")).credential_id == "K1"
    assert change().credential_id is None


def test_a_case_is_as_urgent_as_its_worst_finding() -> None:
    case = Case(CaseId("KW-1"), (finding(), finding("escalate", "P2"), finding("review", "P3")))
    assert (case.action, case.priority) == ("escalate", "P2")


def test_findings_of_a_report_are_in_the_order_of_time() -> None:
    late, early, middle = (finding(time=ago(hours=h)) for h in (1, 3, 2))
    cases = (Case(CaseId("KW-1"), (early, late)), Case(CaseId("KW-2"), (middle,)))
    report = Report(cases, (), (), 0, 0, {}, "", "")
    assert report.findings == (early, middle, late)


def test_records_that_pass_between_stages_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        change().outcome = "failure"  # type: ignore[misc]


def test_a_removal_adds_nothing() -> None:
    assert not ADDING & {"removed", "disabled", "housekeeping"}
