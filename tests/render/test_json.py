import json
from typing import Any

import pytest

from keywitness.render.json import finding_dict, lines, render
from keywitness.render.words import QUESTIONS
from tests.render.poison import TEXTS, poisoned
from tests.render.sample import report

CONTRACT = (
    *("event_id", "time", "provider", "tenant", "operation", "credential_type", "change", "outcome"),
    *("actor", "target", "credential_id", "source_ip", "user_agent", "answers"),
    *("decision", "reasons", "priority", "case_id", "parent_event_id", "technique", "source"),
)
EXTRA = (
    *("scope", "credential_ids", "sentence", "decision_because", "decision_against", "decision_missing"),
    *("flip", "suppressed_by", "containment", "remarks", "session_id", "credential_used", "copies"),
)


def parsed() -> list[dict[str, Any]]:
    return [json.loads(line) for line in render(report()).splitlines()]


def test_keys_are_those_of_the_contract_in_its_order() -> None:
    for line in parsed():
        assert tuple(line) == (*CONTRACT, *EXTRA)
        assert list(line["actor"]) == list(line["target"]) == ["id", "name", "type"]
        assert list(line["source"]) == ["file", "record"]


def test_answers_keep_their_order_and_name_a_kind_only_when_there_is_one() -> None:
    answers = parsed()[0]["answers"]
    assert list(answers) == list(QUESTIONS)
    assert list(answers["change_request"]) == [
        "answer",
        "because",
        "evidence",
        "against",
        "missing",
        "rests_on",
        "kind",
    ]
    assert list(answers["off_hours"]) == ["answer", "because", "evidence", "against", "missing", "rests_on"]


def test_values_are_the_findings() -> None:
    first = parsed()[0]
    assert first["event_id"] == "e0b6fbb6-5ca0-4c17-9c6d-000000000001"
    assert first["time"] == "2026-08-20T03:12:45Z"
    assert first["reasons"][:2] == ["unauthorised", "atypical_actor"]
    assert first["parent_event_id"] is None
    assert first["source"]["record"] == 1


def test_findings_are_one_line_each_oldest_first() -> None:
    found = parsed()
    assert len(found) == len(report().findings)
    assert [line["time"][:19] for line in found] == sorted(line["time"][:19] for line in found)


def test_microseconds_are_kept_when_there_are_any() -> None:
    assert [line["time"] for line in parsed() if line["decision"] == "review"] == ["2026-08-21T09:12:45.250000Z"]


def test_a_finding_is_plain_values() -> None:
    found = finding_dict(report().findings[0])
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_text_stays_within_its_line(name: str) -> None:
    run = poisoned(name)
    written = render(run)
    assert written.isascii()
    assert written.replace("\n", "").isprintable()
    assert len(written.split("\n")) == len(run.findings) + 1
    for line in lines(run):
        assert json.dumps(json.loads(line), ensure_ascii=False).encode()
