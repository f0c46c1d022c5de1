"""The difference that a policy makes, and what of the policy makes it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from keywitness.decide import decide
from keywitness.model import Answer, CaseId, CredentialChange, Finding
from keywitness.policy import Policy, load_policy
from keywitness.replay import CaseMove, Judge, compare, explained, said, settings
from tests.render.parts import finding
from tests.support import answers, change

OLD = load_policy()


def judged(made: CredentialChange, policy: Policy, case: str = "KW-1", **verdicts: str | Answer) -> Finding:
    said = answers(**verdicts)
    return finding(made, said, decide(made, said, policy, False), case)


def one(**verdicts: str | Answer) -> tuple[Judge, CredentialChange]:
    made = change()

    def judge(policy: Policy) -> Sequence[Finding]:
        return [judged(made, policy, "KW-1", **verdicts)]

    return judge, made


def test_the_same_policy_makes_no_difference() -> None:
    judge, _ = one(change_request="no")
    found = compare(judge(OLD), judge(OLD))
    assert not found.differences
    assert not found.moves
    assert settings(OLD, OLD) == ()


def test_a_criterion_less_loses_the_case_and_is_named() -> None:
    judge, made = one(change_request="no")
    new = replace(OLD, criteria=("atypical_actor", "pattern"))
    found = explained(compare(judge(OLD), judge(new)), judge, OLD, new)
    assert found.lost() == (CaseMove(CaseId("KW-1"), "escalate", "close"),)
    assert not found.gained()
    assert found.minutes({"escalate": 70, "review": 30, "close": 0}) == (70, 0)
    (difference,) = found.differences
    assert (difference.settings, difference.together) == (("criteria",), False)
    assert difference.new.change == made


def test_a_threshold_shows_in_the_answer_that_it_changes() -> None:
    made = change()

    def judge(policy: Policy) -> Sequence[Finding]:
        usual = "no" if policy.thresholds["habit_count"] <= 1 else "yes"
        return [judged(made, policy, atypical_actor=usual, change_request="unknown")]

    thresholds = {**OLD.thresholds, "habit_count": 1, "habit_days": 3}
    new = replace(OLD, thresholds=thresholds)
    found = explained(compare(judge(OLD), judge(new)), judge, OLD, new)
    (difference,) = found.differences
    assert difference.answers == ("atypical_actor",)
    assert difference.settings == ("thresholds.habit_count",)
    assert found.moves == (CaseMove(CaseId("KW-1"), "escalate", "review"),)
    assert (said(OLD, "thresholds.habit_count"), said(new, "thresholds.habit_count")) == (2, 1)


def test_what_needs_two_settings_is_said_to_need_both() -> None:
    judge, _ = one(change_request="no", pattern="yes")
    new = replace(OLD, criteria=("atypical_actor",), hostile=(("pattern",),))
    both = replace(new, hostile=())
    assert not explained(compare(judge(OLD), judge(new)), judge, OLD, new).moves
    found = explained(compare(judge(OLD), judge(both)), judge, OLD, both)
    assert [d.settings for d in found.differences] == [("criteria",)]
    two = replace(OLD, criteria=(), hostile=())
    judge_signs, _ = one(change_request="no", suspicious_history="yes")
    (difference,) = explained(compare(judge_signs(OLD), judge_signs(two)), judge_signs, OLD, two).differences
    assert difference.together
    assert difference.settings == ("criteria", "hostile")


def test_cases_that_merge_are_held_against_the_worst_of_their_parts() -> None:
    first, second = change(), change()
    old = [judged(first, OLD, "KW-1", change_request="no"), judged(second, OLD, "KW-2")]
    new = [judged(first, OLD, "KW-1", change_request="no"), judged(second, OLD, "KW-1")]
    found = compare(old, new)
    assert not found.moves
    assert (found.old["escalate"], found.old["close"]) == (1, 1)
    assert (found.new["escalate"], found.new["close"]) == (1, 0)


def test_other_reasons_alone_are_a_difference_that_moves_nobody() -> None:
    judge, _ = one(change_request="no", atypical_actor="yes")
    new = replace(OLD, criteria=("unauthorised",))
    (difference,) = compare(judge(OLD), judge(new)).differences
    assert not difference.told


def changed(**given: Any) -> Policy:
    return replace(OLD, **given)


def test_settings_are_named_one_by_one() -> None:
    assert settings(OLD, changed(thresholds={**OLD.thresholds, "habit_days": 3}, criteria=())) == (
        "criteria",
        "thresholds.habit_days",
    )
    assert settings(OLD, changed(minutes={"escalate": 1, "review": 1, "close": 1})) == ()
