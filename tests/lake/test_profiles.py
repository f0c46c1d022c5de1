"""Daily counts, and the edges of a baseline."""

from datetime import date
from pathlib import Path

from keywitness.behaviour.measure import prepare
from keywitness.context.identities import Directory
from tests.support import AT, GEO, ago, change, event, lake


def test_events_of_an_hour_from_one_place_with_one_client_are_one_row(tmp_path: Path) -> None:
    rows = [
        event(time=ago(days=5, minutes=-1), source_ip="192.0.2.1", user_agent="aws-cli/2.1"),
        event(time=ago(days=5, minutes=-2), source_ip="192.0.2.1", user_agent="aws-cli/2.2"),
        event(time=ago(days=5, minutes=-3), source_ip="192.0.2.1", user_agent="curl/8"),
        event(time=ago(days=5, minutes=-3), actor_id="somebody else"),
    ]
    on = lake(rows, tmp_path)
    tables = prepare(on, [change()], [], GEO, Directory().resolve)
    found = sorted(on.engine.rows(tables.profiles), key=lambda row: str(row["client"]))
    assert [(row["client"], row["n"]) for row in found] == [("aws-cli", 2), ("curl", 1)]
    assert found[0] == {
        "principal": "ann",
        "day": date(2026, 9, 10),
        "hour": AT.hour,
        "country": "DE",
        "asn": 3320,
        "source_ip": "192.0.2.1",
        "client": "aws-cli",
        "n": 2,
    }


def test_activity_is_one_row_an_event_even_without_address_and_client(tmp_path: Path) -> None:
    on = lake([event(), event(actor_id=None), event(source_ip="10.0.0.1", user_agent="")], tmp_path)
    tables = prepare(on, [change()], [], GEO, Directory().resolve)
    assert [row["principal"] for row in on.engine.rows(tables.activity)] == ["ann"] * 2
    assert [(row["country"], row["client"], row["n"]) for row in on.engine.rows(tables.profiles)] == [
        (None, None, 1)
    ] * 2
