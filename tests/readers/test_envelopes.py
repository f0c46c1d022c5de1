"""What other tools wrap around a record comes off, and what is no envelope stays."""

import base64
import gzip
import json
from typing import Any

import pytest

from keywitness.readers import envelopes
from keywitness.readers.envelopes import MAX_DEPTH, unwrap

RECORD = {"mine": True}


def inside(record: Any) -> list[Any]:
    return list(unwrap(record, lambda r: "mine" in r))


@pytest.mark.parametrize(
    "wrapped",
    [
        {"Records": [RECORD]},
        {"records": [RECORD]},
        {"@odata.context": "x", "value": [RECORD]},
        {"Events": [{"EventId": "e", "CloudTrailEvent": json.dumps(RECORD)}]},
        {"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": RECORD},
        {"logEvents": [{"id": "1", "message": json.dumps(RECORD)}]},
        {"data": {"Records": [RECORD]}},
        {"_source": {"event": {"original": json.dumps(RECORD)}}},
        {"result": {"_raw": json.dumps(RECORD)}},
        {"entries": [RECORD]},
        RECORD,
    ],
)
def test_envelopes_come_off(wrapped: Any) -> None:
    assert inside(wrapped) == [RECORD]


@pytest.mark.parametrize(
    "strange", [{}, {"value": [1, 2]}, {"detail": RECORD}, {"message": "text"}, {"event": {}}, {"Records": RECORD}]
)
def test_what_is_no_envelope_stays(strange: Any) -> None:
    assert inside(strange) == [strange]


def test_a_known_record_keeps_its_own_lists() -> None:
    assert inside({"mine": True, "records": [{}]}) == [{"mine": True, "records": [{}]}]


def test_envelopes_without_end_are_left() -> None:
    wrapped: Any = RECORD
    for _ in range(MAX_DEPTH + 1):
        wrapped = {"data": wrapped}
    assert inside(wrapped) == [{"data": RECORD}]


def test_an_unreadable_string_is_left() -> None:
    assert inside({"Events": [{"CloudTrailEvent": "{broken"}]}) == [{"CloudTrailEvent": "{broken"}]


def b64(value: Any) -> str:
    return base64.b64encode(value if isinstance(value, bytes) else json.dumps(value).encode()).decode()


def test_base64_is_taken_off_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert inside({"kinesis": {"data": b64(RECORD)}}) == [RECORD]
    assert inside({"message": {"data": b64([RECORD, RECORD]), "messageId": "1"}}) == [RECORD, RECORD]
    assert inside({"data": b64(RECORD)}) == [{"data": b64(RECORD)}], "data alone is no message"
    monkeypatch.setattr(envelopes, "MAX_RECORD", 1000)
    bomb = {"awslogs": {"data": b64(gzip.compress(b" " * 10_000 + json.dumps(RECORD).encode()))}}
    assert inside(bomb) == [bomb]


@pytest.mark.parametrize("data", ["%", "AAAA", b64(b"\x1f\x8bx"), b64(b"text"), b64(b"1")])
def test_base64_of_something_else_is_shown(data: str) -> None:
    assert len(inside({"awslogs": {"data": data}})) == 1


def test_a_control_message_is_no_record() -> None:
    control = {"messageType": "CONTROL_MESSAGE", "logEvents": [{"message": "CWL CONTROL MESSAGE"}]}
    assert inside({"awslogs": {"data": b64(gzip.compress(json.dumps(control).encode()))}}) == []


def test_a_syslog_header_in_a_string_comes_off() -> None:
    assert inside({"_raw": f"<134>Mar  2 10:00:00 host app: {json.dumps(RECORD)}"}) == [RECORD]
    assert inside({"_raw": "x" * 500 + json.dumps(RECORD)})[0] != RECORD
