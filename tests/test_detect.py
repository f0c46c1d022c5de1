"""Detection: each change once, with what its rows say together, and a remark where readers could differ."""

import json
from datetime import timedelta
from typing import Any

import pytest

from keywitness.catalogue import Catalogue, parse
from keywitness.detect import detect, is_finding, told_once
from keywitness.model import CredentialChange
from tests.catalogue.walk import changes, only, resolve, rows, shipped, trail
from tests.support import AT, change, event
from tests.support import change as some_change

KEY = {"accessKey": {"userName": "jack", "accessKeyId": "AKIANEW"}}


def entry(ident: str, **fields: str) -> str:
    values = {
        "id": f"aws.test.{ident}",
        "credential_type": ident.replace("-", "_"),
        "change": "created",
        "scope": "core",
        "technique": "T1098.001",
        "rests_on": "log",
        "reference": "https://example.org",
    } | fields
    return '[[operation]]\nevents = ["t:Do*"]\n' + "".join(f'{k} = "{v}"\n' for k, v in values.items())


def found(record: dict[str, Any], *entries: str, **columns: Any) -> list[CredentialChange]:
    """The changes in one row whose record is ``record``, by a catalogue of these entries."""
    row = event(operation="t:DoIt", raw=json.dumps(record), target_id=None, tenant="t") | columns
    return detect([row], Catalogue(parse("aws", "\n".join(entries))), resolve)


def told(event: str, provider: str, seconds: float = 0, **given: Any) -> CredentialChange:
    when = AT + timedelta(seconds=seconds)
    return change(**{"event_id": event, "provider": provider, "time": when, "credential_ids": ("K1",), **given})


@pytest.mark.parametrize(
    ("second", "number"),
    [
        (told("b", "m365", 2), 1),
        (told("b", "entra", 2), 2),  # one log doesn't tell a thing twice
        (told("b", "m365", 11), 2),
        (told("b", "m365", 2, credential_ids=("K2",)), 2),
        (told("b", "m365", 2, credential_ids=()), 1),
        (told("b", "m365", 2, credential_ids=(), actor="bob"), 2),
    ],
)
def test_what_two_logs_tell_is_one_change(second: CredentialChange, number: int) -> None:
    found = told_once([told("a", "entra"), second])
    assert len(found) == number
    if number == 1:
        assert (found[0].event_id, found[0].copies) == ("a", ("b",))


def test_each_record_is_the_copy_of_one_other() -> None:
    both = [told("a", "entra", 0), told("b", "m365", 1), told("c", "entra", 2), told("d", "m365", 3)]
    assert [(c.event_id, c.copies) for c in told_once(both)] == [("a", ("b",)), ("c", ("d",))]
    assert len(told_once(both[1:])) == 2  # and a second call can't hide as the copy of the first


def test_the_record_that_says_more_stands_for_both() -> None:
    (found,) = told_once([told("a", "entra", credential_ids=()), told("b", "m365", 1, user_agent="curl/8")])
    assert (found.event_id, found.copies, found.user_agent, found.credential_ids) == ("b", ("a",), "curl/8", ("K1",))


def test_a_record_exported_twice_is_one_change() -> None:
    record = trail("iam:CreateAccessKey", {"userName": "jack"}, KEY)
    assert only(record, record).credential_id == "AKIANEW"


def test_two_records_that_share_an_id_are_two_changes() -> None:
    one = trail("iam:CreateAccessKey", {"userName": "jack"}, KEY)
    other = trail("iam:CreateAccessKey", {"userName": "jill"}, KEY)
    assert {c.target.name for c in changes(one, other)} == {"jack", "jill"}


def test_changes_come_oldest_first() -> None:
    times = ["2026-05-04T10:00:00Z", "2026-05-04T08:00:00Z", "2026-05-04T09:00:00Z"]
    records = [trail("iam:ChangePassword", eventTime=t, eventID=t) for t in times]
    assert [c.event_id for c in changes(*records)] == sorted(times)


def test_a_key_that_stands_twice_is_remarked() -> None:
    text = json.dumps(trail("iam:CreateAccessKey", {"userName": "jack"}, KEY))
    twice = text.replace('{"userName": "jack"}', '{"userName": "lee", "userName": "jack"}')
    row = rows(json.loads(text))[0] | {"raw": twice}
    (change,) = detect([row], shipped(), resolve)
    assert change.target.name == "jack", "the last value counts"
    assert change.remarks == ("the record holds 'userName' more than once; the last value was used",)


