"""Pretenders: the ticket is there, and is not theirs to use."""

from keywitness.simulate.company import locate
from keywitness.simulate.stage import Stage
from tests.simulate.sample import Record, time_of


def test_a_borrowed_name_is_in_the_session_and_the_ticket(
    wide_stage: Stage, wide_kinds: dict[str, list[Record]]
) -> None:
    (key,) = wide_kinds["h-borrowed-name"]
    name = key["userIdentity"]["arn"].rpartition("/")[2].partition("@")[0]
    assumed = [r for r in wide_stage.logs["aws/111122223333"] if r["eventName"] == "AssumeRole"]
    (began,) = [r for r in assumed if r["responseElements"]["credentials"]["accessKeyId"] == _key(key)]
    assert began["userIdentity"]["userName"] != name
    assert [t for t in wide_stage.tickets if t.target == key["requestParameters"]["userName"] and name in t.actor]


def _key(record: Record) -> str:
    return str(record["userIdentity"]["accessKeyId"])


def test_one_ticket_was_approved_by_its_requester(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    (key,) = wide_kinds["h-self-approved"]
    person = wide_stage.company.people[key["userIdentity"]["userName"]]
    (row,) = [t for t in wide_stage.tickets if t.approver in (person.name, person.email)]
    assert (row.actor, row.target) == (person.name, key["requestParameters"]["userName"])


def test_the_namesake_has_the_ticket(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    (key,) = wide_kinds["h-namesake"]
    name, target = key["userIdentity"]["userName"], key["requestParameters"]["userName"]
    (row,) = [t for t in wide_stage.tickets if t.target == target]
    assert row.actor.partition(".")[0].partition("@")[0] == name.partition(".")[0]
    assert not row.actor.startswith(name)


def test_the_traveller_is_elsewhere(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    (key,) = wide_kinds["h-during-the-journey"]
    name = key["userIdentity"]["userName"]
    own = [r for r in wide_stage.logs["aws/111122223333"] if r["userIdentity"].get("userName") == name and r is not key]
    near = [r for r in own if abs((time_of(r) - time_of(key)).total_seconds()) < 7_200]
    assert {locate(r["sourceIPAddress"]).country for r in near} == {"JP"}
    assert locate(key["sourceIPAddress"]).country != "JP"


def test_the_build_role_keeps_its_name_and_loses_its_place(wide_kinds: dict[str, list[Record]]) -> None:
    (key,) = wide_kinds["h-stolen-build-role"]
    assert ":assumed-role/BuildRunner/" in key["userIdentity"]["arn"]
    assert locate(key["sourceIPAddress"]).country not in {"US", "CA"}
