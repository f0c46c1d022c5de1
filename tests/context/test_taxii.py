"""TAXII against medallion, the OASIS reference server, and against small servers that do what it doesn't."""

import base64
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest

from keywitness.context import load, remote, taxii
from keywitness.context.feeds import load_indicators
from keywitness.context.intel import Indicators
from keywitness.context.remote import Remote, UnavailableError
from keywitness.context.taxii import ACCEPT, fetch
from keywitness.errors import Reject
from tests.context.conftest import Write
from tests.context.server import JSON, TOKEN, Said, serving

COLLECTION: Final = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
CERT: Final = "identity--aaaaaaaa-0000-4000-8000-000000000001"
RED, AMBER_1 = "e828b379-4e03-4974-9ac4-e53a884c97c1", "f88d31f6-486f-44da-b317-01333bde0b82"
AT: Final = datetime(2026, 9, 15, tzinfo=UTC)
BASIC: Final = "Basic " + base64.b64encode(f"admin:{TOKEN}".encode()).decode()


def indicator(number: int, **given: Any) -> dict[str, Any]:
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--00000000-0000-4000-8000-{number:012}",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "created_by_ref": CERT,
        "name": "credential theft",
        "pattern": f"[ipv4-addr:value = '198.51.100.{number}']",
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
        **given,
    }


def marked(uuid: str) -> list[str]:
    return [f"marking-definition--{uuid}"]


OBJECTS: Final = [
    {"type": "malware", "id": "malware--00000000-0000-4000-8000-000000000001", "name": "not ours"},
    {"type": "identity", "spec_version": "2.1", "id": CERT, "modified": "2026-01-01T00:00:00.000Z", "name": "Our CERT"},
    indicator(1, confidence=85, object_marking_refs=marked(RED)),
    indicator(2, object_marking_refs=marked(AMBER_1), valid_until="2026-06-01T00:00:00Z"),
    indicator(3, revoked=True, modified="2026-02-01T00:00:00.000Z"),
    *(indicator(number) for number in range(10, 30)),
]


def medallion_data(added: str) -> dict[str, Any]:
    collection = {
        "id": COLLECTION,
        "title": "ours",
        "can_read": True,
        "can_write": False,
        "media_types": ["application/stix+json;version=2.1"],
        "objects": OBJECTS,
        "manifest": [
            {
                "id": item["id"],
                "date_added": added,
                "version": item.get("modified", "2026-01-01T00:00:00.000Z"),
                "media_type": "application/stix+json;version=2.1",
            }
            for item in OBJECTS
        ],
    }
    root = {"title": "root", "versions": [ACCEPT], "max_content_length": 9_765_625}
    return {
        "/discovery": {"title": "server", "default": "root", "api_roots": ["root"]},
        "root": {"information": root, "status": [], "collections": [collection]},
    }


