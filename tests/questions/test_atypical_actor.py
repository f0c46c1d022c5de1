"""Habit, role and peers."""

from types import MappingProxyType
from typing import Any

import pytest

from keywitness.behaviour.habit import Doer, Habit
from keywitness.behaviour.peers import Peers
from keywitness.behaviour.rotation import Rotation
from keywitness.context.identities import Directory, Identity
from keywitness.model import Answer
from keywitness.questions.atypical_actor import ask
from tests.support import AT, ago, change, covered, facts, party, principal

ANN = Identity("ann", role="engineer", team="data")
PEERS = {
    "bob": Identity("bob", role="engineer"),
    "cyd": Identity("cyd", team="data"),
    "dan": Identity("dan", role="accountant"),
    "root": Identity("root", role="engineer", admin=True),
}


def did(*names: str, count: int = 1) -> Habit:
    return Habit({name: Doer(count, count, ago(days=9)) for name in names})


def answer(habit: Habit, actor: Identity | None = ANN, days: float = 100, **made: Any) -> Answer:
    directory = Directory(True, MappingProxyType({principal(name): who for name, who in PEERS.items()}))
    made_by = change(**{"event_id": "own", **made})
    return ask(facts(change=made_by, actor=actor, directory=directory, habit=habit, coverage=(covered(days=days),)))


@pytest.mark.parametrize(
    ("habit", "verdict"),
    [
        (did(), "yes"),
        (did("ann"), "yes"),
        (did("ann", count=2), "no"),
        (did("bob"), "yes"),
        (did("bob", "cyd"), "no"),  # one of the same role, one of the same team
        (did("bob", "dan"), "yes"),
        (did("bob", "root"), "yes"),  # an admin is no peer of who is none
        (did("bob", "stranger"), "yes"),
    ],
)
def test_habit_and_peers(habit: Habit, verdict: str) -> None:
    assert answer(habit).answer == verdict


def test_a_yes_says_first_time_or_rare_with_numbers() -> None:
    first, rare = answer(did("dan", "x", count=3)), answer(did("ann", "dan"))
    assert (first.kind, first.evidence) == ("first time", ("own",))
    assert "0 times by this actor and by 0 of its peers in the 90 days" in first.because
    assert "6 times by 2 others" in first.because
    assert rare.kind == "rare"
    assert "1 time by 1 other" in rare.because
    assert "(at most 3% of days, 95 % sure)" in first.because
    assert answer(did()).because.endswith("; nobody else did")


def test_a_no_says_how_often_and_when_last() -> None:
    assert "3 times on 3 days" in answer(did("ann", count=3)).because
    assert "2026-09-06" in answer(did("ann", count=3)).because


def test_an_admin_may_and_the_numbers_speak_against() -> None:
    found = answer(did(), Identity("ann", role="platform admin", admin=True))
    assert found.answer == "no"
    assert "platform admin" in found.because
    assert found.against[0].startswith("0 times before")


def test_a_short_log_is_unknown_unless_it_shows_the_habit() -> None:
    found = answer(did(), days=13)
    assert found.answer == "unknown"
    assert found.missing == ("14 days of cloudtrail log before the change",)
    assert "13 days" in found.because
    assert answer(did("ann", count=2), days=13).answer == "no"
    assert answer(did(), days=14).answer == "yes"


def test_for_a_credential_of_ones_own_everybody_is_a_peer() -> None:
    assert answer(did("dan", "x"), actor=None, target="ann").answer == "no"
    assert answer(did("dan", "x"), actor=None).answer == "yes"


def test_the_clouds_own_service_is_typical() -> None:
    made = change(actor=party("rds.amazonaws.com", "cloud_service"), actor_principal="rds")
    assert ask(facts(change=made, coverage=(covered(),))).answer == "no"


CI = Identity("ci", kind="service")
MONTHLY = tuple(ago(days=d) for d in (92, 60, 31))


@pytest.mark.parametrize(
    ("actor", "made", "verdict"),
    [(CI, MONTHLY, "no"), (ANN, MONTHLY, "yes"), (CI, MONTHLY[1:], "yes"), (CI, (), "yes")],
)
def test_automation_that_rotates_is_typical(actor: Identity, made: Any, verdict: str) -> None:
    found = ask(facts(actor=actor, rotation=Rotation(made, made[:2], AT), coverage=(covered(),)))
    assert found.answer == verdict
    if verdict == "no":
        assert (found.because, found.against) == ("rotation of svc every 31\u00b12 days, last 2026-08-15", ())


def test_a_rotation_that_keeps_the_old_says_so() -> None:
    found = ask(facts(actor=CI, rotation=Rotation(MONTHLY, (), AT), coverage=(covered(),)))
    assert (found.answer, found.against) == ("no", ("2 older credentials of it were created and kept",))


def test_peers_by_work_are_counter_evidence_where_the_directory_has_none() -> None:
    alike = Peers({"bob": 0.8, "cyd": 0.4, "dan": 0.9})
    given = {"habit": did("bob", "cyd"), "peers": alike, "coverage": (covered(),)}
    found = ask(facts(actor=None, **given))
    assert (found.answer, found.against) == (
        "yes",
        ("1 principal that works alike did this: bob (80% the same operations)",),
    )
    assert ask(facts(actor=ANN, **given)).against == ()
