"""Which earlier changes make a habit."""

from datetime import timedelta
from typing import Any

import pytest

from keywitness.behaviour.habit import Doer, Habit
from keywitness.context.identities import Directory
from keywitness.model import PrincipalId
from keywitness.questions.atypical_actor import ask
from keywitness.questions.authorisation import authorise
from keywitness.questions.habits import Lessons, taught
from tests.support import AT, ago, change, covered, facts, ticket

ANN = PrincipalId("ann")


def lessons(*tickets: Any, **given: Any) -> Lessons:
    before = [change(**{"time": ago(days=days), **given}) for days in (40, 20, 1)]
    found = authorise(before, tickets, Directory()) if tickets else None
    return Lessons(before, found, tickets or None)


@pytest.mark.parametrize(
    ("tickets", "given", "number"),
    [
        ((ticket(start=ago(days=90), end=ago(days=80)),), {}, 2),  # the day before teaches nothing anyway
        ((ticket(start=ago(days=90), end=AT, max_uses=1, created=None, approved_at=None),), {}, 1),
        ((ticket(start=ago(days=30), end=ago(days=29)),), {}, 1),  # of earlier days no ticket is known
        ((ticket(kind="standing", start=ago(days=90), end=ago(days=80)),), {}, 0),  # nor here
        ((ticket(start=ago(days=90), end=ago(days=80)),), {"outcome": "failure"}, 0),
        ((ticket(start=ago(days=90), end=ago(days=80)),), {"credential_type": "user_password"}, 0),
        ((), {}, 0),
    ],
)
def test_what_no_ticket_covered_is_counted_by_actor(tickets: Any, given: Any, number: int) -> None:
    found = lessons(*tickets, **given)
    assert found.before(change()).get(ANN, 0) == number
    assert not found.before(change(time=AT + timedelta(days=200)))


def test_only_what_is_left_is_taught() -> None:
    doers = {"ann": Doer(3, 3, AT), "bob": Doer(1, 1, AT)}
    assert taught(doers, {ANN: 1, PrincipalId("bob"): 1}) == {"ann": Doer(2, 3, AT)}


@pytest.mark.parametrize(("uncovered", "verdict"), [(0, "no"), (1, "no"), (2, "yes")])
def test_an_intruders_first_keys_do_not_make_the_next_usual(uncovered: int, verdict: str) -> None:
    habit = Habit({"ann": Doer(3, 3, ago(days=5))})
    found = ask(facts(habit=habit, untaught={ANN: uncovered}, coverage=(covered(),)))
    assert found.answer == verdict
    if uncovered:
        assert "that no ticket covered not counted" in found.because + str(found.against)
