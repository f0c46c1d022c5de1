import base64
from datetime import timedelta
from typing import Any

import pytest

from keywitness.context.site import Site, read_site

GOOD: dict[str, Any] = {"url": "https://acme.service-now.com/", "query": "type=normal", "token_env": "SERVICENOW_TOKEN"}


def read(**given: Any) -> Site:
    return read_site("ServiceNow", GOOD | given, "query", ("SERVICENOW_", "KEYWITNESS_"))


def test_a_section() -> None:
    site = read(fields={"target": "u_account"}, cache_minutes=0, approved=["Go "])
    assert (site.url, site.query, site.fields) == (
        "https://acme.service-now.com",
        "type=normal",
        {"target": "u_account"},
    )
    assert (site.max_age, site.approved) == (timedelta(0), ("go",))
    assert read().max_age == timedelta(minutes=15)


def test_the_environment_makes_the_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICENOW_TOKEN", "t0k3n")
    monkeypatch.setenv("SERVICENOW_USER", "reader")
    assert read().authorization() == "Bearer t0k3n"
    basic = read(user_env="SERVICENOW_USER").authorization()
    assert base64.b64decode(basic.removeprefix("Basic ")) == b"reader:t0k3n"
    assert "t0k3n" not in repr(read())


@pytest.mark.parametrize("value", [None, " ", "a\nb"])
def test_without_credentials(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("SERVICENOW_TOKEN", raising=False)
    if value:
        monkeypatch.setenv("SERVICENOW_TOKEN", value)
    with pytest.raises(ValueError, match="the environment variable SERVICENOW_TOKEN"):
        read().authorization()


def test_no_variable_named() -> None:
    with pytest.raises(ValueError, match="token_env names no environment variable"):
        read(token_env="").authorization()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"url": "http://acme.example"}, "not HTTPS"),
        ({"url": "ftp://acme.example"}, "not an address"),
        ({"url": "https://[x"}, "not an address"),
        ({"url": 7}, "url is not a text"),
        ({"url": "https://me:secret@acme.example"}, "no user, no password"),
        ({"url": "https://acme.example/?a=b"}, "no query"),
        ({"token": "s3cr3t"}, "token does not belong in org.toml"),
        ({"token_env": "AWS_SECRET_ACCESS_KEY"}, "begins with SERVICENOW_ or KEYWITNESS_"),
        ({"fields": ["a"]}, "fields is not a table"),
        ({"cache_minutes": "1"}, "cache_minutes"),
        ({"cache_minutes": -1}, "cache_minutes"),
        ({"approved": "Done"}, "approved is not a list"),
    ],
)
def test_a_bad_section(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        read(**given)
    assert "s3cr3t" not in str(caught.value)


def test_a_server_of_ones_own_machine_may_be_plain() -> None:
    assert read(url="http://127.0.0.1:8080").url == "http://127.0.0.1:8080"
