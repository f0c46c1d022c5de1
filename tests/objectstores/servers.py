"""Real object stores of the tests' own: moto for S3, Azurite for Azure, gcp-storage-emulator for Google Cloud."""

import base64
import hashlib
import hmac
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

import obstore
import pytest
from obstore.store import ObjectStore

from keywitness.readers.stores import open_store

ROOT: Final = Path(__file__).parents[2]
AZURITE: Final = ROOT / ".venv" / "azurite" / "node_modules" / ".bin" / "azurite-blob"  # make puts it there
ACCOUNT: Final = "devstoreaccount1"
KEY: Final = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="  # Azurite's own
SECRET: Final = "s3cr3tExampleKey"
_numbers: Final = count(1)


@dataclass(frozen=True)
class Server:
    """``environment`` is all that a client is told."""

    scheme: str
    environment: dict[str, str]
    make: Callable[[str], None]

    def bucket(self) -> str:
        """The URL of a new and empty bucket."""
        name = f"bucket-{next(_numbers)}"
        self.make(name)
        return f"{self.scheme}://{name}"


def fill(url: str, folder: Path) -> None:
    """Copy all files below ``folder`` to objects below ``url``."""
    store: ObjectStore = open_store(url)
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        obstore.put(store, file.relative_to(folder).as_posix(), file.read_bytes())


@contextmanager
def s3() -> Iterator[Server]:
    pytest.importorskip("moto", reason="moto, a server of S3, is not installed")
    port = _free()
    with _running([str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", str(port)], port):
        environment = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }
        yield Server("s3", environment, lambda name: _ask("PUT", f"http://127.0.0.1:{port}/{name}"))


@contextmanager
def azure() -> Iterator[Server]:
    if not AZURITE.exists() or not shutil.which("node"):
        pytest.skip("Azurite, a server of Azure's blobs, is not installed ('make azurite' does it where npm is)")
    port = _free()
    options = ("--silent", "--skipApiVersionCheck", "--inMemoryPersistence", "--blobHost", "127.0.0.1")
    with _running([str(AZURITE), *options, "--blobPort", str(port)], port):
        base = f"http://127.0.0.1:{port}/{ACCOUNT}"
        environment = {
            "AZURE_STORAGE_ENDPOINT": base,
            "AZURE_ALLOW_HTTP": "true",
            "AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT,
            "AZURE_STORAGE_ACCOUNT_KEY": KEY,
        }
        yield Server("az", environment, lambda name: _ask("PUT", f"{base}/{name}?restype=container", _signed(name)))


@contextmanager
def google() -> Iterator[Server]:
    pytest.importorskip("gcp_storage_emulator", reason="gcp-storage-emulator is not installed")
    port = _free()
    with _running([sys.executable, "-m", "tests.objectstores.gcs", str(port)], port):
        base = f"http://127.0.0.1:{port}"
        account = {
            "gcs_base_url": base,
            "disable_oauth": True,
            "client_email": "",
            "private_key": "",
            "private_key_id": "",
        }
        environment = {"GOOGLE_SERVICE_ACCOUNT_KEY": json.dumps(account), "GOOGLE_ALLOW_HTTP": "true"}
        yield Server(
            "gs",
            environment,
            lambda name: _ask("POST", f"{base}/storage/v1/b?project=p", JSON, f'{{"name":"{name}"}}'.encode()),
        )


JSON: Final = {"Content-Type": "application/json"}
SERVERS: Final = {"s3": s3, "az": azure, "gs": google}


class Servers:
    """Those that run, by scheme."""

    def __init__(self, ends: ExitStack) -> None:
        self._ends = ends
        self._running: dict[str, Server] = {}

    def get(self, scheme: str) -> Server:
        if scheme not in self._running:
            self._running[scheme] = self._ends.enter_context(SERVERS[scheme]())
        return self._running[scheme]


def _free() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[None]:
    """A server that ends with the block; skips the test where it doesn't listen within a minute."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, stdin=quiet, stdout=quiet, stderr=quiet) as process:
        try:
            limit = time.monotonic() + 60
            while not _listens(port):
                if process.poll() is not None or time.monotonic() > limit:
                    pytest.skip(f"{Path(command[0]).name} can't be started here")
                time.sleep(0.1)
            yield
        finally:
            process.kill()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _ask(method: str, url: str, headers: Mapping[str, str] = {}, body: bytes = b"") -> None:
    with urlopen(Request(url, body or None, dict(headers), method=method), timeout=30):  # noqa: S310  our own address
        pass


def _signed(container: str) -> dict[str, str]:
    """Headers that let the emulator's own account make a container (Shared Key of the Blob service)."""
    headers = {"x-ms-date": format_datetime(datetime.now(UTC), usegmt=True), "x-ms-version": "2021-08-06"}
    told = "\n".join(f"{name}:{value}" for name, value in headers.items())
    text = f"PUT{chr(10) * 12}{told}\n/{ACCOUNT}/{ACCOUNT}/{container}\nrestype:container"
    proof = base64.b64encode(hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()).decode()
    return {**headers, "Authorization": f"SharedKey {ACCOUNT}:{proof}"}
