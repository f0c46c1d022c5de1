"""Unified Audit Log records: the same person and target as Entra's own log says."""

import json
from datetime import UTC, datetime

from keywitness.readers.m365 import recognises, row
from keywitness.simulate import entra, m365
from keywitness.simulate.stage import Stage
from tests.readers.records import NOTHING

WHEN = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)


def test_a_reset_names_both_people_by_their_ids(stage: Stage) -> None:
    femke, tove = stage.company.people["femke"], stage.company.people["tove"]
    made = m365.password_reset(stage, femke, WHEN, femke.desk_ip, tove)
    (record,) = stage.logs["m365"]
    read = row(json.dumps(record).encode(), NOTHING)
    assert recognises(record)
    assert (read.event_id, read.outcome) == (made, "success")
    assert (read.actor_id, read.target_id) == (femke.object_id, tove.object_id)


def test_a_secret_holds_the_keys_before_and_after(stage: Stage) -> None:
    bastien, app = stage.company.people["bastien"], stage.company.applications["Ledger Sync"]
    old, new = entra.Key("a" * 8, "current"), entra.Key("b" * 8, "renewed")
    m365.secret_added(stage, bastien, WHEN, bastien.desk_ip, app, [old], [old, new])
    keys = stage.logs["m365"][0]["ModifiedProperties"][0]
    assert json.loads(keys["NewValue"]) == [str(old), str(new)]
    assert json.loads(keys["OldValue"]) == [str(old)]
