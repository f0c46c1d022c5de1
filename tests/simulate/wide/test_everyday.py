"""Everyday life outside AWS: every working day, from where the person is."""

from keywitness.simulate.stage import Stage, is_workday
from keywitness.simulate.wide.everyday import hash_of
from tests.simulate.sample import time_of


def test_the_logs_fill_on_working_days(wide_stage: Stage) -> None:
    for stream in ("okta", "github", "m365", "entra/audit"):
        days = {time_of(record).date() for record in wide_stage.logs[stream]}
        assert len([day for day in days if is_workday(day)]) > 25, stream


def test_a_person_is_in_one_place_a_day(wide_stage: Stage) -> None:
    by_email = {person.email: person for person in wide_stage.company.people.values()}
    for record in (r for r in wide_stage.logs["m365"] if r["Operation"] == "UserLoggedIn"):
        person = by_email[record["UserId"]]
        assert record["ClientIP"] in {ip for (who, _), ip in wide_stage.presence.items() if who == person.name}


def test_a_number_that_stays(wide_stage: Stage) -> None:
    person = next(iter(wide_stage.company.people.values()))
    assert hash_of(person) == int(person.object_id.replace("-", "")[:6], 16)
