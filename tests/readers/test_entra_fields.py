"""One decoder for all of Entra's records: what is absent, null or of another kind stays apart."""

import msgspec
import pytest
from msgspec import UNSET

from keywitness.readers.entra_fields import Entry, entry, initiator


def test_absent_is_not_null() -> None:
    assert entry.decode(b"{}").tenantId is UNSET
    assert entry.decode(b'{"tenantId": null}').tenantId is None


def test_fields_that_nobody_reads_may_be_anything() -> None:
    assert entry.decode(b'{"location": [1], "identity": {}, "Level": "4"}') == Entry()


@pytest.mark.parametrize("field", ["status", "deviceDetail", "mfaDetail", "additionalDetails"])
def test_details_may_be_text(field: str) -> None:
    assert getattr(entry.decode(f'{{"{field}": "none"}}'.encode()), field) == "none"


def test_a_field_of_another_kind_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        entry.decode(b'{"category": {"value": "Administrative"}}')
    assert initiator.decode(b'{"user": null}').user is None
