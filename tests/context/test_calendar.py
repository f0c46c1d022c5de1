import tempfile
from datetime import UTC, datetime, time, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness.context.calendar import Organisation, load_organisation, moment
from keywitness.context.identities import Identity
from keywitness.errors import Reject
from tests.context.conftest import Write

DENVER = ZoneInfo("America/Denver")
NORTHWIND = Organisation("Northwind", DENVER, time(8), time(19), configured=True, zoned=True)
BERLINER = Identity("oskar", timezone=ZoneInfo("Europe/Berlin"), country="DE")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def organisation_of(text: str) -> tuple[Organisation, list[Reject]]:
    rejects: list[Reject] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "org.toml")
        path.write_text(text, encoding="utf-8", errors="replace")
        return load_organisation(path, rejects), rejects


def test_org_toml() -> None:
    hours = 'business_hours = "08:00-19:00"\nbusiness_days = ["mon", "tue", "wed", "thu", "fri"]\n'
    text = f'[organisation]\nname = "Northwind"\ntimezone = "America/Denver"\n{hours}'
    assert organisation_of(text) == (NORTHWIND, [])
    assert organisation_of("\ufeff" + text.replace("organisation", "organization"))[0] == NORTHWIND
    assert organisation_of(text.partition("\n")[2])[0] == NORTHWIND


def test_no_file() -> None:
    found = load_organisation(None, [])
    assert (found.configured, found.zoned, found.timezone, found.hours) == (False, False, UTC, "08:00-18:00")
    assert found.days == {0, 1, 2, 3, 4}


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ('timezone = "Mars/Base"', "timezone can't be used"),
        ("timezone = 7", "timezone can't be used"),
        ('business_hours = "9 to 5"', "business_hours can't be used"),
        ('business_hours = "25:00-26:00"', "business_hours can't be used"),
        ('business_days = ["someday"]', "'someday' is not a day of the week"),
        ('business_days = ["t"]', "'t' is not a day"),
        ("business_days = []", "without a business day"),
        ('holidays = ["ZZ"]', "no calendar of public holidays is known for ZZ"),
        ('holidays = "US"', "it is not a list"),
        ('name = ""', "name can't be used"),
    ],
)
def test_a_bad_setting_costs_the_setting(setting: str, reason: str) -> None:
    found, (reject,) = organisation_of(f"[organisation]\n{setting}\n")
    assert found == Organisation(configured=True)
    assert reason in reject.reason


@pytest.mark.parametrize("text", ["[organisation", "name = 'x\n", "a = " + "[" * 5000])
def test_no_toml(text: str) -> None:
    found, (reject,) = organisation_of(text)
    assert found == Organisation()
    assert "this is not TOML" in reject.reason


@pytest.mark.parametrize(
    ("at", "working", "why"),
    [
        ("2026-08-20T20:12", True, "Thursday 14:12, within 08:00-19:00"),
        ("2026-08-20T09:12", False, "Thursday 03:12, outside 08:00-19:00"),
        ("2026-08-20T14:00", True, "Thursday 08:00, within 08:00-19:00"),
        ("2026-08-21T01:00", False, "Thursday 19:00, outside 08:00-19:00"),
        ("2026-08-22T20:12", False, "Saturday"),
        ("2026-11-02T15:00", True, "Monday 08:00, within 08:00-19:00"),
        ("2026-10-30T14:00", True, "Friday 08:00, within 08:00-19:00"),
    ],
)
def test_a_moment(at: str, working: bool, why: str) -> None:
    found = moment(utc(at), NORTHWIND, None)
    assert (found.working, found.why, found.zone_from) == (working, why, "organisation")
    assert found.local == utc(at)


def test_whose_clock() -> None:
    at = utc("2026-08-20T06:30")
    assert moment(at, NORTHWIND, BERLINER).why == "Thursday 08:30, within 08:00-19:00"
    assert moment(at, NORTHWIND, BERLINER).zone_from == "identity"
    assert moment(at, NORTHWIND, Identity("svc")).zone_from == "organisation"
    assert moment(at, Organisation(configured=True), None).zone_from == "UTC"
    pune = Identity("sven", timezone=timezone(timedelta(hours=5.5)))
    assert moment(at, NORTHWIND, pune).why == "Thursday 12:00, within 08:00-19:00"


