"""A case as STIX 2.1, read by OASIS's own library, which checks every property."""

import json
from pathlib import Path

import pytest
import stix2

from keywitness.exports.stix import AMBER, render
from tests.exports.cases import hostile, worked
from tests.render.poison import TEXTS


def parsed(text: str) -> "stix2.Bundle":
    return stix2.parse(text, allow_custom=False)


def test_a_case_says_who_from_where_how_and_how_to_take_it_back(tmp_path: Path) -> None:
    text = render(worked(tmp_path), "Northwind")
    kinds = [made.type for made in parsed(text).objects]
    assert {k: kinds.count(k) for k in set(kinds)} == {
        "marking-definition": 1,
        "identity": 1,
        "incident": 1,
        "user-account": 3,
        "ipv4-addr": 2,
        "attack-pattern": 1,
        "course-of-action": 2,
        "note": 1,
        "relationship": 8,
    }
    known = {made["id"] for made in json.loads(text)["objects"]}
    assert all(made["object_marking_refs"] == [AMBER] for made in json.loads(text)["objects"] if made["id"] != AMBER)
    for made in json.loads(text)["objects"]:
        if made["type"] == "relationship":
            assert {made["source_ref"], made["target_ref"]} <= known


def test_observables_have_the_ids_that_others_give_them(tmp_path: Path) -> None:
    made = [m for m in json.loads(render(worked(tmp_path), "Northwind"))["objects"] if m["type"] == "ipv4-addr"]
    assert {m["id"] for m in made} == {stix2.IPv4Address(value=m["value"]).id for m in made}


def test_the_mark_is_tlp_2_amber_as_oasis_defines_it(tmp_path: Path) -> None:
    (mark,) = [m for m in json.loads(render(worked(tmp_path), "Northwind"))["objects"] if m["id"] == AMBER]
    assert mark["extensions"] == {
        "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {
            "extension_type": "property-extension",
            "tlp_2_0": "amber",
        }
    }


def test_a_second_export_has_the_same_ids(tmp_path: Path) -> None:
    file = worked(tmp_path)
    assert render(file, "Northwind") == render(file, "Northwind")
    assert json.loads(render(file, "Northwind"))["id"] != json.loads(render(file, "Southwind"))["id"]


@pytest.mark.parametrize("name", list(TEXTS))
def test_a_hostile_case_is_valid_too(name: str) -> None:
    text = render(hostile(name), TEXTS[name])
    assert text.isascii()
    assert parsed(text).objects
