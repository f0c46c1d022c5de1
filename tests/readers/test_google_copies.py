"""BigQuery's rows; that each gives the same event is in test_shapes."""

import json

from keywitness.readers.google_copies import bigquery, log_analytics
from tests.readers.copies import log_analytics_row, sink_row
from tests.readers.records import gcp

ENTRY = gcp(request={"keyAlgorithm": "x", "snake_case": {"key": 1}}, metadata={"a_b": 1})


def test_rows_give_the_entry_back() -> None:
    for found in (bigquery(sink_row(ENTRY)), log_analytics(log_analytics_row(ENTRY))):
        (entry,) = found or []
        payload = {k: v for k, v in ENTRY["protoPayload"].items() if k != "@type"}
        assert entry["protoPayload"] == payload
        assert (entry["insertId"], entry["logName"]) == (ENTRY["insertId"], ENTRY["logName"])
        assert entry["resource"] == ENTRY["resource"], "labels keep their own names"


def test_a_payload_in_a_string_is_read() -> None:
    row = sink_row(ENTRY)
    row["protopayload_auditlog"] = json.dumps(row["protopayload_auditlog"])
    assert bigquery(row) == bigquery(sink_row(ENTRY))


def test_strangers_are_left() -> None:
    assert bigquery({"protopayload_auditlog": None}) is None
    assert log_analytics({"proto_payload": {}}) is None
