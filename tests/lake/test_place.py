"""A lake's place is opened by folder or URL, and a mistake is said plainly."""

from pathlib import Path

import pytest

from keywitness.errors import UsageError
from keywitness.lake.place import open_place


def test_a_folder_is_made_when_asked_and_files_arrive_whole(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"rows")
    place = open_place(str(tmp_path / "a" / "lake"), create=True)
    place.put("events/x.parquet", tmp_path / "file")
    assert Path(place.url("events/x.parquet")).read_bytes() == b"rows"


@pytest.mark.parametrize("where", ["missing", "file/below", "nonsense://bucket/x", "s3://"])
def test_a_place_that_cannot_be_is_wrong_usage(where: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    where = where if "://" in where else str(tmp_path / where)
    with pytest.raises(UsageError, match=where.split("://")[0]):
        open_place(where, create="below" in where)
