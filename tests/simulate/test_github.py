"""GitHub events: read as what they are, by the login that the directory knows."""

import json
from datetime import UTC, datetime

from keywitness.readers.github import recognises, row
from keywitness.simulate import github
from keywitness.simulate.stage import Stage
from tests.readers.records import NOTHING

WHEN = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)


def test_a_deploy_key_is_a_repositorys(stage: Stage) -> None:
    jonah = stage.company.people["jonah"]
    made = github.deploy_key(stage, github.Caller(jonah, jonah.desk_ip), WHEN, "alderfinch/shop", "release")
    (record,) = stage.logs["github"]
    read = row(json.dumps(record).encode(), NOTHING)
    assert recognises(record)
    assert (read.event_id, read.operation, read.target_id) == (made, "public_key.create", "alderfinch/shop")
    assert (read.actor_id, read.source_ip) == (github.login(jonah), jonah.desk_ip)


def test_a_push_is_data(stage: Stage) -> None:
    jonah = stage.company.people["jonah"]
    github.push(stage, github.Caller(jonah, jonah.home_ip, github.GIT), WHEN, "alderfinch/shop")
    assert row(json.dumps(stage.logs["github"][0]).encode(), NOTHING).user_agent == github.GIT
