"""A policy file says what it changes; what it can't say is a usage error that names file and value."""

from pathlib import Path

import pytest

from keywitness.errors import UsageError
from keywitness.policy import REASONS, SIGNS, load_policy
from keywitness.questions import QUESTIONS


def given(text: str, folder: Path) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_policy_is_the_runbooks() -> None:
    policy = load_policy()
    assert policy.criteria == ("unauthorised", "atypical_actor", "pattern")
    assert policy.settled_by_approval == {"atypical_actor", "pattern"}
    assert policy.hostile[0] == ("threat_intel",)
    assert policy.thresholds["indicator_confidence"] == 50


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    mine = load_policy(given('[escalate]\ncriteria = ["pattern"]\n[thresholds]\nplace_days = 2.5\n', tmp_path))
    shipped = load_policy()
    assert mine.criteria == ("pattern",)
    assert mine.thresholds == {**shipped.thresholds, "place_days": 2.5}
    assert mine.hostile == shipped.hostile


def test_a_switch_is_a_threshold_of_nought_or_one(tmp_path: Path) -> None:
    assert load_policy().thresholds["tor_is_indicator"] == 1
    assert load_policy(given("[escalate]\ntor_is_indicator = false\n", tmp_path)).thresholds["tor_is_indicator"] == 0


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    assert load_policy(given("", tmp_path)) == load_policy()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[escalate", "can't be read"),
        ("[escalation]\n", "escalation"),
        ("thresholds = 3\n", "thresholds"),
        ("[thresholds]\nplace_day = 3\n", "place_day"),
        ('[thresholds]\nplace_days = "3"\n', "place_days"),
        ("[thresholds]\nplace_days = true\n", "place_days"),
        ("[thresholds]\nplace_days = [3]\n", "place_days"),
        ("[escalate]\ntor_is_indicator = 0\n", "tor_is_indicator"),
        ("[escalate]\ncriteria = true\n", "criteria"),
        ("[escalate]\ncriteria = 1\n", "criteria"),
        ('[escalate]\ncriteria = "pattern"\n', "criteria"),
        ('[escalate]\ncriteria = ["unauthorized"]\n', "unauthorized"),
        ('[escalate]\nsettled_by_approval = ["patern"]\n', "patern"),
        ('[scope]\nadjacent_criteria = ["all"]\n', "adjacent_criteria"),
        ("[scope]\nfailed_criteria = [[]]\n", "failed_criteria"),
        ('[escalate]\nhostile = ["threat_intel"]\n', "hostile"),
        ('[escalate]\nhostile = [["thret_intel"]]\n', "thret_intel"),
        ("[escalate]\nhostile = [[]]\n", "hostile"),
        ('[escalate]\nhostile = "threat_intel"\n', "hostile"),
        ('[self_service]\ncredentials = "user_password"\n', "credentials"),
        ('[self_service]\ncalm = ["unusual_place"]\n', "unusual_place"),
    ],
)
def test_what_no_policy_can_say_is_named_with_its_file(text: str, named: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_policy(given(text, tmp_path))
    assert "mine.toml" in str(caught.value)
    assert named in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_that_cant_be_read_is_a_usage_error(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    if content:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"mine\.toml"):
        load_policy(path)


def test_every_question_may_be_a_sign_and_every_reason_is_a_question() -> None:
    assert [question.id for question in QUESTIONS] == list(SIGNS)
    assert {question for question, _ in REASONS.values()} <= set(SIGNS)
