"""Okta events: read as what they are, by the person that the directory knows under that id."""

import json
from datetime import UTC, datetime

from keywitness.readers.okta import recognises, row
from keywitness.simulate import okta
from keywitness.simulate.stage import Stage
from tests.readers.records import NOTHING

WHEN = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)


def test_a_token_is_its_makers(stage: Stage) -> None:
    adele = stage.company.people["adele"]
    made = okta.create_token(stage, okta.Caller(adele, adele.desk_ip), WHEN, "sync")
    (record,) = stage.logs["okta"]
    read = row(json.dumps(record).encode(), NOTHING)
    assert recognises(record)
    assert (read.event_id, read.operation, read.outcome) == (made, "system.api_token.create", "success")
    assert (read.actor_id, read.actor_name, read.source_ip) == (okta.user_id(adele), adele.email, adele.desk_ip)


def test_a_reason_makes_a_failure(stage: Stage) -> None:
    adele = stage.company.people["adele"]
    caller = okta.Caller(adele, adele.home_ip)
    okta.sign_in(stage, caller, WHEN)
    okta.event(stage, caller, WHEN, "user.session.start", [okta.as_target(adele)], reason="INVALID_CREDENTIALS")
    assert [r["outcome"]["result"] for r in stage.logs["okta"]] == ["SUCCESS", "FAILURE"]
