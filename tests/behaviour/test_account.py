"""Accounts that are new, and such as slept."""

from pathlib import Path
from typing import Any

from keywitness.behaviour.account import FAMILY, Account, Seen
from tests.support import ago, ask_family, change, event, lake, later


def account(folder: Path, *rows: dict[str, Any], history: tuple[Any, ...] = (), **of: Any) -> Account:
    found: Account = ask_family(FAMILY, lake(rows, folder), change(**of), history=history)[0]
    return found


def test_the_last_activity_of_both_until_a_day_before(tmp_path: Path) -> None:
    rows = [event(time=ago(days=80), event_id="a"), event(time=ago(days=70), event_id="b")]
    rows += [event(time=ago(days=75), actor_id="svc", actor_name="svc", event_id="s"), event(time=ago(hours=2))]
    found = account(tmp_path, *rows)
    assert found == Account({}, {"actor": Seen(ago(days=70), "b"), "target": Seen(ago(days=75), "s")})


def test_who_acts_for_itself_is_one(tmp_path: Path) -> None:
    found = account(tmp_path, event(time=ago(days=70), event_id="b"), target="ann")
    assert found.last == {"actor": Seen(ago(days=70), "b")}


def test_creations_of_the_last_week(tmp_path: Path) -> None:
    given: list[dict[str, Any]] = [
        {"time": ago(days=3), "event_id": "new"},
        {"time": ago(days=8), "target": "ann"},
        {"time": ago(days=2), "outcome": "failure"},
        {"time": ago(days=2), "target": "other"},
        {"time": ago(days=2), "credential_type": "access_key"},
        {"time": later(days=1)},
    ]
    history = tuple(change("bob", **{"credential_type": "account", **one}) for one in given)
    assert account(tmp_path, history=history) == Account({"target": Seen(ago(days=3), "new")}, {})
