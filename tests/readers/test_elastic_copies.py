"""Elastic's documents; that each gives the same event is in test_shapes."""

import json

from keywitness.readers.elastic_copies import elastic
from tests.readers.copies import ecs_cloudtrail, ecs_entra
from tests.readers.records import Record, aws, entra_audit


def test_the_original_counts_when_it_was_kept() -> None:
    document = ecs_cloudtrail(aws())
    document["event"]["original"] = json.dumps(aws(userAgent="true one"))
    assert elastic(document) == [aws(userAgent="true one")]


def test_dotted_names_are_read() -> None:
    flat = {
        "@timestamp": ["2026-03-02T10:00:00.000Z"],
        "event.action": ["x"],
        "aws.cloudtrail.event_version": ["1"],
    }
    (record,) = elastic(flat) or []
    assert (record["eventName"], record["eventTime"], record["eventVersion"]) == (
        "x",
        "2026-03-02T10:00:00Z",
        "1",
    )


def test_request_parameters_are_read_from_text_without_the_flattened_field() -> None:
    document = ecs_cloudtrail(aws())
    del document["aws"]["cloudtrail"]["flattened"]
    document["aws"]["cloudtrail"]["request_parameters"] = "{userName=deploy}"
    assert (elastic(document) or [{}])[0]["requestParameters"] == {"userName": "deploy"}


def test_numbered_objects_become_lists() -> None:
    (record,) = elastic(ecs_entra(entra_audit())) or []
    assert record["properties"]["targetResources"] == entra_audit()["targetResources"]
    assert record["properties"]["result"] == "success"


def test_strangers_are_left() -> None:
    strangers: list[Record] = [
        {},
        {"event": {"action": "x"}},
        {"aws": {"cloudtrail": {}}},
        {"okta": 1},
        {"github": {"a": 1}},
    ]
    for strange in strangers:
        assert elastic(strange) is None
