from pathlib import Path

import pytest

from keywitness.context import Context, load
from keywitness.errors import UsageError
from tests.context.conftest import Write
from tests.context.test_changes import HEADER, ROW


def unavailable(context: Context) -> bool:
    parts = (context.changes is None, not context.directory.available, context.indicators is None)
    return all(parts) and not (context.geo.has_city or context.geo.has_asn or context.organisation.configured)


def test_nothing_given(tmp_path: Path) -> None:
    for context in (load(None), load(tmp_path)):
        assert unavailable(context)
        assert not context.rejects
        assert dict.fromkeys(context.files, "") == context.files
        assert list(context.files) == ["organisation", "changes", "identities", "indicators", "city", "country", "asn"]


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not there, or is not a folder"):
        load(tmp_path / "none")


def test_all_parts(write: Write) -> None:
    write("org.toml", 'name = "Northwind"')
    write("identities.csv", "name,email\nrosa,rosa@northwind.example\n")
    write("indicators.csv", "type,value\nip,1.2.3.4\n")
    write("changes.json", "[]")
    context = load(write("changes.csv", f"{HEADER}\n{ROW}\n").parent)
    assert not context.rejects
    assert context.changes is not None
    assert [c.id for c in context.changes] == ["CHG1"]
    assert {part: name for part, name in context.files.items() if name} == {
        "organisation": "org.toml",
        "changes": "changes.csv, changes.json",
        "identities": "identities.csv",
        "indicators": "indicators.csv",
    }


def test_a_broken_part_costs_no_other(write: Write) -> None:
    write("org.toml", "[")
    write("identities.csv", "")
    write("indicators.csv", "x")
    write("city.mmdb", "x")
    write("changes.json", "{")
    context = load(write("changes.csv", f"{HEADER}\n{ROW}\n").parent)
    assert context.changes
    assert context.files["changes"] == "changes.csv"
    assert len(context.rejects) == 5
    assert len({reject.source.file for reject in context.rejects}) == 5


def test_only_broken_parts(write: Write) -> None:
    write("org.toml", "[")
    write("changes.json", "{")
    write("identities.csv", b"\x00\xff\xfe")
    assert unavailable(load(write("changes.csv", "a,b\n").parent))
