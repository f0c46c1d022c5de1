"""The contract: each record has one reader, and the others refuse it."""

import json
import pickle
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.errors import RecordError
from keywitness.event import SCHEMA
from keywitness.readers import READERS, Reader, Row, Wanted
from tests.readers.records import ALL, ask, aws, azure, entra_audit, entra_risk, entra_sign_in, gcp, monitor

SAMPLES = {
    "aws": [aws()],
    "entra": [
        entra_audit(),
        entra_sign_in(),
        entra_risk(),
        monitor(entra_audit()),
        monitor(entra_sign_in(), "SignInLogs"),
        monitor(entra_audit(), "ApplicationManagement"),
        monitor(json.dumps(entra_audit())),
        monitor(entra_risk(), "UserRiskEvents"),
    ],
    "azure": [azure(), azure(category=None), azure(operationName={"value": "Microsoft.Web/sites/write"})],
    "gcp": [gcp()],
}
PAIRS = [(provider, record) for provider, records in SAMPLES.items() for record in records]
USABLE = (RecordError, msgspec.MsgspecError, ValueError, OverflowError)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def test_a_row_has_the_columns_of_the_event_table() -> None:
    assert [f.rstrip("_") for f in Row._fields] == [n for n in SCHEMA.names if n not in ("file", "record")]


@pytest.mark.parametrize(("provider", "record"), PAIRS)
def test_each_record_has_one_reader(provider: str, record: dict[str, Any]) -> None:
    assert [r.provider for r in READERS if r.recognises(record)] == [provider]
    for reader in READERS:
        if reader.provider == provider:
            assert ask(reader, record).provider == provider
        else:
            with pytest.raises(USABLE):
                ask(reader, record)


@pytest.mark.parametrize("reader", READERS)
@given(st.dictionaries(st.text(max_size=8), json_values, max_size=4))
def test_a_stranger_is_refused(reader: Reader, record: dict[str, Any]) -> None:
    assert not reader.recognises(record)
    with pytest.raises(USABLE):
        ask(reader, record)


@given(st.sampled_from(PAIRS), st.data())
def test_any_value_in_any_field_is_a_row_or_a_reject(pair: tuple[str, dict[str, Any]], data: st.DataObject) -> None:
    provider, record = pair
    changed = _with(record, data.draw(json_values), data)
    for reader in READERS:
        reader.recognises(changed)
        try:
            row = reader.row(json.dumps(changed).encode(), ALL)
        except USABLE:
            continue
        assert all(isinstance(v, str | int | bool | bytes | None) for v in row), provider
        json.loads(row.raw or b"{}")


def _with(record: dict[str, Any], value: Any, data: st.DataObject) -> dict[str, Any]:
    """``record`` with one field, at any depth, replaced by ``value``."""
    key = data.draw(st.sampled_from(sorted(record)))
    inner = record[key]
    deeper = isinstance(inner, dict) and inner and data.draw(st.booleans())
    return record | {key: _with(inner, value, data) if deeper else value}


def test_what_is_wanted_is_asked_by_name_and_by_pattern() -> None:
    wanted = Wanted(frozenset({"iam:createaccesskey"}), r"microsoft\.storage/.*|x")
    assert "iam:createaccesskey" in wanted
    assert "microsoft.storage/a/write" in wanted
    assert "microsoft.web/a" not in wanted
    assert pickle.loads(pickle.dumps(wanted)) == wanted  # noqa: S301
    assert "" not in Wanted(frozenset())
