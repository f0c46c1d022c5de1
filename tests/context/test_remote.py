import gzip
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from keywitness.context import remote
from keywitness.context.remote import Remote, UnavailableError
from tests.context.server import HTML, JSON, TOKEN, Said, Site, said, serving


def answer(path: str, params: Mapping[str, str]) -> Said:
    return said({"path": path, **params}, Link='<http://elsewhere.example/?x=2>; rel="next"', X_Total_Count="7")


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(answer) as running:
        yield running


class Client:
    """A remote that notes its waits and doesn't wait."""

    def __init__(self, url: str, **given: Any) -> None:
        self.waits: list[float] = []
        self.remote = Remote(url, **{"authorization": f"Bearer {TOKEN}", "sleep": self.waits.append, **given})

    def get(self) -> Any:
        try:
            return self.remote.get("/api", {"q": "a b&c"}).content
        finally:
            self.remote.close()

    def fails(self) -> UnavailableError:
        with pytest.raises(UnavailableError) as caught:
            self.get()
        assert TOKEN not in str(caught.value)
        return caught.value


def test_an_answer(site: Site) -> None:
    client = Client(site.url)
    reply = client.remote.get("/api", {"q": "a b&c"})
    client.remote.close()
    assert reply.content == {"path": "/api", "q": "a b&c"}
    assert (reply.total, reply.next) == (7, "http://elsewhere.example/?x=2")
    assert site.methods == {"GET"}


@pytest.mark.parametrize(
    "bad",
    [
        Said(429),
        Said(500),
        Said(503, b"<html>", HTML),
        Said(body=b'{"result": [1, 2'),
        Said(body=b'{"result": []}', cut=4),
        Said(hangs=0.6),
    ],
    ids=["429", "500", "503-html", "half", "cut", "timeout"],
)
def test_what_passes_is_tried_again(site: Site, bad: Said) -> None:
    site.first = [bad, bad]
    client = Client(site.url, timeout=0.3)
    assert client.get()["path"] == "/api"
    assert client.waits == [1.0, 2.0]
    assert len(site.asked) == 3


def test_it_gives_up(site: Site) -> None:
    site.first = [Said(500)] * 9
    error = Client(site.url).fails()
    assert (str(error), error.status) == ("it answered 500, tried 5 time(s)", 500)
    assert len(site.asked) == 5


@pytest.mark.parametrize(("text", "least", "most"), [("7", 7, 7), ("date", 4, 11), ("soon", 1, 1)])
def test_retry_after(site: Site, text: str, least: float, most: float) -> None:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=10), usegmt=True)
    site.first = [Said(429, headers=JSON | {"Retry-After": when if text == "date" else text})]
    client = Client(site.url)
    client.get()
    assert least <= client.waits[0] <= most


def test_a_wait_beyond_all_patience_is_not_waited(site: Site) -> None:
    site.first = [Said(429, headers=JSON | {"Retry-After": "86400"})]
    client = Client(site.url)
    assert str(client.fails()) == "it answered 429, tried 1 time(s)"
    assert not client.waits


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (Said(401), "it refuses these credentials (401)"),
        (Said(403), "it refuses these credentials (403)"),
        (Said(400), "it answered 400"),
        (Said(204), "it answered 204"),
        (Said(200, b"<html>log in</html>", HTML), "it answered with text/html, not JSON"),
        (Said(200, b"[]", {}), "it answered with something unnamed, not JSON"),
    ],
)
def test_what_does_not_pass_is_asked_once(site: Site, bad: Said, reason: str) -> None:
    site.first = [bad]
    error = Client(site.url).fails()
    assert (str(error), error.status) == (reason, bad.status)
    assert len(site.asked) == 1


def test_a_redirect_does_not_get_the_credentials(site: Site) -> None:
    with serving(answer) as other:
        site.first = [Said(302, headers={"Location": f"{other.url}/api"})]
        assert "it redirects to 127.0.0.1, where credentials are not sent" in str(Client(site.url).fails())
        assert not other.asked


def test_the_credentials_are_not_shown() -> None:
    assert TOKEN not in repr(Remote("https://x.example", f"Bearer {TOKEN}"))


@pytest.mark.parametrize("packed", [False, True])
def test_a_body_is_bounded_after_unpacking(site: Site, monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    monkeypatch.setattr(remote, "MAX_BODY", 2**20)
    body = b'"' + b"x" * 2**21 + b'"'
    headers = JSON | ({"Content-Encoding": "gzip"} if packed else {})
    site.first = [Said(body=gzip.compress(body) if packed else body, headers=headers)]
    assert str(Client(site.url).fails()) == "an answer is larger than 1 MB"


def test_nobody_there() -> None:
    assert "the connection failed, tried 5 time(s)" in str(Client("http://127.0.0.1:9").fails())


def test_patience_ends(site: Site) -> None:
    site.first = [Said(500)] * 9
    began = time.monotonic()
    assert "tried 1 time(s)" in str(Client(site.url, patience=0.5).fails())
    assert time.monotonic() - began < 5


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_tls_is_verified(tmp_path: Path) -> None:
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "cert.pem")
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(
        [*make, "-keyout", key, "-out", certificate, "-subj", "/CN=localhost"], check=True, capture_output=True
    )
    with serving(answer, certificate=(certificate, key)) as running:
        assert "its TLS certificate is not trusted" in str(Client(running.url).fails())
        assert not running.asked


def test_deep_json_is_no_crash(site: Site) -> None:
    site.first = [Said(body=b"[" * 200_000)] * 5
    assert "too deep" in str(Client(site.url).fails())
