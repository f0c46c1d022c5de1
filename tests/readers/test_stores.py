"""A URL names a bucket and a key; what can't be reached is one line, without a secret."""

from base64 import b64encode

import obstore
import pytest
from obstore.exceptions import BaseError, GenericError

from keywitness.errors import UsageError
from keywitness.readers.stores import ERRORS, is_url, missing, open_store, parse, said
from tests.objectstores.servers import SECRET, Server, Servers


def test_a_url_is_taken_as_it_is_spelled() -> None:
    where = parse("s3://logs/AWSLogs/a%20b/c d/#1/")
    assert (where.scheme, where.bucket, where.key) == ("s3", "logs", "AWSLogs/a%20b/c d/#1")
    assert str(where) == "s3://logs/AWSLogs/a%20b/c d/#1"
    assert str(parse("gs://logs/")) == "gs://logs"
    assert [is_url(text) for text in ("s3://x", "C:/logs", "-", "logs/s3:/x")] == [True, False, False, False]


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://host/x", "file:///etc", "https://logs.s3.amazonaws.com/x", "://x", "s3://", "s3:///key", "s3://a b/c"),
        *("s3://AKIA:secret@logs/x", "az://logs/x?sv=2025&sig=secret", "s3://logs/x?X-Amz-Signature=secret"),
    ],
)
def test_what_is_no_url_of_a_bucket_is_wrong_usage_and_no_credential_is_repeated(url: str) -> None:
    with pytest.raises(UsageError) as raised:
        open_store(url)
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def failure(url: str) -> BaseException:
    """What listing and writing there raise."""
    with pytest.raises(ERRORS) as raised:
        obstore.put(open_store(url), "x", b"", mode="create")
    with pytest.raises(ERRORS) as listing:
        obstore.list(open_store(url)).collect()
    assert said(listing.value) == said(raised.value)
    return listing.value


def test_a_bucket_that_is_not_there_is_told_from_one_that_may_not_be_read(cloud: Server) -> None:
    error = failure(f"{cloud.scheme}://no-such-bucket")
    assert missing(error)
    assert said(error).startswith("there is no such bucket, container or object")


def test_an_endpoint_that_does_not_answer_is_named_without_its_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    assert said(failure("s3://nobody-listens")) == "can't be reached at http://127.0.0.1:9"


@pytest.mark.parametrize("cloud", ["s3", "az", "gs"], indirect=True)
def test_plain_http_needs_to_be_allowed(cloud: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    url = cloud.bucket()
    for name in cloud.environment:
        if name.endswith("ALLOW_HTTP"):
            monkeypatch.setenv(name, "false")
    assert "plain http is not allowed" in said(failure(url))


def test_a_denied_request_says_so_and_shows_no_key(clouds: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    server = clouds.get("az")
    url = server.bucket()
    key = b64encode(b"wrong" * 8).decode()
    for name, value in (server.environment | {"AZURE_STORAGE_ACCOUNT_KEY": key}).items():
        monkeypatch.setenv(name, value)
    text = said(failure(url))
    assert text.startswith("access is denied by http://127.0.0.1:")
    assert key not in text


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (GenericError("GET http://169.254.169.254/latest/api/token - 403 Forbidden"), "no credentials"),
        (
            GenericError("GET https://u:pw@host.example/b?sig=pw - non-2xx status code: 503 Slow"),
            "answered 503 by https",
        ),
        (GenericError("odd https://u:pw@host.example/b?sig=pw\nDebug source: pw"), "odd https://host.example"),
        (FileNotFoundError("x"), "there is no such"),
    ],
)
def test_every_error_is_one_line_without_what_was_signed(error: BaseError | OSError, wanted: str) -> None:
    assert said(error).startswith(wanted)
    assert "pw" not in said(error)
    assert "\n" not in said(error)