@pytest.fixture(scope="module")
def medallion(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an API root, of a server with pages of five objects and the memory backend."""
    if find_spec("medallion") is None:
        pytest.skip("medallion, the TAXII server of the dev extra, is not installed")
    folder = tmp_path_factory.mktemp("medallion")
    (folder / "data.json").write_text(json.dumps(medallion_data("2026-03-01T00:00:00.000Z")))
    backend = {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend"}
    config = {
        "backend": {**backend, "filename": str(folder / "data.json")},
        "users": {"admin": TOKEN},
        "taxii": {"max_page_size": 5},
    }
    (folder / "config.json").write_text(json.dumps(config))
    port = free_port()
    command = [sys.executable, "-m", "medallion.scripts.run", "--port", str(port), str(folder / "config.json")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            answering(port, server, folder / "log")
            yield f"http://127.0.0.1:{port}/root"
        finally:
            server.terminate()
            server.wait(20)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answering(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"medallion did not start: {log.read_text()[-500:]}")


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TAXII_USER", "admin")
    monkeypatch.setenv("TAXII_TOKEN", TOKEN)
    monkeypatch.setattr(remote, "_TRIES", 1)


def configure(write: Write, url: str, more: str = "") -> Path:
    text = f'[[taxii]]\nname = "ours"\nurl = "{url}"\ncollection = "{COLLECTION}"\n'
    return write("org.toml", text + (more or 'user_env = "TAXII_USER"\ntoken_env = "TAXII_TOKEN"\n')).parent


def read(folder: Path) -> tuple[Indicators, list[str]]:
    rejects: list[Reject] = []
    found = load_indicators(folder, rejects)
    assert found is not None
    return found, [reject.reason for reject in rejects]


def test_a_real_collection_is_read_page_by_page(write: Write, medallion: str) -> None:
    found, reasons = read(configure(write, f"{medallion}/"))
    by_value = {i.value: i for i in found.all}
    assert (len(found.all), found.gaps, reasons) == (22, (), [])
    first, second = by_value["198.51.100.1"], by_value["198.51.100.2"]
    assert (first.confidence, first.tlp, first.source, first.description) == (
        85,
        "red",
        "Our CERT",
        "credential theft",
    )
    assert (second.tlp, second.valid(AT)) == ("amber", False)
    assert "198.51.100.3" not in by_value, "it was withdrawn"
    assert found.files[0].startswith("TAXII ours (22 indicators, read 20")
    assert found.files[0].endswith("just now)")


def test_only_what_was_added_lately(write: Write, medallion: str) -> None:
    more = 'user_env = "TAXII_USER"\ntoken_env = "TAXII_TOKEN"\nadded_after_days = '
    assert len(read(configure(write, medallion, f"{more}36500"))[0].all) == 22
    assert read(configure(write, medallion, f"{more}1"))[0].all == ()


def test_a_wrong_password_is_a_gap(write: Write, medallion: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAXII_TOKEN", "wrong")
    found, reasons = read(configure(write, medallion))
    assert (found.all, [str(gap) for gap in found.gaps]) == ((), ["TAXII ours"])
    assert reasons == ["TAXII ours is not available: it refuses these credentials (401)"]


def test_a_collection_that_is_not_there_is_a_gap(write: Write, medallion: str) -> None:
    found, reasons = read(configure(write, f"{medallion}x"))
    assert found.gaps
    assert "404" in reasons[0]


def test_a_server_that_is_gone_leaves_its_last_copy(write: Write) -> None:
    with serving(lambda path, params: envelope([indicator(1)]), BASIC) as site:
        folder = configure(write, site.url, 'user_env = "TAXII_USER"\ntoken_env = "TAXII_TOKEN"\ncache_minutes = 0\n')
        assert len(read(folder)[0].all) == 1
        assert (site.methods, site.asked[0][0]) == ({"GET"}, f"/collections/{COLLECTION}/objects/")
    found, reasons = read(folder)
    assert len(found.all) == 1
    assert found.gaps[0].since is not None
    assert "; its indicators as of 20" in reasons[0]
    for path in Path(os.environ["XDG_CACHE_HOME"]).rglob("*"):
        assert path.is_dir() or TOKEN not in path.read_text()
        path.chmod(0o700) if path.is_dir() else path.unlink()
    assert read(folder)[0].gaps[0].since is None


def test_a_copy_younger_than_cache_minutes_is_used_without_asking(write: Write) -> None:
    with serving(lambda path, params: envelope([indicator(1)]), BASIC) as site:
        folder = configure(write, site.url)
        for _ in range(3):
            assert len(read(folder)[0].all) == 1
        assert len(site.asked) == 1


def test_a_public_server_needs_no_credentials(write: Write) -> None:
    with serving(lambda path, params: envelope([indicator(1)]), None) as site:  # type: ignore[arg-type]
        assert len(read(configure(write, site.url, "added_after_days = 0\n"))[0].all) == 1


def test_files_and_collections_together(write: Write) -> None:
    write("indicators.csv", "type,value\nip,192.0.2.9\n")
    found, _ = read(configure(write, "http://127.0.0.1:9"))
    assert ([i.value for i in found.all], found.files) == (["192.0.2.9"], ("indicators.csv",))
    assert load(configure(write, "http://127.0.0.1:9")).files["indicators"] == "indicators.csv"


@pytest.mark.parametrize(
    ("section", "reason"),
    [
        ('url = "http://x.example"\ncollection = "c"', "not HTTPS"),
        ('url = "https://x.example"', "not the id of a collection"),
        ('url = "https://x.example"\ncollection = "../../x"', "not the id of a collection"),
        ('url = "https://x.example"\ncollection = "c"\ntoken = "x"', "does not belong in org.toml"),
        ('url = "https://x.example"\ncollection = "c"\ntoken_env = "AWS_SECRET_ACCESS_KEY"', "must name a variable"),
        ('url = "https://x.example"\ncollection = "c"\nadded_after_days = -1', "not a number of days"),
        ('url = "https://x.example"\ncollection = "c"\nadded_after_days = true', "not a number of days"),
        ('url = "https://x.example"\ncollection = "c"\ntoken_env = "TAXII_NOT_SET"', "is not set"),
        ('url = "https://[x"', "url is not an address"),
    ],
)
def test_a_section_that_is_wrong_is_a_gap(write: Write, section: str, reason: str) -> None:
    found, reasons = read(write("org.toml", f"[[taxii]]\n{section}\n").parent)
    assert (found.all, len(found.gaps), len(reasons)) == ((), 1, 1)
    assert reason in reasons[0]


@pytest.mark.parametrize("text", ["taxii = 3", 'taxii = ["x"]'])
def test_a_setting_that_is_no_section_is_a_gap(write: Write, text: str) -> None:
    assert len(read(write("org.toml", text).parent)[0].gaps) == 1


def test_one_table_is_taken_as_a_list_of_one(write: Write) -> None:
    found, _ = read(write("org.toml", '[taxii]\nurl = "http://127.0.0.1:9"\ncollection = "c"\n').parent)
    assert [gap.source for gap in found.gaps] == ["TAXII 127.0.0.1"]


def envelope(objects: Any, **more: Any) -> Said:
    return Said(body=json.dumps({"objects": objects, **more}).encode())


def fetched(answer: Callable[[str, Mapping[str, str]], Said]) -> list[str]:
    with serving(answer) as site:
        remote = Remote(site.url, f"Bearer {TOKEN}", sleep=lambda _: None, accept=ACCEPT)
        try:
            return [json.loads(row["stix"])["id"][-1:] for row in fetch(remote, "c").rows]
        finally:
            remote.close()


def test_without_next_the_date_of_the_last_object_leads_on() -> None:
    def answer(_: str, params: Mapping[str, str]) -> Said:
        page = int(params.get("added_after", "1"))
        body = json.dumps({"objects": [indicator(page)], "more": page < 3}).encode()
        return Said(body=body, headers=JSON | {"X-TAXII-Date-Added-Last": str(page + 1)})

    assert fetched(answer) == ["1", "2", "3"]


def test_an_empty_collection_may_leave_objects_out() -> None:
    assert fetched(lambda path, params: Said(body=b"{}")) == []


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (envelope([], more=True), "there is more, and not where"),
        (envelope([], more=True, next="n"), "more than"),
        (Said(body=b"[]"), "not a TAXII envelope"),
        (Said(body=b"{"), "broken off"),
        (Said(status=500), "answered 500"),
    ],
)
def test_what_can_not_be_read_to_its_end(said: Said, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taxii, "_MOST_PAGES", 3)
    with pytest.raises(UnavailableError, match=reason):
        fetched(lambda path, params: said)


def test_a_collection_beyond_all_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taxii, "MOST", 2)
    with pytest.raises(UnavailableError, match="set added_after_days"):
        fetched(lambda path, params: envelope([indicator(n) for n in range(1, 5)]))
