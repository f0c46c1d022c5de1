"""An error says where it comes from."""

import pytest

from keywitness.errors import KeywitnessError, RecordError, Reject, Source, UsageError


@pytest.mark.parametrize(
    ("source", "said"),
    [(Source("a.zip!b.json", 0), "a.zip!b.json, record 0"), (Source("a.json"), "a.json")],
)
def test_a_source_is_a_file_and_maybe_a_record(source: Source, said: str) -> None:
    assert str(source) == said
    assert str(Reject(source, "broken")) == f"{said}: broken"


@pytest.mark.parametrize("kind", [KeywitnessError, RecordError, UsageError])
def test_an_error_is_one_sentence_with_its_source(kind: type[KeywitnessError]) -> None:
    assert str(kind("it broke", Source("a.json", 3))) == "a.json, record 3: it broke"
    assert str(kind("it broke")) == "it broke"
    assert isinstance(kind(""), KeywitnessError)
