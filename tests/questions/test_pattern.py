"""Several credentials or principals by one hand, beyond what tickets cover."""

from typing import Any

import pytest

from keywitness.behaviour.gaps import LogGap
from keywitness.behaviour.habit import Doer, Habit
from keywitness.context.identities import Directory
from keywitness.model import Answer
from keywitness.questions.authorisation import authorise
from keywitness.questions.pattern import ask
from tests.support import ago, change, facts, ticket

SAME, OTHER = ("svc",), ("other",)


def near(*targets: str, ticketed: bool = False, **made: Any) -> list[tuple[Any, bool]]:
    return [(change(target=name, event_id=f"n-{name}-{i}", **made), ticketed) for i, name in enumerate(targets)]


def answer(siblings: list[Any], tickets: Any = (), **given: Any) -> Answer:
    made = change(event_id="own")
    authorisation = None if tickets is None else authorise([made], tickets, Directory())[0]
    return ask(facts(change=made, siblings=tuple(siblings), authorisation=authorisation, **given))


@pytest.mark.parametrize("tickets", [(), None])
@pytest.mark.parametrize(
    ("siblings", "verdict"),
    [
        ([], "no"),
        (near("svc"), "no"),  # two keys for one principal
        (near("svc", "svc"), "yes"),  # three
        (near("other"), "yes"),  # two principals
        (near("other", scope="adjacent"), "no"),
        (near("svc", "svc", "other", scope="lineage"), "no"),
    ],
)
def test_three_credentials_or_two_principals(siblings: list[Any], verdict: str, tickets: Any) -> None:
    assert answer(siblings, tickets).answer == verdict


@pytest.mark.parametrize(
    ("silence", "verdict"), [((5, 3), "unknown"), ((-3, -5), "unknown"), ((40, 30), "no"), ((-30, -40), "no")]
)
def test_a_silent_log_hides_what_else_was_made(silence: tuple[float, float], verdict: str) -> None:
    start, end = (ago(hours=hours) for hours in silence)
    gap = LogGap("aws", "cloudtrail", "111122223333", None, start, end, "no record")
    assert answer([], silences=(gap,)).answer == verdict
    assert answer(near("other"), silences=(gap,)).answer == "yes"


def test_what_tickets_cover_is_no_part_of_it() -> None:
    assert answer(near("other", "third", ticketed=True)).answer == "no"
    assert answer([*near("svc", ticketed=True), *near("svc")]).answer == "no"


def test_a_covered_change_is_in_no_pattern_and_says_what_is_near() -> None:
    adjacent = near("x", "y", scope="adjacent", ticketed=True)
    found = answer([*near("other", ticketed=True), *near("third"), *adjacent], [ticket()])
    assert found.answer == "no"
    assert "2 other changes within 24 hours, 1 of them covered" in found.because


def test_evidence_is_the_changes_themselves() -> None:
    found = answer(near("other", "third"))
    assert found.evidence == ("own", "n-other-0", "n-third-1")
    assert "3 credential changes on 3 principals" in found.because
    assert "24 hours" in found.because


def test_without_tickets_a_usual_batch_is_no_pattern() -> None:
    usual, unusual = Habit({"ann": Doer(30, 10, ago(days=9))}), Habit({"ann": Doer(15, 10, ago(days=9))})
    assert answer(near("other", "third"), None, habit=usual).answer == "no"
    found = answer(near("other", "third"), None, habit=unusual)
    assert "3 credential changes on 3 principals" in found.because
    assert (found.answer, found.against) == ("yes", ("usual on a day that it makes any: 1.5",))


@pytest.mark.parametrize("tickets", [(), None])
def test_a_change_that_two_logs_tell_counts_once(tickets: Any) -> None:
    found = answer(near("svc", provider="m365") + near("svc", time=ago(minutes=5)), tickets)
    assert (found.answer, found.because.partition(" ")[0]) == ("no", "1")
    assert answer(near("svc", "svc", time=ago(minutes=5)), tickets).answer == "yes"
