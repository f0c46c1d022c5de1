"""Tickets that a person would read as meant."""

from typing import Any

import pytest

from keywitness.context.identities import Directory
from keywitness.questions.authorisation import authorise
from keywitness.questions.change_request import ask
from tests.support import ago, change, facts, later, ticket


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({"target": "svc_orders-api"}, "unknown"),
        ({"target": "SVC Orders API"}, "unknown"),
        ({"target": "svc-orders"}, "no"),
        ({"target": "svc-orders-*"}, "yes"),
        ({"target": "", "summary": "new access key for svc-orders-api."}, "unknown"),
        ({"target": "", "summary": "new access key for svc-orders-api-2"}, "no"),
        ({"target": "svc_orders_api", "status": "draft"}, "no"),
        ({"target": "svc_orders_api", "actor": "bob"}, "no"),
        ({"start": ago(days=1), "end": ago(days=1)}, "unknown"),
        ({"start": ago(days=8), "end": ago(days=8)}, "no"),
        ({"start": later(hours=1), "end": later(hours=1)}, "no"),
        ({"start": ago(days=1), "end": ago(hours=1)}, "no"),  # it says when it ends
        ({"approved_at": later(minutes=40)}, "no"),  # approval after the fact is none
    ],
)
def test_what_is_left_to_a_person(given: dict[str, Any], verdict: str) -> None:
    made = change(target="svc-orders-api")
    known = Directory(True)
    (found,) = authorise([made], [ticket(**{"target": "svc-orders-api"} | given)], known)
    answer = ask(facts(change=made, authorisation=found, directory=known))
    assert answer.answer == verdict
    assert answer.answer != "unknown" or answer.missing == ("whether CHG1 is meant for it",)
