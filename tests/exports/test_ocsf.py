"""A case as an OCSF Incident Finding, held against OCSF's own schema."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from keywitness.exports.ocsf import VERSION, event, render
from keywitness.store import cases, queue
from keywitness.store.casefile import open_file
from tests.exports.cases import empty, hostile, worked
from tests.render.poison import TEXTS
from tests.store.made import judged, put


@cache
def schema() -> Draft202012Validator:
    return Draft202012Validator(OcsfJsonSchemaEmbedded(get_ocsf_schema(VERSION)).get_class_schema("incident_finding"))


def problems(told: dict[str, Any]) -> list[str]:
    return [f"{list(error.path)}: {error.message}"[:300] for error in schema().iter_errors(told)]


def test_the_schema_can_refuse() -> None:
    assert problems({"class_uid": 2005})


def test_a_closed_case_is_valid_and_says_its_verdict(tmp_path: Path) -> None:
    told = json.loads(render(worked(tmp_path), "Northwind"))
    assert problems(told) == []
    assert (told["type_uid"], told["activity_name"], told["status_id"]) == (200503, "Close", 5)
    assert (told["verdict_id"], told["verdict"]) == (2, "True Positive")
    assert told["is_suspected_breach"] is True
    assert {o["value"] for o in told["observables"] if o["type_id"] == 2} == {"185.220.101.47", "45.137.21.9"}
    assert told["attacks"][0]["sub_technique"]["uid"] == "T1098.001"


@pytest.mark.parametrize(
    ("to", "status"), [(None, "New"), ("triage", "In Progress"), ("paused", "On Hold"), ("contained", "Resolved")]
)
def test_each_status_has_its_own(tmp_path: Path, to: str | None, status: str) -> None:
    store = empty(tmp_path)
    put(store, judged(1))
    with store.writing("default", "jo") as desk:
        (case,) = queue.page(desk).cases
        if to == "paused":
            cases.pause(desk, case.case_id, 1, "waiting for the owner")
        elif to == "contained":
            cases.move(desk, case.case_id, cases.move(desk, case.case_id, 1, "escalated").version, to)
        elif to:
            cases.move(desk, case.case_id, 1, to)
        told = event(open_file(desk, case.case_id), "Northwind")
    store.close()
    assert told["status"] == status
    assert problems(told) == []


@pytest.mark.parametrize("name", list(TEXTS))
def test_a_hostile_case_is_valid_too(name: str) -> None:
    text = render(hostile(name), TEXTS[name])
    assert text.isascii()
    assert problems(json.loads(text)) == []
