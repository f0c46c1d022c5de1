"""The life of a case as a table of moves."""

from itertools import product

import pytest

from keywitness.store import RefusedError
from keywitness.store.lifecycle import BACK, CLOSE_REASONS, MOVES, STATUSES, VERDICTS, check_move, closing


@pytest.mark.parametrize(("old", "new"), list(product(STATUSES, STATUSES)))
def test_only_the_moves_of_the_life_cycle_are_allowed(old: str, new: str) -> None:
    allowed = {"new": "triage escalated closed", "triage": "escalated closed", "escalated": "contained triage closed"}
    allowed |= {"contained": "escalated closed", "closed": "triage"}
    if new in allowed[old].split():
        check_move("KW-1", old, new, "because")  # type: ignore[arg-type]
    else:
        with pytest.raises(RefusedError, match=f"is {old} and can't become {new}"):
            check_move("KW-1", old, new, "because")  # type: ignore[arg-type]


@pytest.mark.parametrize(("old", "new"), sorted(BACK))
def test_a_move_back_needs_a_reason(old: str, new: str) -> None:
    with pytest.raises(RefusedError, match="only with a reason"):
        check_move("KW-1", old, new, "  ")  # type: ignore[arg-type]
    assert new in MOVES[old]  # type: ignore[index]


def test_each_reason_to_close_has_its_ocsf_verdict() -> None:
    words = {reason: VERDICTS[verdict] for reason, verdict in CLOSE_REASONS.items()}
    assert words == {
        "duplicate": "Duplicate",
        "false_positive": "False Positive",
        "true_positive": "True Positive",
        "benign_positive": "Benign",
        "automated_closure": "Disregard",
        "other": "Other",
    }


def test_an_analyst_may_say_another_verdict() -> None:
    assert closing("true_positive", 8, "").verdict_id == 8
    with pytest.raises(RefusedError, match="11 is no verdict"):
        closing("true_positive", 11, "")
    with pytest.raises(RefusedError, match="'bored' is no reason"):
        closing("bored", None, "")
    with pytest.raises(RefusedError, match="needs a comment"):
        closing("other", None, " ")
