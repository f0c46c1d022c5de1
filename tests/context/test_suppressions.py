"""Suppressions as they are read: each needs an owner, a reason and an end, and a doubtful one hides nothing."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from keywitness.context.suppressions import FILE, NONE, Suppressions, load_suppressions
from keywitness.errors import Reject

TODAY = date(2026, 9, 15)
GOOD = """
[[suppression]]
owner = "jo"
reason = "the migration"
actor = "ann"
created = 2026-09-01
expires = 2026-10-01
"""


def read(folder: Path, text: str | bytes) -> tuple[Suppressions, list[Reject]]:
    content = text.encode() if isinstance(text, str) else text
    (folder / FILE).write_bytes(content)
    rejects: list[Reject] = []
    return load_suppressions(folder, rejects, TODAY), rejects


def test_an_entry_has_an_id_of_its_scope_and_day(tmp_path: Path) -> None:
    found, rejects = read(tmp_path, GOOD + GOOD.replace('"ann"', '"bob"'))
    assert [s.actor for s in found.active] == ["ann", "bob"]
    assert len({s.id for s in found.active}) == 2
    assert not rejects
    assert found == read(tmp_path, GOOD + GOOD.replace('"ann"', '"bob"'))[0]


def test_an_expired_one_is_kept_apart_from_the_day_after_its_last(tmp_path: Path) -> None:
    found, _ = read(tmp_path, GOOD.replace("2026-10-01", "2026-09-14"))
    assert (len(found.active), len(found.expired)) == (0, 1)
    assert read(tmp_path, GOOD.replace("2026-10-01", "2026-09-15"))[0].active


@pytest.mark.parametrize(
    ("was", "now", "reason"),
    [
        ('owner = "jo"', "", "it has no owner"),
        ('reason = "the migration"', 'reason = " "', "reason must be a text"),
        ('actor = "ann"', "", "it has no actor"),
        ('actor = "ann"', 'actor = "*"', "one principal"),
        ('actor = "ann"', 'actor = "a*"', "one principal"),
        ('actor = "ann"', "actor = 7", "actor must be a text"),
        ("expires = 2026-10-01", "", "it has no expires"),
        ("expires = 2026-10-01", "expires = 2027-03-01", "within 180 days"),
        ("expires = 2026-10-01", "expires = 2026-08-01", "within 180 days"),
        ("expires = 2026-10-01", 'expires = "soon"', "Invalid isoformat"),
        ("expires = 2026-10-01", "expires = 2026-10-01T00:00:00Z", "must be a date"),
        ("expires = 2026-10-01", 'expires = 2026-10-01\ntagret = "svc"', "'tagret' is none of"),
        ("expires = 2026-10-01", 'expires = 2026-10-01\ntarget = ""', "target must be a text"),
        ("expires = 2026-10-01", 'expires = 2026-10-01\naddress = "192.0.2.300"', "192.0.2.300"),
    ],
)
def test_a_doubtful_entry_is_set_aside_and_costs_no_other(tmp_path: Path, was: str, now: str, reason: str) -> None:
    found, (reject,) = read(tmp_path, GOOD.replace(was, now) + GOOD.replace('"ann"', '"bob"'))
    assert [s.actor for s in found.active] == ["bob"]
    assert reason in reject.reason
    assert reject.source.record == 1


def test_the_same_entry_twice_counts_once(tmp_path: Path) -> None:
    found, (reject,) = read(tmp_path, GOOD + GOOD)
    assert len(found.active) == 1
    assert "is taken by an earlier entry" in reject.reason


@pytest.mark.parametrize("text", ["suppression = ", b"\xff\x00", "suppression = 7", "[[suppression]"])
def test_a_broken_file_suppresses_nothing_and_is_reported(tmp_path: Path, text: str | bytes) -> None:
    found, rejects = read(tmp_path, text)
    assert not found.active
    assert rejects


def test_without_a_file_there_is_none(tmp_path: Path) -> None:
    assert load_suppressions(tmp_path, [], TODAY) == load_suppressions(None, [], TODAY) == NONE


def test_address_and_end(tmp_path: Path) -> None:
    (one,) = read(tmp_path, GOOD + 'address = "192.0.2.0/24"\n')[0].active
    assert one.at("192.0.2.9")
    assert not any(map(one.at, ("198.51.100.1", "2001:db8::1", "", None, "no address")))
    assert one.covers(datetime(2026, 10, 1, 23, 59, tzinfo=UTC))
    assert not one.covers(datetime(2026, 10, 2, tzinfo=UTC))
