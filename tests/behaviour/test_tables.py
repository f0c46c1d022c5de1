"""The tables that the families' SQL names can all be handed over."""

from pathlib import Path

from keywitness.behaviour.measure import prepare
from keywitness.behaviour.tables import sources
from keywitness.context.identities import Directory
from tests.support import GEO, change, event, lake


def test_the_sources_of_a_query_are_told_by_their_names(tmp_path: Path) -> None:
    tables = prepare(lake([event()], tmp_path), [change()], [], GEO, Directory().resolve)
    found = sources(tables)
    assert {"event_files", "activity", "profiles", "changes", "everyone"} <= found.keys()
    assert found["activity"].count().to_pyarrow().as_py() == 1
