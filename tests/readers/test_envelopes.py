"""What other tools wrap around a record comes off, and what is no envelope stays."""

import json
from typing import Any

import pytest

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


def test_an_unreadable_string_is_shown() -> None:
    assert inside({"Events": [{"CloudTrailEvent": "{broken"}]}) == [{"unreadable": "{broken"}]
