"""Bytes in, rows out: the same rows for every framing, and a reject for whatever can't be one."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness.readers import MAX_RECORD, bulk
from tests.readers.records import (
    ALL,
    NOTHING,
    Record,
    aws,
    azure,
    entra_audit,
    entra_sign_in,
    gcp,
    gz,
    lines,
    monitor,
    read,
)

BUILDERS: list[Callable[..., Record]] = [aws, azure, entra_audit, entra_sign_in, gcp, lambda: monitor(entra_audit())]
FRAMES: dict[str, Callable[[list[Record]], list[bytes]]] = {
    "document": lambda rs: [json.dumps({"Records": rs}).encode()],
    "list": lambda rs: [json.dumps(rs).encode()],
    "lines": lambda rs: [lines(*rs)],
    "pretty": lambda rs: ["\n".join(json.dumps(r, indent=2) for r in rs).encode()],
    "gz": lambda rs: [gz(lines(*rs))],
    "two gz members": lambda rs: [gz(lines(*rs[:1])) + gz(lines(*rs[1:]))],
    "two files": lambda rs: [lines(*rs[:2]), lines(*rs[2:])],
    "pages": lambda rs: [lines({"value": rs[:1]}, {"value": rs[1:]})],
    "events": lambda rs: [json.dumps({"Events": [{"CloudTrailEvent": json.dumps(r)} for r in rs]}).encode()],
    "bridge": lambda rs: [lines(*({"detail-type": "x", "detail": r} for r in rs))],
}


def _plain(row: Record) -> Record:
    raw = json.loads(row["raw"]) if row["raw"] else None
    return {k: v for k, v in row.items() if k not in ("file", "record")} | {"raw": raw}


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(BUILDERS), st.text(max_size=5), st.booleans()), max_size=6))
def test_the_same_rows_for_every_framing(given_records: list[tuple[Callable[..., Record], str, bool]]) -> None:
    records = [build() | {"extra": text} for build, text, _ in given_records]
    for record, (_, _, keep_id) in zip(records, given_records, strict=True):
        if not keep_id:
            for key in ("id", "eventID", "insertId"):
                record.pop(key, None)
    expected = [_plain(row) for row in read(lines(*records))[0]]
    assert len(expected) == len(records)
    for name, frame in FRAMES.items():
        found = [_plain(row) for file in frame(records) for row in read(file)[0]]
        assert found == expected, name


@given(st.binary(max_size=400))
def test_no_bytes_raise(data: bytes) -> None:
    read(data)


def test_a_record_is_found_again_by_its_number() -> None:
    rows, rejects = read(b"".join([lines(aws(eventID="a")), b"{broken\n", lines(aws(eventID="b"))]))
    assert [(r["event_id"], r["file"], r["record"]) for r in rows] == [("a", "x.json", 0), ("b", "x.json", 2)]
    assert [(r.source.file, r.source.record, r.text) for r in rejects] == [("x.json", 1, "{broken")]
    assert str(rejects[0]).startswith("x.json, record 1: not valid JSON (")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (json.dumps(aws(eventTime=None)), "the record has no time"),
        (json.dumps(aws(eventTime="soon")), "the time 'soon' can't be read"),
        (json.dumps({"hello": "world"}), "not a record of a known log"),
        (json.dumps(aws(userIdentity="me")), "a field has an unexpected type"),
        ("[1]", "a JSON object was expected, not list"),
        ('{"a":' + "[" * 10_000 + "]" * 10_000 + "}", "nested too deep"),
        ('{"a": "' + "x" * MAX_RECORD + '"}', "larger than the limit of 16 MiB"),
        (json.dumps(aws())[:-9], "not valid JSON"),
        (json.dumps({"Events": [{"CloudTrailEvent": "{broken"}]}), "not a record of a known log"),
    ],
)
def test_a_bad_record_costs_only_itself_and_says_why(bad: str, reason: str) -> None:
    rows, rejects = read(lines(aws()) + bad.encode() + b"\n" + lines(gcp()))
    assert [r["provider"] for r in rows] == ["aws", "gcp"]
    assert [r.source.record for r in rejects] == [1]
    assert reason in rejects[0].reason
    assert len(rejects[0].text) <= 500


@pytest.mark.parametrize("depth", [300, 10_000])
def test_deep_records_spare_their_neighbours(depth: int) -> None:
    deep = json.dumps(aws()).encode()[:-1] + b',"x":' + b"[" * depth + b"]" * depth + b"}"
    document = b'{"Records":[' + json.dumps(aws()).encode() + b"," + deep + b"," + json.dumps(aws()).encode() + b"]}"
    rows, rejects = read(document)
    assert len(rows) == 2
    assert "nested too deep" in rejects[0].reason


def test_a_huge_record_between_good_ones() -> None:
    huge = json.dumps(aws(userAgent="x" * 50 * 2**20))
    rows, rejects = read(
        b'{"Records":[%s,%s,%s]}' % tuple(r.encode() for r in (json.dumps(aws()), huge, json.dumps(aws())))
    )
    assert len(rows) == 2
    assert "larger than the limit" in rejects[0].reason


REPAIRED: dict[str, tuple[bytes, dict[str, Any]]] = {
    "numeric user agent": (json.dumps(aws(userAgent=7)).encode(), {"user_agent": "7"}),
    "numeric region": (json.dumps(aws(awsRegion=7)).encode(), {"region": "7"}),
    "bad utf-8": (json.dumps(aws(userAgent="@")).encode().replace(b"@", b"\xff"), {"user_agent": "\ufffd"}),
    "lone surrogate": (json.dumps(aws(userAgent="\ud800")).encode(), {"user_agent": "?"}),
    "control character": (json.dumps(aws(userAgent="@")).encode().replace(b"@", b"\x01"), {"user_agent": "\x01"}),
    "NaN": (json.dumps(aws(extra=float("nan"))).encode(), {"user_agent": "aws-cli/2.15"}),
    "infinity": (json.dumps(aws(extra=0)).encode().replace(b'"extra": 0', b'"extra": 1e999'), {"region": "us-east-1"}),
    "a key twice": (json.dumps(aws()).encode()[:-1] + b',"awsRegion":"last"}', {"region": "last"}),
}


@pytest.mark.parametrize("kind", REPAIRED)
def test_what_can_be_repaired_is_read(kind: str) -> None:
    data, expected = REPAIRED[kind]
    rows, rejects = read(lines(gcp()) + data + b"\n" + lines(gcp()))
    assert not rejects
    assert {k: rows[1][k] for k in expected} == expected
    json.loads(rows[1]["raw"])


def test_bad_characters_in_a_field_nobody_reads_spare_the_batch() -> None:
    rows, rejects = read(json.dumps(aws(extra="@")).encode().replace(b"@", b"\xff\xed\xa0\x80"))
    assert not rejects
    assert "\ufffd" in rows[0]["raw"]


def test_a_record_without_an_id_gets_one_from_its_content() -> None:
    record = aws()
    del record["eventID"]
    ids = {row["event_id"] for data in (lines(record), json.dumps(record, indent=1).encode()) for row in read(data)[0]}
    assert len(ids) == 1
    assert ids.pop().startswith("sha256:")
    assert len({row["event_id"] for row in read(lines(record, record | {"awsRegion": "x"}))[0]}) == 2


def test_an_empty_page_is_nothing_and_an_empty_field_hides_nothing() -> None:
    assert read(b'{"Records": []}') == ([], [])
    hook = b'{"action": "hook.create", "actor": "ann", "org": "o", "created_at": 1760000000000, "events": []}'
    rows, rejects = read(hook)
    assert ([row["operation"] for row in rows], rejects) == (["hook.create"], [])


def test_secrets_are_not_stored() -> None:
    record = aws(requestParameters={"masterUserPassword": "hunter2", "sessionToken": "t", "SecretString": "s"})
    raw = json.loads(read(lines(record))[0][0]["raw"])
    assert set(raw["requestParameters"].items()) == {
        ("masterUserPassword", "[redacted]"),
        ("sessionToken", "[redacted]"),
        ("SecretString", "[redacted]"),
    }
    _, rejects = read(lines({"password": "hunter2"}))
    assert rejects[0].text == '{"password":"[redacted]"}'


def test_only_what_matters_is_kept_whole() -> None:
    reading = aws(eventName="ListBuckets", eventSource="s3.amazonaws.com", readOnly=True)
    assert read(lines(reading), NOTHING)[0][0]["raw"] is None
    assert read(lines(reading), ALL)[0][0]["raw"]


def test_thousands_of_strangers_are_counted_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "REJECTS", 3)
    rows, rejects = read(lines(*[{"n": n} for n in range(10)], aws()))
    assert len(rows) == 1
    assert [r.source.record for r in rejects] == [0, 1, 2, -1]
    assert rejects[-1].reason == "7 more records were set aside; the first 3 are listed"


def test_rows_come_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BATCH", 2)
    monkeypatch.setattr("keywitness.readers.source.BATCH", 2)
    assert [row["record"] for row in read(lines(*[aws()] * 5))[0]] == [0, 1, 2, 3, 4]
