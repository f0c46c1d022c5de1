"""Benign changes: covered by their tickets, and rotated keys really are switched, disabled and deleted."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.simulate.sample import Record, table, time_of


def covers(ticket: dict[str, str], event: Record) -> bool:
    start, end, approved = (datetime.fromisoformat(ticket[k]) for k in ("start", "end", "approved_at"))
    text, target = json.dumps(event, ensure_ascii=False), ticket["target"].replace("*", "")
    return start <= time_of(event) <= end and approved < time_of(event) and ticket["actor"] in text and target in text


def test_ticketed_changes_lie_in_their_windows(company: Path, by_kind: dict[str, list[Record]]) -> None:
    tickets = [t for t in table(company / "context" / "changes.csv") if t["status"] == "approved"]
    events = [(kind, e) for kind, rows in by_kind.items() if kind.startswith("b") and kind != "b5-denied" for e in rows]
    assert len(events) == 57
    assert not [(kind, e) for kind, e in events if not any(covers(t, e) for t in tickets)]


@pytest.mark.parametrize("kind", ["b3-rotation", "b9-self-rotation"])
def test_a_rotation_uses_the_new_key_and_drops_the_old(
    kind: str, by_kind: dict[str, list[Record]], records: list[Record]
) -> None:
    for made in by_kind[kind]:
        user, key = made["requestParameters"]["userName"], made["responseElements"]["accessKey"]["accessKeyId"]
        about = [r for r in records if (r.get("requestParameters") or {}).get("userName") == user]
        after = [r for r in about if time_of(made) < time_of(r)]
        gone = [r["requestParameters"]["accessKeyId"] for r in after if r["eventName"] == "DeleteAccessKey"]
        off = [r["requestParameters"]["accessKeyId"] for r in after if r["eventName"] == "UpdateAccessKey"]
        uses = [r for r in records if (r.get("userIdentity") or {}).get("accessKeyId") == key]
        assert uses
        assert min(map(time_of, uses)) > time_of(made)
        assert gone[0] == off[0] != key


def test_the_traveller_is_already_there_with_her_own_laptop(
    by_kind: dict[str, list[Record]], records: list[Record]
) -> None:
    (key,) = by_kind["b2-travel-ticketed"]
    sign_ins = [r for r in records if r.get("userPrincipalName", "").startswith("noor@") and r.get("isInteractive")]
    abroad = [r for r in sign_ins if r["location"]["countryOrRegion"] == "JP"]
    assert min(map(time_of, abroad)) < time_of(key) < max(map(time_of, sign_ins))
    assert {r["deviceDetail"]["deviceId"] for r in abroad} == {r["deviceDetail"]["deviceId"] for r in sign_ins}
    assert {r["ipAddress"] for r in abroad} == {key["sourceIPAddress"]}


def test_removals_and_the_platforms_own_rotation_are_no_findings(
    by_kind: dict[str, list[Record]], records: list[Record]
) -> None:
    expected = {id(event) for rows in by_kind.values() for event in rows}
    platform = [r for r in records if r.get("identity") == "Managed Service Identity"]
    removed = [r for r in records if str(r.get("eventName")).startswith("Delete")]
    assert len(platform) == 8
    assert removed
    assert not expected & {id(r) for r in (*platform, *removed)}
