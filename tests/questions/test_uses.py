"""A ticket's allowance: copies of a change and credentials taken back unused leave it whole."""

from typing import Any

import pytest

from keywitness.context.identities import Directory
from keywitness.detect import is_copy
from keywitness.model import CredentialChange
from keywitness.questions.authorisation import authorise
from keywitness.questions.uses import taken_back
from tests.support import AT, ago, change, later, ticket


def made(**given: Any) -> CredentialChange:
    return change(**{"credential_ids": ("K1",)} | given)


def removal(**given: Any) -> CredentialChange:
    return made(**{"change": "removed", "time": later(minutes=10)} | given)


@pytest.mark.parametrize(
    ("given", "copy"),
    [
        ({"provider": "m365"}, True),
        ({"provider": "m365", "time": later(seconds=9), "actor": "ann@example.test"}, True),
        ({}, False),  # one log doesn't tell a change twice
        ({"provider": "m365", "credential_ids": ("K2",)}, False),
        ({"provider": "m365", "time": later(minutes=1)}, False),
        ({"provider": "m365", "credential_ids": ()}, True),
        ({"provider": "m365", "credential_ids": (), "target": "other"}, False),
        ({"provider": "m365", "credential_ids": (), "change": "reset"}, False),
    ],
)
def test_another_log_tells_the_same_change(given: dict[str, Any], copy: bool) -> None:
    assert is_copy(made(), made(**given)) is copy
    assert is_copy(made(**given), made()) is copy


def test_a_copy_is_covered_and_uses_nothing_up() -> None:
    both = [made(), made(provider="m365", time=later(seconds=1)), made(credential_ids=("K2",), time=later(minutes=1))]
    assert [found.covered for found in authorise(both, [ticket(max_uses=2)], Directory())] == [True, True, True]
    assert [found.covered for found in authorise(both, [ticket()], Directory())] == [True, True, False]


@pytest.mark.parametrize(
    ("given", "freed"),
    [
        ({}, True),
        ({"actor": "bob"}, False),
        ({"change": "disabled"}, False),
        ({"time": later(hours=2)}, False),
        ({"time": ago(minutes=1)}, False),
    ],
)
def test_a_maker_may_take_back_what_was_just_made(given: dict[str, Any], freed: bool) -> None:
    first = made()
    assert (first.event_id in taken_back([first], {"K1": [removal(**given)]}, ())) is freed


def test_a_credential_that_was_used_is_not_given_back() -> None:
    first = made()
    assert not taken_back([first], {"K1": [removal()]}, {first.event_id})
    assert not taken_back([made(credential_ids=())], {"K1": [removal()]}, ())


def test_what_was_taken_back_leaves_the_ticket_whole() -> None:
    first, second = made(), made(credential_ids=("K2",), time=later(minutes=20))
    back = taken_back([first], {"K1": [removal()]}, ())
    covered = [found.covered for found in authorise([first, second], [ticket()], Directory(), back=back)]
    assert covered == [True, True]
    early = made(credential_ids=("K2",), time=later(minutes=5))  # while the first was still there
    assert not authorise([first, early], [ticket()], Directory(), back=back)[1].covered
    assert back == {first.event_id: AT + (later(minutes=10) - AT)}