def test_a_row_without_a_record_is_judged_by_its_columns() -> None:
    row = event(operation="iam:ChangePassword", raw=None)
    (change,) = detect([row], shipped(), resolve)
    assert (change.target, change.credential_ids) == (change.actor, ())


def test_the_first_entry_of_a_credential_type_counts() -> None:
    first, second = entry("a", when="x"), entry("b", credential_type="a")
    assert [c.operation_id for c in found({"x": 1}, first, second)] == ["aws.test.a"]
    assert [c.operation_id for c in found({}, first, second)] == ["aws.test.b"]


def test_entries_of_several_types_all_count() -> None:
    assert [c.credential_type for c in found({}, entry("a"), entry("b"))] == ["a", "b"]


def test_housekeeping_ends_the_search() -> None:
    kept = entry("a", change="housekeeping", when="by == 'cloud'")
    assert [c.change for c in found({"by": "cloud"}, kept, entry("b"))] == ["housekeeping"]
    assert [c.change for c in found({"by": "eve"}, kept, entry("b"))] == ["created"]


@pytest.mark.parametrize(
    ("record", "target_id", "target"),
    [
        ({"t": "jack", "n": "Jack"}, "row", ("jack", "Jack", "user")),
        ({"n": "Jack"}, "row", ("row", "Jack", "user")),
        ({"n": "Jack"}, None, ("Jack", "Jack", "user")),
        ({"t": "jack"}, None, ("jack", "jack", "user")),
        ({"t": {"hostile": 1}, "n": False}, None, ("ann", "ann", "user")),
        ({}, None, ("ann", "ann", "user")),
    ],
)
def test_the_target_is_named_or_the_rows_or_the_actor(
    record: dict[str, Any], target_id: str | None, target: tuple[str, ...]
) -> None:
    (change,) = found(record, entry("a", target="t", target_name="n"), target_id=target_id)
    assert (change.target.id, change.target.name, change.target.type) == target


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("k", ("k",)),
        (7, ("7",)),
        (["a", "b", "a"], ("a", "b")),
        (["a", None, "", {"x": 1}, ["y"], True], ("a",)),
        ({"x": 1}, ()),
        (False, ()),
        (None, ()),
    ],
)
def test_only_texts_and_numbers_are_credential_ids(value: Any, ids: tuple[str, ...]) -> None:
    (change,) = found({"k": value}, entry("a", credential_id="k"))
    assert change.credential_ids == ids


def test_the_operation_is_spelled_as_in_the_catalogue() -> None:
    record = trail("iam:createaccesskey", {"userName": "jack"}, KEY)
    assert only(record).operation == "iam:CreateAccessKey"
    assert found({}, entry("a"))[0].operation == "t:DoIt", "a pattern has no spelling"


def test_rows_of_one_call_are_one_change_that_knows_what_each_says() -> None:
    text = entry("a", credential_id="k")
    rows_ = [
        event(operation="t:DoIt", call_id="c", outcome="unknown", raw="{}", source_ip="192.0.2.1"),
        event(operation="t:DoIt", call_id="c", outcome="success", raw='{"k": "k1"}', user_agent="cli"),
    ]
    (change,) = detect(rows_, Catalogue(parse("aws", text)), resolve)
    assert (change.outcome, change.credential_ids) == ("success", ("k1",))
    assert (change.source_ip, change.user_agent) == ("192.0.2.1", "cli")


def test_rows_of_two_calls_stay_two_changes() -> None:
    rows_ = [event(operation="t:DoIt", call_id=c, raw="{}") for c in ("c1", "c2")]
    assert len(detect(rows_, Catalogue(parse("aws", entry("a"))), resolve)) == 2


@pytest.mark.parametrize(
    ("change", "scope", "finding"),
    [
        ("created", "core", True),
        ("exposed", "adjacent", True),
        ("rotated", "core", True),
        ("created", "lineage", False),
        ("removed", "core", False),
        ("disabled", "adjacent", False),
        ("housekeeping", "core", False),
    ],
)
@pytest.mark.parametrize("outcome", ["success", "failure", "unknown"])
def test_a_finding_adds_a_credential_or_tries_to(change: str, scope: str, finding: bool, outcome: str) -> None:
    assert is_finding(some_change(change=change, scope=scope, outcome=outcome)) == finding
