"""Objects are found like files and read by ranges, from each cloud."""

import gzip
import io
import zipfile

import obstore
import pytest
from obstore.store import MemoryStore, ObjectStore

from keywitness.errors import KeywitnessError, UsageError
from keywitness.readers.remote import ObjectFile, listed
from keywitness.readers.source import discover
from keywitness.readers.stores import open_store
from tests.objectstores.servers import Server, Servers

KEYS = (
    *("logs/b.json", "logs/a.json.gz", "logs/deep/er/c.jsonl", "logs/odd #1%20ü [x].json", "logs2/d.json"),
    *("logs/.hidden.json", "logs/.git/e.json", "logs/photo.png", "logs/empty.json"),
)


@pytest.fixture
def bucket(cloud: Server) -> str:
    url = cloud.bucket()
    for key in KEYS:
        obstore.put(open_store(url), key, b"" if "empty" in key else b"{}")
    return url


def keys(*given: str) -> list[str]:
    return [str(file.path).split("/", 3)[3] for file in discover(given)]


def test_a_prefix_is_searched_as_a_folder_is(bucket: str) -> None:
    found = ["logs/a.json.gz", "logs/b.json", "logs/deep/er/c.jsonl", "logs/odd #1%20ü [x].json"]
    assert keys(f"{bucket}/logs") == keys(f"{bucket}/logs/") == keys(f"{bucket}/logs", f"{bucket}/logs/b.json") == found
    assert keys(bucket) == [*found, "logs2/d.json"]
    assert [file.size for file in discover([f"{bucket}/logs"])] == [2] * 4


def test_an_object_is_named_by_its_key_and_globs_match_like_paths(bucket: str) -> None:
    assert keys(f"{bucket}/logs/photo.png") == ["logs/photo.png"], "named: read"
    assert keys(f"{bucket}/logs/odd #1%20ü [x].json") == ["logs/odd #1%20ü [x].json"]
    assert keys(f"{bucket}/logs/*.json") == ["logs/.hidden.json", "logs/b.json", "logs/odd #1%20ü [x].json"]
    assert keys(f"{bucket}/l*/**/*.json*") == sorted(k for k in KEYS if ".json" in k and "empty" not in k)
    assert keys(f"{bucket}/logs?/[cd].json") == ["logs2/d.json"]


def test_what_is_not_there_is_wrong_usage_in_one_line(bucket: str, cloud: Server) -> None:
    for given in (f"{bucket}/nothing", f"{bucket}/*.xml", f"{bucket}/log", f"{cloud.scheme}://no-such-bucket/x"):
        with pytest.raises(UsageError, match=cloud.scheme):
            discover([given])


def test_an_object_is_read_in_any_order(bucket: str) -> None:
    text = bytes(range(256)) * 20_000  # 5 MB: more than one request
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.bin", gzip.compress(text))
    obstore.put(open_store(bucket), "big/x.zip", packed.getvalue())
    (found,) = listed(f"{bucket}/big")
    with found.open() as file, zipfile.ZipFile(file) as archive:
        assert gzip.decompress(archive.read("a.bin")) == text
        assert file.seek(-4, 2) == found.size - 4
        assert file.read() == packed.getvalue()[-4:]


def test_an_object_that_is_gone_is_an_error_of_a_file(bucket: str) -> None:
    (found,) = listed(f"{bucket}/logs/b.json")
    obstore.delete(open_store(bucket), "logs/b.json")
    with found.open() as file, pytest.raises(OSError, match="there is no such"):
        file.read()


class Counted:
    """A store that counts the bytes that are asked of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[int] = []
        real = obstore.get_range

        def count(store: ObjectStore, path: str, *, start: int, end: int) -> obstore.Bytes:
            self.asked.append(end - start)
            return real(store, path, start=start, end=end)

        monkeypatch.setattr(obstore, "get_range", count)


def test_reading_holds_no_more_than_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    obstore.put(store, "x", b"a" * 10_000_000)
    counted = Counted(monkeypatch)
    file = ObjectFile(store, "x")
    assert len(file.read(1_000_000)) == 1_000_000
    file.seek(9_999_999)
    assert file.read(50) == b"a"
    assert file.read(50) == b""
    assert counted.asked == [1_000_000, 1]


def test_a_bucket_that_may_not_be_listed_ends_the_run(monkeypatch: pytest.MonkeyPatch, clouds: Servers) -> None:
    server = clouds.get("az")
    url = server.bucket()
    for name, value in (server.environment | {"AZURE_STORAGE_ACCOUNT_KEY": "d3Jvbmch"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(KeywitnessError, match="access is denied"):
        listed(f"{url}/logs")
