"""Where a new credential signed calls, and sign-ins of its target."""

from pathlib import Path
from typing import Any

from keywitness.behaviour.usage import FAMILY, Usage, Use
from tests.support import AT, ago, ask_family, change, event, lake, later

KEY = "AKIAEXAMPLENEW000001"


def usage(rows: list[dict[str, Any]], tmp_path: Path, **given: Any) -> Usage:
    made = change(event_id="own", **{"credential_ids": (KEY,), **given})
    found: Usage = ask_family(FAMILY, lake(rows, tmp_path), made)[0]
    return found


def test_uses_by_address_oldest_first(tmp_path: Path) -> None:
    signed = {"credential_used": KEY, "actor_id": "svc"}
    rows = [
        event(time=later(hours=5), source_ip="203.0.113.1", event_id="u3", **signed),
        event(time=later(hours=1), source_ip="192.0.2.1", event_id="u1", operation="sts:GetCallerIdentity", **signed),
        event(time=later(hours=2), source_ip="192.0.2.1", outcome="failure", **signed),
    ]
    assert usage(rows, tmp_path).uses == (
        Use("192.0.2.1", "svc", "key", 2, 1, later(hours=1), later(hours=2), "u1", "sts:GetCallerIdentity", 2),
        Use("203.0.113.1", "svc", "key", 1, 1, later(hours=5), later(hours=5), "u3", "s3:ListBuckets", 1),
    )


def test_other_keys_earlier_calls_and_the_change_itself_are_no_use(tmp_path: Path) -> None:
    rows = [
        event(time=later(hours=1), credential_used="AKIAEXAMPLEOLD000001"),
        event(time=later(hours=1)),
        event(time=ago(seconds=1), credential_used=KEY),
        event(time=AT, credential_used=KEY, event_id="own"),
    ]
    assert usage(rows, tmp_path) == Usage(())


def test_every_credential_of_a_change_is_watched(tmp_path: Path) -> None:
    rows = [event(time=later(hours=1), credential_used=key, source_ip=None) for key in ("K1", "K2")]
    assert usage(rows, tmp_path, credential_ids=("K1", "K2")).uses[0].count == 2


def test_a_sign_in_of_the_target_is_told_apart_from_a_signed_call(tmp_path: Path) -> None:
    sign_in = {"class_": "sign-in", "actor_id": "svc"}
    rows = [
        event(time=later(hours=1), event_id="s1", **sign_in),
        event(time=later(hours=2), credential_used=KEY, event_id="k1", actor_id="svc"),
        event(time=AT, **sign_in),
        event(time=later(hours=1), class_="sign-in", actor_id="ann"),
    ]
    found = usage(rows, tmp_path)
    assert [(use.kind, use.first_event, use.count) for use in found.uses] == [("sign-in", "s1", 1), ("key", "k1", 1)]
    assert [use.first_event for use in found.signed()] == ["k1"]