@pytest.mark.parametrize(
    ("at", "working"),
    [
        ("2026-08-17T22:00", True),
        ("2026-08-18T05:59", True),
        ("2026-08-18T06:00", False),
        ("2026-08-22T03:00", True),
        ("2026-08-22T23:00", False),
        ("2026-08-24T03:00", False),
    ],
    ids=["begins", "ends next day", "is over", "Friday's ends on Saturday", "Saturday has none", "Sunday's has none"],
)
def test_hours_past_midnight(at: str, working: bool) -> None:
    night, _ = organisation_of('timezone = "UTC"\nbusiness_hours = "22:00-06:00"\n')
    assert moment(utc(at), night, None).working is working


@pytest.mark.parametrize("hours", ["00:00-24:00", "00:00-00:00"])
def test_round_the_clock(hours: str) -> None:
    found, _ = organisation_of(f'timezone = "UTC"\nbusiness_hours = "{hours}"\n')
    assert all(moment(utc(f"2026-08-20T{hour:02}:59"), found, None).working for hour in range(24))


def test_until_midnight() -> None:
    found, _ = organisation_of('timezone = "UTC"\nbusiness_hours = "14:00-24:00"\n')
    assert moment(utc("2026-08-20T23:59"), found, None).working
    assert not moment(utc("2026-08-21T00:00"), found, None).working


@pytest.mark.parametrize(
    ("holidays", "identity", "at", "why"),
    [
        ('["US", "DE"]', None, "2026-11-26T18:00", "public holiday: Thanksgiving"),
        ('["US", "DE"]', BERLINER, "2026-11-26T10:00", "Thursday 11:00, within 08:00-18:00"),
        ('["us", "DE-BE"]', BERLINER, "2026-03-08T10:00", "public holiday: Women's Day"),
        ('["US"]', BERLINER, "2026-12-25T10:00", "Friday 11:00, within 08:00-18:00"),
        ("true", BERLINER, "2026-12-25T10:00", "public holiday: Christmas Day"),
        ("true", None, "2026-12-25T10:00", "Friday 10:00, within 08:00-18:00"),
        ("true", Identity("x", country="ATLANTIS"), "2026-12-25T10:00", "Friday 10:00, within 08:00-18:00"),
        ("false", BERLINER, "2026-12-25T10:00", "Friday 11:00, within 08:00-18:00"),
        ("[]", BERLINER, "2026-12-25T10:00", "Friday 11:00, within 08:00-18:00"),
    ],
)
def test_public_holidays(holidays: str, identity: Identity | None, at: str, why: str) -> None:
    found, rejects = organisation_of(f"holidays = {holidays}\n")
    assert moment(utc(at), found, identity).why.startswith(why)
    assert not rejects


@settings(deadline=None)  # files and first imports take their time
@given(st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)), st.times(), st.times())  # noqa: DTZ001
def test_every_moment_has_a_phrase(at: datetime, start: time, end: time) -> None:
    found = moment(at, Organisation(timezone=DENVER, start=start, end=end, zoned=True), None)
    assert found.local == at
    assert found.why
    assert not found.working or "within" in found.why


@settings(deadline=None)  # files and first imports take their time
@given(st.text(max_size=200))
def test_no_content_raises(text: str) -> None:
    organisation_of(text)


def test_utf_16(write: Write) -> None:
    assert load_organisation(write("org.toml", 'name = "Z\u00fcrich"', "utf-16"), []).name == "Z\u00fcrich"


def test_own_networks_are_ranges_and_systems(tmp_path: Path) -> None:
    path = tmp_path / "org.toml"
    path.write_text('networks = ["203.0.113.0/24", "AS64500"]')
    found = load_organisation(path, [])
    assert found.own_network("203.0.113.9", None) == "203.0.113.0/24"
    assert found.own_network("198.51.100.1", 64500) == "AS64500"
    assert found.own_network("198.51.100.1", 1) is None
    assert found.own_network("no address", None) is None


def test_a_wrong_network_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "org.toml"
    rejects: list[Reject] = []
    path.write_text('networks = ["203.0.113.9/24"]')
    assert load_organisation(path, rejects).networks == ()
    assert "networks" in str(rejects[0])
