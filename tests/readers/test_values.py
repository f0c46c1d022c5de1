"""Times, addresses, names: one form each, whatever an exporter made of them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.errors import RecordError
from keywitness.readers.values import address, as_object, flag, micros, operation_key, operation_name, text, unquoted

NOON = 1_772_452_800_000_000  # 2026-03-02T12:00:00Z


@pytest.mark.parametrize(
    ("written", "more"),
    [
        ("2026-03-02T12:00:00Z", 0),
        ("2026-03-02 12:00:00", 0),
        ("2026-03-02T13:00:00+01:00", 0),
        ("2026-03-02T12:00:00.1234567Z", 123_456),
        ("2026-03-02 12:00:00.123456789", 123_456),
        (" 2026-03-02T12:00:00Z ", 0),
        (NOON // 1_000_000, 0),
        (NOON // 1_000, 0),
        (NOON / 1_000_000 + 0.5, 500_000),
    ],
)
def test_a_time_without_a_zone_is_utc(written: str | float, more: int) -> None:
    assert micros(written) == NOON + more


@pytest.mark.parametrize("bad", [None, "", "yesterday", "0001-01-01T00:00:00+14:00", "1999-12-31T23:59:59Z", True, 5])
def test_what_is_no_time_of_a_log_is_refused(bad: str | int | None) -> None:
    with pytest.raises(RecordError):
        micros(bad)


@pytest.mark.parametrize("bad", [float("inf"), float("nan"), 10**400])
def test_numbers_without_end_are_refused(bad: float) -> None:
    with pytest.raises((RecordError, OverflowError)):
        micros(bad)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_time_survives(when: datetime) -> None:
    assert micros(when.isoformat()) == int(when.replace(microsecond=0).timestamp()) * 10**6 + when.microsecond


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:443", "192.0.2.1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("cloudformation.amazonaws.com", None),
        ("::2a02:1::", None),
        ("private", None),
        ("", None),
        (None, None),
    ],
)
def test_addresses_have_one_form(written: str | None, expected: str | None) -> None:
    assert address(written) == expected


def test_one_operation_has_one_name() -> None:
    logged = "Update application \u2013 Certificates and secrets management "
    assert operation_name(logged) == "Update application - Certificates and secrets management"
    assert operation_key("Reset user password.") == operation_key("reset  user\u00a0password")


@given(st.text())
def test_a_name_made_plain_stays_so(name: str) -> None:
    assert operation_name(operation_name(name)) == operation_name(name)


def test_scalars_become_text() -> None:
    written: list[object] = ["a", 1, True, None, "", [], {}]
    assert [text(v) for v in written] == ["a", "1", "true", None, None, None, None]
    assert [flag(v) for v in (True, "True", "no", "maybe", 1, None)] == [True, True, False, None, None, None]


def test_objects_in_strings_are_found() -> None:
    assert as_object('{"a": 1}') == as_object({"a": 1}) == {"a": 1}
    assert as_object("{broken") == as_object("[1]") == as_object(None) == as_object("{" * 5_000) == {}
    assert unquoted(b'"{\\"a\\": 1}"') == b'{"a": 1}'
    assert unquoted(b'{"a": 1}') == b'{"a": 1}'
    assert unquoted(b'"text"') == unquoted(b'"[1]"') == unquoted(b"null") == b"null"
