"""Who acted in a session: its role and whoever assumed it, never the name that they chose for it."""

from dataclasses import replace

import pytest

from keywitness.behaviour.habit import Doer, Habit
from keywitness.context.identities import Directory, Identity
from keywitness.model import CredentialChange, Party, PrincipalId
from keywitness.questions import atypical_actor, change_request, complete
from keywitness.questions.acting import acting, named, unproven
from keywitness.questions.authorisation import authorise
from tests.support import ago, change, covered, facts, ticket

ROLE = "arn:aws:iam::444455556666:role/Operator"
CARYS = "carys@example.test"
DIRECTORY = Directory(
    True,
    {PrincipalId(name): Identity(name, f"{name}@example.test") for name in ("carys", "jonah")},
    {text: PrincipalId(text.partition("@")[0]) for text in ("carys", CARYS, "jonah", "jonah@example.test")},
)


def session(name: str = CARYS) -> CredentialChange:
    return change(
        Party(f"{ROLE}/{name}", f"Operator/{name}", "role"),
        actor_principal=PrincipalId("carys"),
        credential_used="ASIA1",
    )


def issued(maker: str, kind: str = "user") -> dict[str, CredentialChange]:
    who = Party(f"arn:aws:iam::444455556666:user/{maker}" if kind == "user" else maker, maker, kind)
    return {"ASIA1": change(who, scope="lineage", change="issued", time=ago(minutes=5), credential_ids=("ASIA1",))}


@pytest.mark.parametrize(
    ("maker", "kind", "holder"),
    [
        ("jonah", "user", False),  # who assumes a role may call the session what they like
        ("carys", "user", True),
        (CARYS, "federated", True),  # the identity provider named it
        ("saml:someone", "federated", True),
    ],
)
def test_a_session_is_its_holders_if_they_began_it(maker: str, kind: str, holder: bool) -> None:
    parties = acting(session(), issued(maker, kind), DIRECTORY)
    assert named(CARYS, parties, DIRECTORY) is holder


def test_the_role_and_who_assumed_it_may_be_named() -> None:
    parties = acting(session(), issued("jonah"), DIRECTORY)
    assert named("Operator", parties, DIRECTORY)
    assert named("jonah@example.test", parties, DIRECTORY)
    assert not named("carys", parties, DIRECTORY)


def test_without_a_record_of_its_beginning_a_session_is_its_role() -> None:
    parties = acting(session(), {}, DIRECTORY)
    assert not named(CARYS, parties, DIRECTORY)
    assert named("Operator", parties, DIRECTORY)


def test_a_session_that_is_vouched_for_goes_by_the_persons_name() -> None:
    vouched = replace(session(), actor=Party(f"{ROLE}/{CARYS}", CARYS, "role"))
    assert named(CARYS, acting(vouched, {}, DIRECTORY), DIRECTORY)
    assert not unproven(vouched, {})


@pytest.mark.parametrize(
    ("actor", "kind"), [("carys", "unproven"), ("jonah", "out of scope"), ("Operator", "approved")]
)
def test_a_ticket_for_the_person_whom_a_session_names_is_told_and_covers_nothing(actor: str, kind: str) -> None:
    (found,) = authorise([session()], [ticket(actor=actor)], DIRECTORY)
    assert found.kind == kind
    assert found.covered is (kind == "approved")


def test_a_no_out_of_that_persons_past_and_their_ticket_are_left_open() -> None:
    (found,) = authorise([session()], [ticket(actor="carys")], DIRECTORY)
    known = facts(change=session(), authorisation=found, unproven=True, directory=DIRECTORY, coverage=(covered(),))
    usual = replace(known, behaviour=replace(known.behaviour, habit=Habit({"carys": Doer(9, 9, ago(days=3))})))
    for question in (change_request.QUESTION, atypical_actor.QUESTION):
        answer = complete.ask(question, usual)
        assert answer.answer == "unknown"
        assert answer.missing[0].startswith("who began the session ASIA1")
        assert "if it was Operator/carys@example.test" in answer.because


@pytest.mark.parametrize(("actor", "covered"), [("carys", False), ("jonah", True), ("Operator", True)])
def test_a_borrowed_name_borrows_no_ticket(actor: str, covered: bool) -> None:
    (found,) = authorise([session()], [ticket(actor=actor)], DIRECTORY, issued=issued("jonah"))
    assert found.covered is covered


def test_nobody_approves_their_own_change_by_way_of_a_role() -> None:
    tickets = [ticket(actor="Operator", approver="jonah")]
    (found,) = authorise([session()], tickets, DIRECTORY, issued=issued("jonah"))
    assert found.kind == "not approved"
