"""Whether the directory knows actor and target."""

from datetime import date
from typing import Any

import pytest

from keywitness.context.identities import Directory, Identity
from keywitness.context.inventory import Inventory
from keywitness.context.inventory.reach import Grant, summed
from keywitness.model import Answer, Party
from keywitness.questions import Facts
from keywitness.questions.identity_known import ask
from tests.support import change, facts, party

KNOWN = Directory(available=True)
ANN = Identity("Ann Lind", role="engineer", manager="Boss", kind="human")
SVC = Identity("svc-backup", kind="service", admin=True)


def answer(actor: Identity | None = ANN, target: Identity | None = SVC, **made: Any) -> Answer:
    return ask(facts(change=change(**made), actor=actor, target=target, directory=KNOWN))


def test_a_yes_says_who_they_are() -> None:
    found = answer()
    assert found.answer == "yes"
    assert found.because == ("actor: Ann Lind (engineer, not admin, manager Boss); target: svc-backup (service, admin)")


def test_a_stranger_is_named_and_the_known_one_speaks_against() -> None:
    found = answer(target=None)
    assert (found.answer, found.because) == ("no", "the directory does not know the target svc")
    assert found.against == ("Ann Lind (engineer, not admin, manager Boss)",)
    assert "the actor ann nor the target svc" in answer(None, None).because


@pytest.mark.parametrize(
    ("actor", "target"),
    [
        (party("rds.amazonaws.com", "cloud_service"), party("bucket", "bucket")),  # things are in no directory
        (party("root", "root"), party("vm", "instance")),
    ],
)
def test_what_no_directory_holds_need_not_be_known(actor: Party, target: Party) -> None:
    assert ask(facts(change=change(actor, target), directory=KNOWN)).answer == "yes"


@pytest.mark.parametrize(
    ("left", "verdict", "said"),
    [
        (date(2026, 9, 14), "no", "left on 2026-09-14"),
        (date(2026, 9, 16), "yes", "Ann"),
        (date.min, "no", "Ann has left"),
        (None, "yes", "Ann"),
    ],
)
def test_who_has_left_is_not_known_any_more(left: date | None, verdict: str, said: str) -> None:
    found = answer(Identity("Ann", left=left))
    assert found.answer == verdict
    assert said in found.because
    assert found.kind == ("left" if verdict == "no" else "")


def test_a_target_that_left_is_told_too() -> None:
    assert answer(target=Identity("Old Svc", left=date(2020, 1, 1))).because == "Old Svc left on 2020-01-01"


def test_without_a_directory_nobody_is_a_stranger() -> None:
    found = ask(facts())
    assert (found.answer, found.missing) == ("unknown", ("identities (identities.csv)",))


def with_reach(*grants: Grant) -> Facts:
    made = change(target=Party("arn:svc", "svc", "user"))
    inventory = Inventory(("a.json",), {"arn:svc": summed(grants, ["a.json"])})
    return facts(change=made, actor=ANN, target=Identity("svc", kind="service"), directory=KNOWN, inventory=inventory)


def test_what_the_target_can_do_is_said_and_makes_it_privileged() -> None:
    known = with_reach(Grant("AdministratorAccess", "allows every action"))
    assert ask(known).because.endswith(
        "; svc can: AdministratorAccess (privileged: AdministratorAccess allows every action, says a.json)"
    )
    assert known.privileged()


def test_many_harmless_grants_are_counted() -> None:
    known = with_reach(*(Grant(f"p{n}") for n in range(9)))
    assert "svc can: p0, p1, p2, p3, p4, p5 and 3 more (not privileged: " in ask(known).because
    assert not known.privileged()
    assert "svc can: nothing (not privileged: " in ask(with_reach()).because
