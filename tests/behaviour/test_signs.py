"""Worrying events before a change: each kind has a span, and counts what lies in it."""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

from keywitness.behaviour.signs import FAMILY, Sign, Signs
from keywitness.lake.signals import tampering
from tests.support import AT, ago, ask_family, change, event, lake, later

RISK = {"class_": "risk", "operation": "unfamiliarFeatures", "read_only": None}
TAMPER = {"operation": "cloudtrail:StopLogging", "read_only": False}
SIGN_IN = {"class_": "sign-in", "operation": "ConsoleLogin", "outcome": "failure", "read_only": False}
FAILED = {"outcome": "failure", "error": "AccessDenied"}
DENIED = {"operation": "iam:ListUsers", "read_only": False} | FAILED
NEW_READ = {"operation": "iam:GetAccountAuthorizationDetails"}


def signs(rows: list[dict[str, Any]], tmp_path: Path) -> Signs:
    found: Signs = ask_family(FAMILY, lake(rows, tmp_path), change(event_id="own"))[0]
    return found


SPANS: Final[list[tuple[str, dict[str, Any], datetime, datetime]]] = [
    ("risk", RISK, ago(days=29), ago(days=31)),
    ("risk", RISK | {"class_": "alert"}, ago(days=29), ago(days=31)),
    ("tampering", TAMPER, ago(days=6), ago(days=8)),
    ("tampering", TAMPER | {"operation": "MICROSOFT.INSIGHTS/diagnosticSettings/delete"}, ago(days=6), ago(days=8)),
    ("failed_sign_in", SIGN_IN, ago(hours=23), ago(hours=25)),
    ("denied", DENIED, ago(hours=23), ago(hours=25)),
    ("denied", TAMPER | FAILED, ago(hours=23), ago(hours=25)),  # it did not stop the logging
    ("discovery", NEW_READ, ago(hours=23), ago(hours=25)),
]


def test_each_kind_has_its_span(tmp_path: Path) -> None:
    actors = [f"a{i}" for i in range(len(SPANS))]
    rows = []
    for actor, (_, columns, inside, outside) in zip(actors, SPANS, strict=True):
        rows += [event(time=inside, actor_id=actor, **columns), event(time=outside, actor_id=f"{actor}-old", **columns)]
        rows += [event(time=later(seconds=1), actor_id=f"{actor}-old", **columns)]
    on = lake(rows, tmp_path)
    found = ask_family(FAMILY, on, *map(change, actors), *(change(f"{actor}-old") for actor in actors))
    assert [[sign.kind for sign in one.found] for one in found[: len(actors)]] == [[kind] for kind, *_ in SPANS]
    assert found[len(actors) :] == [Signs(())] * len(actors)


def test_a_sign_counts_events_and_operations_and_names_the_last(tmp_path: Path) -> None:
    rows = [
        event(time=ago(hours=3), **DENIED),
        event(time=ago(hours=2), **DENIED | {"error": "Client.UnauthorizedOperation"}),
        event(time=ago(hours=1), **DENIED | {"operation": "iam:ListRoles", "event_id": "last"}),
        event(time=ago(hours=1), **DENIED | {"error": "NoSuchEntity"}),
    ]
    assert signs(rows, tmp_path).of("denied") == Sign(
        "denied", 3, 2, ago(hours=3), ago(hours=1), "last", "iam:ListRoles"
    )


def test_the_changes_own_event_is_no_sign_of_itself(tmp_path: Path) -> None:
    assert signs([event(time=AT, **DENIED | {"event_id": "own"})], tmp_path) == Signs(())


def test_a_read_that_was_used_before_is_no_discovery(tmp_path: Path) -> None:
    rows = [event(time=ago(days=40), **NEW_READ), event(time=ago(hours=2), **NEW_READ)]
    assert signs(rows, tmp_path) == Signs(())


def test_the_list_of_tampering_is_folded_and_without_repetitions() -> None:
    assert "cloudtrail:stoplogging" in tampering()
    assert list(tampering()) == sorted({name.lower() for name in tampering()})
