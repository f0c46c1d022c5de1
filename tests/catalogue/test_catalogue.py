"""The catalogue as a whole: what it finds, what it asks the readers to keep, what can be put before it."""

import pytest

from keywitness.catalogue import Catalogue, load
from keywitness.readers.values import operation_key
from tests.catalogue.walk import shipped
from tests.support import operation


def test_it_finds_by_provider_and_operation() -> None:
    found = shipped().find("aws", "iam:UpdateAccessKey")
    assert [o.id for o in found] == ["aws.iam.enable-access-key", "aws.iam.disable-access-key"]
    assert shipped().find("gcp", "iam:UpdateAccessKey") == ()
    assert shipped().find("aws", "iam:UpdateAccessKey") is found, "asked once a record, so it is remembered"


def test_it_gets_an_entry_by_its_id() -> None:
    assert shipped().get("aws.iam.create-access-key").events == ("iam:CreateAccessKey",)
    with pytest.raises(StopIteration):
        shipped().get("aws.iam.nothing")


def test_it_wants_what_it_has_an_entry_for() -> None:
    wanted = shipped().wanted()
    assert operation_key("iam:CreateAccessKey") in wanted
    assert operation_key("alpha.compute.instances.setMetadata") in wanted
    assert operation_key("Microsoft.Cache/redis/listKeys/action") in wanted
    assert operation_key("s3:ListBuckets") not in wanted


def test_an_empty_catalogue_wants_nothing() -> None:
    assert "anything" not in Catalogue(()).wanted()


def test_own_entries_come_before_the_shipped_ones() -> None:
    text = """
[[operation]]
id = "aws.own.key"
events = ["iam:CreateAccessKey"]
credential_type = "access_key"
change = "housekeeping"
scope = "core"
technique = "T1098.001"
rests_on = "documentation"
reference = "https://example.org"
"""
    found = load([("aws", text)]).find("aws", "iam:CreateAccessKey")
    assert found[0].id == "aws.own.key"
    assert len(found) > 1


def test_entries_are_values() -> None:
    assert operation() == operation()
