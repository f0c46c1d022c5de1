from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from keywitness.context import ranges
from keywitness.context.geo import Place
from keywitness.context.ranges import SAYS, listed_on, network_kind
from tests.support import BERLIN

HETZNER = replace(BERLIN, asn=24940, network="Hetzner")
AMAZON = replace(BERLIN, asn=16509, network="Amazon")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    ranges._lists.cache_clear()
    ranges._listed.cache_clear()


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without the extra."""
    ranges._listed.cache_clear()
    monkeypatch.setattr(ranges, "_lists", lambda: None)


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of the form of iporigin, which knows a few addresses."""
    known = {"192.0.2.1": ("tor", "Tor"), "192.0.2.2": ("vpn", "Mullvad"), "192.0.2.3": ("hosting", "Amazon AWS")}
    known |= {"192.0.2.4": ("cdn", "Akamai"), "192.0.2.5": ("bot", "Applebot"), "192.0.2.6": ("unknown", "")}

    def classify(address: str) -> SimpleNamespace:
        if address not in known:
            raise ValueError(address)
        return SimpleNamespace(kind=known[address][0], provider=known[address][1])

    at = int(datetime(2026, 10, 5, 12, tzinfo=UTC).timestamp())
    made = SimpleNamespace(classify=classify, dataset_info=lambda: {"built_at": at})
    ranges._listed.cache_clear()
    monkeypatch.setattr(ranges, "_lists", lambda: made)


@pytest.mark.usefixtures("lists")
@pytest.mark.parametrize(
    ("address", "place", "kind"),
    [
        ("192.0.2.1", HETZNER, "tor"),
        ("192.0.2.2", None, "vpn"),
        ("192.0.2.3", None, "cloud"),
        ("192.0.2.4", None, "hosting"),
        ("192.0.2.5", None, None),
        ("192.0.2.6", AMAZON, "cloud"),
        ("192.0.2.6", HETZNER, "hosting"),
        ("192.0.2.6", BERLIN, None),
        ("192.0.2.6", Place(), None),
        ("no address", BERLIN, None),
        (None, AMAZON, "cloud"),
        (None, None, None),
    ],
)
def test_the_lists_first_then_the_autonomous_system(address: str | None, place: Place | None, kind: str | None) -> None:
    assert network_kind(address, place) == kind


@pytest.mark.usefixtures("lists")
def test_the_lists_say_how_old_they_are() -> None:
    assert listed_on() == date(2026, 10, 5)


@pytest.mark.usefixtures("without")
def test_without_the_extra_the_autonomous_system_still_speaks() -> None:
    assert (network_kind("192.0.2.1", HETZNER), network_kind("192.0.2.1", None)) == ("hosting", None)
    assert listed_on() is None


def test_the_real_lists() -> None:
    iporigin = pytest.importorskip("iporigin", reason="iporigin, the extra intel, is not installed")
    assert network_kind("52.95.110.1", None) == "cloud"
    assert network_kind("127.0.0.1", None) is None
    assert network_kind("x", None) is None
    assert listed_on() is not None
    kinds = {kind for _, kind in iporigin._data.dataset().labels}
    assert kinds >= set(ranges._tables()["iporigin"]["kinds"])
    assert {p for p, _ in iporigin._data.dataset().labels} >= set(ranges._tables()["iporigin"]["cloud"])


def test_every_kind_has_its_words() -> None:
    assert set(SAYS) == {"tor", "vpn", "hosting", "cloud"}
