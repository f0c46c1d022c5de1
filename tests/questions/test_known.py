"""Facts: what a log covers before a change, and whom it would hurt."""

from dataclasses import replace
from typing import Any

import pytest

from keywitness.context.identities import Identity
from tests.support import ago, change, covered, facts, party

ANOTHER = replace(covered(days=50), tenant="999999999999")


@pytest.mark.parametrize(
    ("coverage", "days"),
    [
        ((), 0),
        ((covered(days=14.9),), 14),
        ((covered(days=-1, after=5),), 0),  # a log that begins after the change
        ((covered("signin", "entra", days=90), covered(days=3)), 3),
        ((ANOTHER, covered(days=3)), 3),  # another account's log says nothing about this one
        ((replace(covered(days=40), tenant=None), covered(days=3)), 40),
    ],
)
def test_history_is_that_of_the_changes_own_log(coverage: Any, days: int) -> None:
    assert facts(coverage=coverage).history_days() == days


def test_the_lookback_is_what_the_logs_cover_and_90_days_at_most() -> None:
    assert "the 90 days" in facts(coverage=(covered(days=400),)).lookback()
    assert "the 12 days" in facts(coverage=(covered(days=12), covered("signin", "entra", days=5))).lookback()
    assert "the 0 days" in facts().lookback()


@pytest.mark.parametrize(
    ("given", "privileged"),
    [
        ({}, False),
        ({"target": Identity("svc", admin=True)}, True),
        ({"target": Identity("svc")}, False),
        ({"actor": Identity("ann", admin=True)}, False),
        ({"change": change(target=party("root", "root"), target_principal="root")}, True),
    ],
)
def test_privileged_is_about_the_target(given: dict[str, Any], privileged: bool) -> None:
    assert facts(**given).privileged() is privileged


def test_logs_are_named_whatever_the_provider() -> None:
    assert facts(coverage=(covered(), covered("signin", "entra"))).logs() == {"cloudtrail", "signin"}


def test_builders_agree_on_the_time() -> None:
    assert facts().change.time > ago(seconds=1)
