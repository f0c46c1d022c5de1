"""The stage: working days, tickets that are approved in time, and who holds which key when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from keywitness.simulate.stage import Stage, is_workday

NOON = datetime(2026, 10, 7, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "working"),
    [(date(2026, 10, 7), True), (date(2026, 10, 10), False), (date(2026, 10, 12), False)],
)
def test_workdays(day: date, working: bool) -> None:
    assert is_workday(day) is working


def test_script_days_fall_on_working_days_within_the_logs(stage: Stage) -> None:
    days = [stage.workday(n) for n in range(60)]
    assert days == sorted(days)
    assert all(is_workday(day) and stage.start <= day < stage.start + timedelta(days=45) for day in days)


@pytest.mark.parametrize("kind", ["standard", "emergency"])
def test_a_ticket_is_approved_before_its_window_opens(stage: Stage, kind: str) -> None:
    row = stage.around("adele", "CreateAccessKey", "svc-chat", NOON, kind=kind)
    assert row.approved_at
    assert row.end
    assert row.created < row.approved_at < row.start < NOON < row.end
    assert stage.tickets == [row]


def test_a_standing_change_covers_all_days(stage: Stage) -> None:
    row = stage.standing("CredentialRotator", "CreateAccessKey", "svc-*")
    assert row.start.date() < stage.start
    assert row.end
    assert row.end.date() > stage.start + timedelta(days=stage.days)


def test_a_key_is_held_from_its_adoption_on(stage: Stage) -> None:
    old = stage.credential("svc-chat", NOON)
    stage.adopt("svc-chat", "AKIANEW", NOON)
    assert stage.credential("svc-chat", NOON - timedelta(seconds=1)) == old
    assert stage.credential("svc-chat", NOON) == "AKIANEW"


def test_someone_works_from_one_address_a_day(stage: Stage) -> None:
    adele = stage.company.people["adele"]
    assert len({stage.where(adele, date(2026, 10, 7)) for _ in range(20)}) == 1


def test_local_hours_become_utc(stage: Stage) -> None:
    noor = stage.company.people["noor"]  # UTC+8
    assert abs(stage.local(date(2026, 10, 7), 20, noor) - NOON) < timedelta(minutes=9)
