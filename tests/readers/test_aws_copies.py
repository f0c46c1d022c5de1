"""CloudTrail in other layouts; that each gives the same event is in test_shapes."""

import pytest

from keywitness.readers.aws_copies import athena, lake_results, ocsf, sentinel
from tests.readers.copies import ocsf as as_ocsf
from tests.readers.records import aws


def test_an_ocsf_event_gives_the_record_back() -> None:
    (back,) = ocsf(as_ocsf(aws(additionalEventData={"MFAUsed": "Yes"}))) or []
    record = aws(additionalEventData={"MFAUsed": "Yes"})
    assert {k: back[k] for k in record if k != "readOnly"} == {k: v for k, v in record.items() if k != "readOnly"}


def test_a_time_that_is_no_number_is_taken_as_text() -> None:
    event = as_ocsf(aws()) | {"time": None, "time_dt": "2026-03-02T10:00:00Z"}
    assert (ocsf(event) or [{}])[0]["eventTime"] == "2026-03-02T10:00:00Z"
    assert "eventTime" not in (ocsf(event | {"time": 1e300, "time_dt": None}) or [{}])[0]


def test_what_was_mapped_stands_against_what_was_not() -> None:
    event = as_ocsf(aws())
    event["unmapped"] = {"eventName": "Other", "userIdentity.userName": "eve", "eventName.x": 1, "new.deep": "{}"}
    (back,) = ocsf(event) or []
    assert (back["eventName"], back["userIdentity"]["userName"], back["new"]) == (
        "CreateAccessKey",
        "mia",
        {"deep": {}},
    )


@pytest.mark.parametrize("reader", [athena, lake_results, ocsf, sentinel])
@pytest.mark.parametrize("strange", [{}, {"eventname": "x"}, {"EventName": 1}, {"QueryResultRows": [1]}])
def test_strangers_are_left(reader: object, strange: object) -> None:
    assert callable(reader)
    assert reader(strange) is None
