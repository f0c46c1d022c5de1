"""People's circumstances: the newcomer comes first, the traveller has travelled, the client is new."""

from datetime import timedelta

from keywitness.simulate.company import locate
from keywitness.simulate.stage import Stage
from tests.simulate.sample import Record, time_of


def test_a_newcomer_is_in_no_log_before_the_first_day(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    (key,) = wide_kinds["o-first-key"]
    name = key["requestParameters"]["userName"]
    own = [r for r in wide_stage.logs["aws/111122223333"] if r["userIdentity"].get("userName") == name]
    signed_in = [r for r in wide_stage.logs["entra/signIns"] if r["userPrincipalName"].startswith(f"{name}@")]
    assert min(map(time_of, signed_in)).date() >= wide_stage.arrivals[name] - timedelta(days=1)
    assert all(time_of(r) >= time_of(key) for r in own)


def test_who_is_on_holiday_has_been_there_for_days(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    (key,) = wide_kinds["o-holiday"]
    place, name = locate(key["sourceIPAddress"]).country, key["requestParameters"]["userName"]
    there = {day for (who, day), ip in wide_stage.presence.items() if who == name and locate(ip).country == place}
    assert place in {"ES", "TH"}
    assert len(there) >= 5


def test_the_new_home_is_in_the_same_country(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    (key,) = wide_kinds["o-new-home"]
    person = wide_stage.company.people[key["userIdentity"]["userName"]]
    network = locate(key["sourceIPAddress"])
    assert (network.country, network.owner) != (network.country, locate(person.home_ip).owner)
    assert network.country == person.office.country


def test_an_update_changes_the_version_alone(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    (key,) = wide_kinds["o-client-update"]
    person = wide_stage.company.people[key["userIdentity"]["userName"]]
    assert key["userAgent"] == person.agent.replace("aws-cli/2.17.44", "aws-cli/2.18.5")


def test_who_has_just_arrived_has_a_day_or_two_there(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    (key,) = wide_kinds["x-just-arrived"]
    name, ip = key["userIdentity"]["userName"], key["sourceIPAddress"]
    assert 1 <= len([day for (who, day), at in wide_stage.presence.items() if (who, at) == (name, ip)]) <= 3
