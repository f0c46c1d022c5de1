"""The whole: reproducible, small, and with an answer sheet that fits the logs."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from keywitness.simulate import Summary, simulate
from tests.simulate.sample import Record, event_id, files, read, table, time_of, unpacked

COMMITTED = Path(__file__).parents[2] / "examples" / "company"
KINDS = {f"a{n}" for n in range(1, 15)} | {f"b{n}" for n in range(1, 12)}


def test_same_arguments_same_bytes(written: tuple[Path, Summary], tmp_path: Path) -> None:
    assert simulate(tmp_path) == written[1]
    assert files(tmp_path) == files(written[0])


def test_another_seed_gives_other_bytes(company: Path, tmp_path: Path) -> None:
    simulate(tmp_path, seed=8)
    other, same = files(tmp_path), files(company)
    assert {name for name in other if other[name] == same.get(name)} == {
        "context/org.toml",
        "context/indicators.csv",
        "context/city.mmdb",
        "context/asn.mmdb",
    }


def test_the_committed_sample_is_up_to_date(company: Path) -> None:
    assert unpacked(COMMITTED) == unpacked(company)


@pytest.mark.parametrize(("days", "end"), [(30, date(2026, 11, 5)), (75, date(2027, 3, 2))])
def test_other_lengths_and_ends(tmp_path: Path, days: int, end: date) -> None:
    assert simulate(tmp_path, days=days, end=end).hostile == 19
    times = [time_of(record) for path in (tmp_path / "logs").rglob("*.gz") for record in read(path)]
    assert timedelta(days=days - 3) < max(times) - min(times) < timedelta(days=days + 2)


def test_too_few_days_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="29 days are too few"):
        simulate(tmp_path, days=29)


def test_the_summary_says_what_was_written(written: tuple[Path, Summary], records: list[Record]) -> None:
    out, summary = written
    verdicts = Counter(row["expect"] for row in table(out / "expected.csv"))
    assert summary.events == len(records)
    assert (summary.hostile, summary.benign) == (verdicts["escalate"], verdicts["close"])
    assert summary.changes == len(table(out / "context" / "changes.csv"))
    assert summary.files == len(files(out))


def test_the_sample_stays_small(written: tuple[Path, Summary]) -> None:
    assert sum(map(len, files(written[0]).values())) < 2_000_000
    assert 8_000 <= written[1].events <= 12_000


def test_event_ids_are_unique_and_answers_point_at_them(company: Path, records: list[Record]) -> None:
    seen = Counter(map(event_id, records))
    rows = table(company / "expected.csv")
    assert max(seen.values()) == 1
    assert {row["event_id"]: seen[row["event_id"]] for row in rows} == {row["event_id"]: 1 for row in rows}
    assert {row["parent_event"] for row in rows} - {""} <= seen.keys()


def test_every_kind_is_there_with_its_verdict(company: Path) -> None:
    rows = table(company / "expected.csv")
    assert {row["kind"].partition("-")[0] for row in rows} == KINDS
    assert all((row["expect"] == "escalate") == row["kind"].startswith("a") for row in rows)
    assert all(row["change_request"] == "yes" for row in rows if row["expect"] == "close")
    assert {value for row in rows for column, value in row.items() if column in _ANSWERS} <= {"yes", "no", ""}


_ANSWERS = frozenset(
    {"change_request", "off_hours", "unusual_location", "suspicious_history", "atypical_actor", "pattern", "intel"}
)
