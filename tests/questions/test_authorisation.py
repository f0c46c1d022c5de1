"""Whether a ticket covers a change: five tests, and a ticket that can be used up."""

from datetime import timedelta
from typing import Any

import pytest

from keywitness.context.identities import Directory
from keywitness.model import CredentialChange
from keywitness.questions.authorisation import TESTS, Authorisation, action_fits, authorise
from tests.support import AT, ago, change, later, ticket

SECOND = timedelta(seconds=1)


def judged(made: CredentialChange | None = None, **given: Any) -> Authorisation:
    return authorise([made or change()], [ticket(**given)], Directory())[0]


def test_a_ticket_that_fits_approves() -> None:
    found = judged()
    assert (found.kind, found.covered, found.searched) == ("approved", True, 1)
    assert found.best is not None
    assert found.best.failed() == ()


@pytest.mark.parametrize(
    ("test", "given"),
    [
        ("actor", {"actor": "bob"}),
        ("target", {"target": "other"}),
        ("action", {"operation": "DeleteAccessKey"}),
        ("window", {"start": later(hours=1), "end": later(hours=2)}),
    ],
)
def test_one_failed_test_is_out_of_scope_and_named(test: str, given: dict[str, Any]) -> None:
    found = judged(**given)
    assert found.kind == "out of scope"
    assert found.best is not None
    assert found.best.failed() == (test,)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("not approved", {"status": "draft"}),
        ("not approved", {"status": "rejected"}),
        ("not approved", {"status": "pending approval"}),
        ("not approved", {"status": "canceled"}),
        ("not approved", {"approver": "ann"}),  # nobody approves a change of their own
        ("not approved", {"status": "draft", "created": later(hours=1)}),
        ("approved after the fact", {"approved_at": AT + SECOND}),
        ("approved after the fact", {"created": AT + SECOND, "approved_at": None}),
        ("approved after the fact", {"kind": "emergency", "created": later(hours=1), "approved_at": later(hours=1)}),
        ("approved", {"approved_at": AT, "created": AT}),
        ("approved", {"approved_at": None, "created": None}),
        ("approved", {"kind": "emergency", "created": ago(minutes=5), "approved_at": ago(minutes=1)}),
        ("approved", {"status": "Closed Complete"}),
        ("approved", {"status": " In Progress "}),
    ],
)
def test_the_approval_must_have_been_there(kind: str, given: dict[str, Any]) -> None:
    assert judged(**given).kind == kind


def test_a_ticket_that_agrees_on_two_things_only_is_none_at_all() -> None:
    found = judged(actor="bob", target="other")
    assert (found.kind, found.best, found.searched) == ("none found", None, 1)
    assert authorise([change()], [], Directory())[0].searched == 0


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        (AT, AT, True),
        (AT + SECOND, later(hours=1), False),
        (ago(hours=1), AT - SECOND, False),
        (ago(hours=1), AT, True),
    ],
)
def test_both_ends_of_the_window_belong_to_it(start: Any, end: Any, fits: bool) -> None:
    assert judged(start=start, end=end).covered is fits


@pytest.mark.parametrize("name", ["jackson", "jac", "jack2", "", "xjack", "jack smith"])
def test_part_of_a_name_is_another_name(name: str) -> None:
    assert not judged(change("jack", target="svc"), actor=name).covered
    assert not judged(change("ann", target="jack"), target=name).covered


def test_names_are_compared_without_case() -> None:
    assert judged(change("Ann"), actor="ANN").covered


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("CreateAccessKey", True),
        ("iam:CreateAccessKey", True),
        ("aws.iam.create-access-key", True),
        ("create access key", True),
        ("Create access keys", True),
        ("new API key", True),
        ("access key", True),
        ("iam:Create*", True),
        ("*", True),
        ("DeleteAccessKey", False),
        ("delete access key", False),
        ("CreateUser", False),
        ("create service account key", False),
        ("application secret", False),
        ("access key for svc", False),
        ("", False),
        ("   ", False),
        ("...", False),
    ],
)
def test_words_for_an_access_key(words: str, fits: bool) -> None:
    assert action_fits(words, change()) is fits


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("application secret", True),
        ("app credential", True),
        ("Client secret renewal", True),
        ("Update application - Certificates and secrets management", True),
        ("update application", True),
        ("access key", False),
        ("delete application", False),
    ],
)
def test_words_for_an_application_secret(words: str, fits: bool) -> None:
    name = "Update application - Certificates and secrets management"
    made = change(provider="entra", operation=name, credential_type="app_credential", operation_id="entra.app.secret")
    assert action_fits(words, made) is fits


def test_the_summary_counts_when_no_action_is_given() -> None:
    assert judged(operation="", summary="create access key").covered
    assert not judged(operation="DeleteAccessKey", summary="create access key").covered


def uses(count: int, **given: Any) -> list[bool]:
    made = [change(time=ago(minutes=count - i)) for i in range(count)]
    return [found.covered for found in authorise(made, [ticket(**given)], Directory())]


def test_a_ticket_covers_one_change_unless_it_says_otherwise() -> None:
    assert uses(3) == [True, False, False]
    assert uses(3, max_uses=2) == [True, True, False]
    assert uses(3, kind="standing") == [True, True, True]
    assert uses(3, target="s*") == [True, True, True]
    assert uses(3, kind="standing", max_uses=1) == [True, False, False]
    assert uses(1, max_uses=0) == [False]


def test_what_used_a_ticket_up_is_named() -> None:
    first, second = change(time=ago(minutes=5)), change()
    found = authorise([first, second], [ticket()], Directory())[1]
    assert (found.kind, found.used_by) == ("out of scope", first.event_id)


@pytest.mark.parametrize("outcome", ["failure", "unknown"])
def test_an_attempt_does_not_use_a_ticket_up(outcome: str) -> None:
    found = authorise([change(time=ago(minutes=5), outcome=outcome), change()], [ticket()], Directory())
    assert [f.covered for f in found] == [True, True]


def test_a_ticket_for_several_targets_covers_each_once() -> None:
    rows = [ticket(target="svc"), ticket(target="other")]
    made = [change(target=name, time=ago(minutes=9 - i)) for i, name in enumerate(("svc", "other", "svc"))]
    assert [f.covered for f in authorise(made, rows, Directory())] == [True, True, False]


def test_a_number_of_uses_is_the_whole_tickets() -> None:
    rows = [ticket(target="svc", max_uses=1), ticket(target="other", max_uses=1)]
    made = [change(target="svc", time=ago(minutes=5)), change(target="other")]
    assert [f.covered for f in authorise(made, rows, Directory())] == [True, False]


def test_a_second_ticket_takes_over_when_the_first_is_used_up() -> None:
    made = [change(time=ago(minutes=5)), change()]
    found = authorise(made, [ticket(), ticket(id="CHG2")], Directory())
    assert [f.best.ticket.id for f in found if f.best] == ["CHG1", "CHG2"]


def test_a_standing_pattern_covers_what_it_names_and_nothing_else() -> None:
    assert judged(change("ci-3"), kind="standing", actor="ci-*").covered
    assert not judged(change("xci-3"), kind="standing", actor="ci-*").covered


def test_the_ticket_that_comes_nearest_is_shown() -> None:
    near, far = ticket(id="NEAR", status="draft"), ticket(id="FAR", actor="bob", status="draft")
    found = authorise([change()], [far, near], Directory())[0]
    assert found.best is not None
    assert found.best.ticket.id == "NEAR"
    assert found.best.passed == set(TESTS) - {"approval"}
