import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from keywitness.context import SYSTEMS, jira, load, remote
from keywitness.context.latest import Gap
from keywitness.context.tickets import Tickets, load_tickets, rows
from keywitness.errors import Reject
from tests.context.conftest import Write
from tests.context.server import TOKEN, Jira, Said, ServiceNow, serving
from tests.context.server import Site as Running
from tests.context.test_changes import HEADER, ROW
from tests.context.test_jira import APPROVED, FIELDS, issue
from tests.context.test_servicenow import change

ANY = (None, None)


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("SERVICENOW_TOKEN", TOKEN)
    monkeypatch.setattr(remote, "_TRIES", 1)


@pytest.fixture
def running() -> Iterator[Running]:
    with serving(ServiceNow([change(1), change(2)], [])) as site:
        yield site


def configure(write: Write, url: str, more: str = "") -> Path:
    text = f'name = "Northwind"\n[servicenow]\nurl = "{url}"\ntoken_env = "SERVICENOW_TOKEN"\n{more}\n'
    return write("org.toml", text).parent


def read(folder: Path, window: Any = ANY) -> tuple[Tickets, list[str]]:
    rejects: list[Reject] = []
    return load_tickets(folder, window, SYSTEMS, rejects), [reject.reason for reject in rejects]


def ids(found: Tickets) -> set[str]:
    return {change.id for change in found.changes or ()}


def kept(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "cache").rglob("*.json"))


def test_exports_and_systems_together(write: Write, running: Running) -> None:
    write("changes.csv", f"{HEADER}\n{ROW}\n")
    found, reasons = read(configure(write, running.url))
    assert ids(found) == {"CHG1", "CHG0001", "CHG0002"}
    assert found.sources[0] == "changes.csv"
    assert found.sources[1].startswith("ServiceNow (2 tickets, read 20")
    assert found.sources[1].endswith(" UTC, just now)")
    assert (found.gaps, reasons) == ((), [])


def test_nothing_configured(tmp_path: Path) -> None:
    assert read(tmp_path) == (Tickets(None, (), ()), [])
    assert load_tickets(None, ANY, SYSTEMS, []) == Tickets(None, (), ())


def test_an_empty_system_is_a_source(write: Write) -> None:
    with serving(ServiceNow([], [])) as running:
        found, _ = read(configure(write, running.url))
    assert (found.changes, found.gaps) == ((), ())


@pytest.mark.parametrize("bad", [Said(500), Said(401), Said(200, b"<html>", {"Content-Type": "text/html"})])
def test_a_system_that_cannot_be_read_is_a_gap(write: Write, running: Running, bad: Said) -> None:
    running.first = [bad]
    found, (reason,) = read(configure(write, running.url))
    assert (found.changes, found.sources, found.gaps) == (None, (), (Gap("ServiceNow"),))
    assert reason.startswith("ServiceNow is not available: it ")


def test_a_gap_beside_a_source_that_was_read(write: Write) -> None:
    write("changes.csv", f"{HEADER}\n{ROW}\n")
    found, _ = read(configure(write, "http://127.0.0.1:9"))
    assert (ids(found), found.gaps) == ({"CHG1"}, (Gap("ServiceNow"),))


def test_an_export_that_cannot_be_read_is_a_gap(write: Write) -> None:
    found, _ = read(write("changes.csv", "a,b\n").parent)
    assert (found.changes, found.gaps) == (None, (Gap("changes.csv"),))


def test_hidden_tickets_are_a_gap(write: Write) -> None:
    system = ServiceNow([change(1), change(2)], [])
    system.hidden = {"id0002"}
    with serving(system) as running:
        found, (reason,) = read(configure(write, running.url))
    assert (ids(found), found.gaps) == ({"CHG0001"}, (Gap("ServiceNow"),))
    assert reason == "ServiceNow: 1 change request(s) are hidden from this account"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("servicenow = 7", "it is not a section of settings"),
        ('[servicenow]\nurl = "http://acme.example"', "not HTTPS"),
        ('[servicenow]\nurl = "https://a.example"\ntoken = "x"', "token does not belong in org.toml"),
        ('[servicenow]\nurl = "https://a.example"\ntoken_env = "HOME"', "must name a variable that begins with"),
        ('[servicenow]\nurl = "https://a.example"', "token_env names no environment variable"),
    ],
)
def test_a_section_that_cannot_be_used_is_a_gap(write: Write, text: str, reason: str) -> None:
    found, (said,) = read(write("org.toml", text).parent)
    assert (found.changes, found.gaps) == (None, (Gap("ServiceNow"),))
    assert reason in said


