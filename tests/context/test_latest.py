from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keywitness.context.copies import Copy
from keywitness.context.latest import Gap, age, latest, settings
from keywitness.context.remote import UnavailableError
from keywitness.context.site import Site
from keywitness.errors import Reject
from tests.context.conftest import Write

NOW = datetime.now(UTC)


def site(minutes: int = 0) -> Site:
    return Site("the source", "https://x.example", "", {}, timedelta(minutes=minutes), "", "")


def fails() -> Copy:
    raise UnavailableError("it answered 503")


def test_a_fresh_answer_is_kept_and_leaves_no_gap(tmp_path: Path) -> None:
    rejects: list[Reject] = []
    assert latest(site(), tmp_path / "c.json", "things", lambda: Copy(NOW, ({"a": "1"},)), rejects)[1] is None
    copy, gap = latest(site(minutes=5), tmp_path / "c.json", "things", fails, rejects)
    assert copy == Copy(NOW, ({"a": "1"},))
    assert (gap, rejects) == (Gap("the source", NOW), [])


def test_a_source_that_fails_leaves_its_last_copy_or_nothing(tmp_path: Path) -> None:
    rejects: list[Reject] = []
    assert latest(site(), tmp_path / "c.json", "things", fails, rejects) == (None, Gap("the source"))
    latest(site(), tmp_path / "c.json", "things", lambda: Copy(NOW, ()), rejects)
    assert latest(site(), tmp_path / "c.json", "things", fails, rejects) == (Copy(NOW, ()), Gap("the source", NOW))
    assert rejects[0].reason == "the source is not available: it answered 503"
    assert rejects[1].reason.endswith(f"; its things as of {NOW:%Y-%m-%d %H:%M} UTC are used")


def test_a_gap_covers_what_came_after_it() -> None:
    assert Gap("x").covers(NOW)
    assert [Gap("x", NOW).covers(NOW + timedelta(seconds=s)) for s in (0, 1)] == [False, True]
    assert [str(Gap("x")), str(Gap("x", NOW))] == ["x", f"x after {NOW:%Y-%m-%d %H:%M} UTC"]


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "just now"), (-9, "just now"), (5, "5 minutes ago"), (130, "2 hours ago"), (4_400, "3 days ago")],
)
def test_an_age_in_words(minutes: int, said: str) -> None:
    assert age(timedelta(minutes=minutes)) == said


def test_settings_of_a_folder(write: Write, tmp_path: Path) -> None:
    assert settings(None)[0] == settings(tmp_path)[0] == {}
    path = write("org.toml", "a = 1")
    assert settings(tmp_path)[0] == {"a": 1}
    assert settings(tmp_path)[1].file == str(path)
    write("org.toml", "a = ")
    assert settings(tmp_path)[0] == {}
