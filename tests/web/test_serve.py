"""Where the desk may listen: never in the open for other machines."""

from pathlib import Path

import pytest

from keywitness.errors import UsageError
from keywitness.web.serve import Place, bound, origin

PEM = Path("desk.pem")


@pytest.mark.parametrize(
    ("place", "seen"),
    [
        (Place("127.0.0.1", 8443, None, None, None), "http://127.0.0.1:8443"),
        (Place("::1", 8443, None, None, None), "http://[::1]:8443"),
        (Place("10.0.0.5", 8443, None, PEM, PEM), "https://10.0.0.5:8443"),
        (Place("127.0.0.1", 8443, "https://desk.example.com/", None, None), "https://desk.example.com"),
    ],
)
def test_browsers_see_one_address(place: Place, seen: str) -> None:
    assert origin(place) == seen


@pytest.mark.parametrize(
    "place",
    [
        Place("0.0.0.0", 8443, None, None, None),  # noqa: S104  it is what must be refused
        Place("desk.example.com", 8443, None, None, None),
        Place("127.0.0.1", 8443, None, PEM, None),
        Place("127.0.0.1", 8443, "http://desk.example.com", None, None),
        Place("127.0.0.1", 8443, "https://desk.example.com/path", None, None),
    ],
)
def test_a_password_never_crosses_a_network_in_the_open(place: Place) -> None:
    with pytest.raises(UsageError):
        origin(place)


def test_an_address_is_a_host_and_a_port() -> None:
    assert bound("[::1]:80") == ("::1", 80)
    for text in ("", ":80", "host", "host:x", "host:0", "host:70000"):
        with pytest.raises(UsageError):
            bound(text)