def test_a_young_copy_is_used_without_asking(write: Write, running: Running) -> None:
    folder = configure(write, running.url)
    first, _ = read(folder)
    asked = len(running.asked)
    again, reasons = read(folder)
    assert len(running.asked) == asked
    assert ids(again) == ids(first)
    assert reasons == []
    (gap,) = again.gaps
    assert gap.covers(datetime.now(UTC) + timedelta(hours=1))
    assert not gap.covers(datetime.now(UTC) - timedelta(hours=1)), "tickets for earlier changes are in the copy"


def test_an_old_copy_serves_offline_and_its_age_is_said(
    write: Write, running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = configure(write, running.url, "cache_minutes = 0")
    read(folder)
    (path,) = kept(tmp_path)
    copy = json.loads(path.read_bytes())
    copy["read"] = (datetime.now(UTC) - timedelta(hours=5)).isoformat()
    path.write_text(json.dumps(copy), encoding="utf-8")
    monkeypatch.delenv("SERVICENOW_TOKEN")
    found, (reason,) = read(folder)
    assert ids(found) == {"CHG0001", "CHG0002"}
    assert found.sources[0].endswith("UTC, 5 hours ago)")
    assert "SERVICENOW_TOKEN, which token_env names, is not set; its tickets as of 20" in reason
    assert [str(gap).startswith("ServiceNow after 20") for gap in found.gaps] == [True]


def test_each_window_has_its_own_copy(write: Write, running: Running, tmp_path: Path) -> None:
    folder = configure(write, running.url)
    read(folder)
    read(folder, (datetime(2026, 10, 1, tzinfo=UTC), None))
    assert len(kept(tmp_path)) == 2


def test_a_copy_holds_no_secret(write: Write, running: Running, tmp_path: Path) -> None:
    read(configure(write, running.url))
    (path,) = kept(tmp_path)
    assert TOKEN not in path.read_text(encoding="utf-8")


def test_what_failed_leaves_no_copy(write: Write, running: Running, tmp_path: Path) -> None:
    running.first = [Said(500)]
    read(configure(write, running.url))
    assert not kept(tmp_path)


def test_no_reason_shows_the_credentials(write: Write, running: Running) -> None:
    running.first = [Said(500, TOKEN.encode())]
    context = load(configure(write, running.url))
    assert TOKEN not in "".join(map(str, (context, *context.rejects)))


def test_a_ticket_that_is_far_too_long_is_set_aside(write: Write) -> None:
    long = {"value": "x" * 70_000, "display_value": "x" * 70_000}
    with serving(ServiceNow([change(1, short_description=long), change(2)], [])) as running:
        found, reasons = read(configure(write, running.url))
    assert ids(found) == {"CHG0002"}
    assert {reason.split(": ", 1)[1] for reason in reasons} == {"a value is longer than 64 KB; it was set aside"}


def test_tickets_of_which_none_can_be_used_are_a_gap(write: Write) -> None:
    with serving(ServiceNow([change(1, start_date={"value": "soon", "display_value": "soon"})], [])) as running:
        found, reasons = read(configure(write, running.url))
    assert (found.changes, found.gaps) == (None, (Gap("ServiceNow"),))
    assert len(reasons) == 2


def test_the_context_names_sources_and_gaps(write: Write, running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_TOKEN", "wrong")
    with serving(Jira([issue(1, APPROVED)], FIELDS, cloud=True)) as other:
        section = f'[jira]\nurl = "{other.url}"\njql = "project = SEC"\ntoken_env = "JIRA_TOKEN"'
        context = load(configure(write, running.url, section))
        assert context.gaps == (Gap("Jira"),)
        monkeypatch.setenv("JIRA_TOKEN", TOKEN)
        context = load(configure(write, running.url, section))
    assert "Jira (1 tickets, read" in context.files["changes"]
    assert {ticket.id for ticket in context.changes or ()} == {"CHG0001", "CHG0002", "SEC-1"}
    assert context.organisation.name == "Northwind"
    assert jira.SYSTEM in SYSTEMS


def test_rows() -> None:
    assert list(rows({"id": "1", "empty": ""}, ["a", "a", ""], ["x", "y"])) == [
        {"actor": "a", "target": "x", "id": "1"},
        {"actor": "a", "target": "y", "id": "1"},
    ]
    assert list(rows({"actor": "own"}, ["a", "b"], [])) == [{"actor": "own", "target": ""}]
    assert len(list(rows({}, [f"{n}" for n in range(50)], [f"{n}" for n in range(50)]))) == 100
