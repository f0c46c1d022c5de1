"""What a new day costs over a short and a long past: ``python bench/history.py [ROWS ...]``.

Makes a lake of a company with 2,000 principals over 400 days for each number of
history rows (default 1,000,000 and 100,000,000), adds the same day to each,
and times ``ingest`` of that day and ``triage --lake --since`` it, three times
in turn.
"""

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

from keywitness import catalogue, context
from keywitness.facts import Window
from keywitness.lake.duckdb import DuckDB
from keywitness.lake.ingest import add
from keywitness.lake.loose import Loose
from keywitness.lake.place import Place, open_place
from keywitness.lake.stored import Stored
from keywitness.lake.upkeep import tidy
from keywitness.pipeline import triage_lake
from keywitness.policy import load_policy

DAYS: Final = 400
BATCH: Final = 4_000_000
END: Final = datetime(2026, 8, 20, tzinfo=UTC)
PER_DAY: Final = 50_000  # events of the new day, 40 of them credential changes
ROUNDS: Final = 3

# Each principal works from one of 3 addresses with one of 2 clients a day, at 9 hours of it, and calls 60 operations;
# a change in 20,000 makes an access key.
EVENTS: Final = """
    SELECT
        printf('%s-%012d', '{name}', i) AS event_id,
        (TIMESTAMP '{start}' + to_days(CAST(i % {days} AS INTEGER))
            + to_seconds(28800 + CAST(hash(i) % 32400 AS BIGINT))) AT TIME ZONE 'UTC' AS time,
        'aws' AS provider, 'cloudtrail' AS log, '111122223333' AS tenant, 'eu-west-1' AS region,
        CASE WHEN made THEN 'iam' ELSE 's3' END AS service,
        CASE WHEN made THEN 'iam:CreateAccessKey' ELSE 's3:Op' || (hash(i + 7) % 60) END AS operation,
        'management' AS "class", NOT made AS read_only,
        CASE WHEN hash(i + 3) % 50 = 0 THEN 'failure' ELSE 'success' END AS outcome,
        CASE WHEN hash(i + 3) % 50 = 0 THEN 'AccessDenied' END AS error,
        'arn:aws:iam::111122223333:user/user-' || who AS actor_id, 'user-' || who AS actor_name, 'user' AS actor_type,
        NULL::VARCHAR AS session_id, 'AKIA' || who AS credential_used,
        '203.' || (who % 250) || '.' || (who // 250) || '.' || (hash(who * 400 + i % {days}) % 3) AS source_ip,
        NULL::VARCHAR AS source_service, 'aws-cli/2.' || (hash(who * 3 + i % {days}) % 2) AS user_agent,
        NULL::VARCHAR AS device, NULL::VARCHAR AS device_state, NULL::BOOLEAN AS mfa, NULL::VARCHAR AS target_id,
        NULL::VARCHAR AS call_id,
        'history' AS file, i AS record,
        CASE WHEN made THEN printf('{{"requestParameters":{{"userName":"user-%d"}},"responseElements":{{"accessKey":'
            || '{{"accessKeyId":"AKIAN%d"}}}}}}', (who + 1) % 2000, i) END AS raw
    FROM (
        SELECT i, CAST(hash(i * 31 + 1) % 2000 AS BIGINT) AS who, {made} AS made
        FROM range({first}, {last}) t(i)
    )
"""


def fill(place: Place, rows: int) -> None:
    """The past: ``rows`` events over the 400 days before the new one, added some days at a time."""
    step = max(1, BATCH * DAYS // rows)
    for day in range(0, DAYS, step):
        days = min(step, DAYS - day)
        first = day * rows // DAYS
        last = (day + days) * rows // DAYS
        _add(place, "past", END - timedelta(days=DAYS - day), days, first, last, "hash(i * 17) % 20000 = 0")
        tidy(place, catalogue.load())
        print(f"  {last:,} rows", file=sys.stderr)


def new_day(place: Place) -> None:
    _add(place, "day", END, 1, 0, PER_DAY, f"i % {PER_DAY // 40} = 7")


def _add(place: Place, name: str, start: datetime, days: int, first: int, last: int, made: str) -> None:
    with TemporaryDirectory(prefix="keywitness-bench-") as folder:
        part = Path(folder) / "part.parquet"
        query = EVENTS.format(name=name, start=f"{start:%Y-%m-%d}", days=days, first=first, last=last, made=made)
        duckdb.connect().execute(f"SET TimeZone='UTC'; COPY ({query}) TO '{part}' (FORMAT parquet)")
        add(Loose(DuckDB(), [part]), place, catalogue.load(), Path(folder))


def judge(place: Place) -> int:
    lake = Stored(DuckDB(), place)
    report = triage_lake(lake, context.load(None), catalogue.load(), load_policy(), Window(since=END))
    return len(report.findings)


def main(sizes: list[int]) -> None:
    with TemporaryDirectory(prefix="keywitness-bench-") as folder:
        places = {rows: open_place(f"{folder}/{rows}", create=True) for rows in sizes}
        added, judged = {}, {rows: [] for rows in sizes}
        for rows, place in places.items():
            fill(place, rows)
            begun = time.monotonic()
            new_day(place)
            added[rows] = time.monotonic() - begun
        for _ in range(ROUNDS):
            for rows, place in places.items():
                begun = time.monotonic()
                found = judge(place)
                judged[rows].append(time.monotonic() - begun)
        base = median(judged[sizes[0]])
        for rows in sizes:
            took = median(judged[rows])
            print(
                f"{rows:>12,} rows of history: the day added in {added[rows]:.1f} s, "
                f"{found} changes judged in {took:.1f} s, {took / base:.2f} times the first"
            )


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1_000_000, 100_000_000])
