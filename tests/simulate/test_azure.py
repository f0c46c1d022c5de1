"""Azure Activity Log: two rows a call, one correlation id, and the id of the row that says it worked."""

from collections import Counter
from datetime import UTC, datetime

from keywitness.simulate import azure
from keywitness.simulate.stage import Stage
from tests.simulate.sample import Record, event_id

NOON = datetime(2026, 10, 7, 12, tzinfo=UTC)


def test_a_call_starts_and_succeeds(stage: Stage) -> None:
    carys = stage.company.people["carys"]
    event = azure.call(stage, carys, NOON, carys.desk_ip, "Microsoft.Web/sites/restart/action", "rg/x")
    start, success = stage.logs["azure"]
    assert (start["resultType"], success["resultType"]) == ("Start", "Success")
    assert start["correlationId"] == success["correlationId"]
    assert event_id(success) == event != event_id(start)
    assert success["operationName"] == "MICROSOFT.WEB/SITES/RESTART/ACTION"
    assert carys.email in success["identity"]["claims"].values()


def test_all_logged_calls_have_both_rows(records: list[Record]) -> None:
    rows = [record for record in records if record.get("category") == "Administrative"]
    assert Counter(row["resultType"] for row in rows) == {"Start": len(rows) // 2, "Success": len(rows) // 2}
    assert set(Counter(row["correlationId"] for row in rows).values()) == {2}
