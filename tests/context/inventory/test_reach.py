import os
import tomllib
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from keywitness.context.inventory.reach import Grant, Reach, exported, keys, listed, summed, table, text, why
from keywitness.model import Party
from tests.support import party

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_a_reach_puts_the_privileged_first_and_says_why() -> None:
    found = summed([Grant("Reader"), Grant("Owner", "rules"), Grant("Owner", "rules")], ["a.json", "b.json"])
    assert found == Reach(True, ("Owner", "Reader"), "Owner rules, says a.json and b.json")
    assert summed([Grant("Reader")], ["a.json"]) == Reach(False, ("Reader",), "nothing privileged, says a.json")
    assert summed([], ["a.json"]) == Reach(False, (), "nothing was granted to it, says a.json")


def test_an_old_export_says_its_age(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.touch()
    assert exported(tmp_path / "x-2026-11-01.json", 90, NOW) == "x-2026-11-01.json"
    assert exported(tmp_path / "x-2026-05-01.json", 90, NOW) == "x-2026-05-01.json (207 days old)"
    os.utime(path, (0, datetime(2026, 1, 1, tzinfo=UTC).timestamp()))
    assert exported(path, 90, NOW) == "x.json (327 days old)"
    odd = tmp_path / "x-2026-99-99.json"
    odd.touch()
    assert exported(odd, 90, datetime.now(UTC)) == odd.name


def test_by_what_an_export_may_know_a_party() -> None:
    assert keys(Party("ARN:x", "Svc", "user"), "111") == ("arn:x", "111/svc", "user/svc")
    assert keys(party(None), "111") == ()


def test_lists_and_texts_of_any_shape() -> None:
    assert listed({"a": {"value": [{}, 3]}}, "a") == [{}]
    assert listed({"a": "x"}, "a") == listed({}, "a") == []
    assert (text({"a": "x"}, "a"), text({"a": 3}, "a"), text(None, "a"), text("x", "a")) == ("x", "", "", "")


def test_rules_are_found_by_name_and_by_id() -> None:
    assert why("entra", "role", "unknown", "GLOBAL administrator") == "manages everything in the tenant"
    assert why("entra", "role", "62E90394-69F5-4237-9190-012177145E10") == "manages everything in the tenant"
    assert why("gcp", "role", "roles/viewer") == ""
    assert table("aws", "action")["iam:putuserpolicy"].name == "iam:PutUserPolicy"


@pytest.mark.parametrize("stem", ["aws", "entra", "gcp"])
def test_every_rule_has_its_reason_and_reference(stem: str) -> None:
    data = tomllib.loads(files("keywitness").joinpath(f"context/inventory/{stem}.toml").read_text("utf-8"))
    for entries in data.values():
        assert len({entry["name"] for entry in entries}) == len(entries)
        assert all(entry["why"] and entry["reference"].startswith("https://") for entry in entries)
