import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from keywitness.context.geo import Geo, Place, distance_km
from keywitness.errors import Reject

GEOLITE = {
    "country": {"iso_code": "RO"},
    "city": {"names": {"en": "Bucharest"}},
    "location": {"latitude": 44.43, "longitude": 26.1},
}
NETWORK = {"autonomous_system_number": 9009, "autonomous_system_organization": "M247 Europe SRL"}
BUCHAREST = Place("RO", "Bucharest", 44.43, 26.1, 9009, "M247 Europe SRL")


def database(path: Path, records: Mapping[str, Mapping[str, Any]], version: int = 6) -> Path:
    writer = MMDBWriter(ip_version=version, ipv4_compatible=version == 6)
    for network, record in records.items():
        writer.insert_network(IPSet([network]), dict(record))
    writer.to_db_file(str(path))
    return path


def opened(folder: Path) -> tuple[Geo, list[Reject]]:
    rejects: list[Reject] = []
    return Geo.open(folder, rejects), rejects


def test_a_place(tmp_path: Path) -> None:
    database(tmp_path / "city.mmdb", {"89.36.70.0/24": GEOLITE})
    database(tmp_path / "asn.mmdb", {"89.36.70.0/24": NETWORK, "8.8.8.0/24": NETWORK})
    geo, rejects = opened(tmp_path)
    assert (geo.has_city, geo.has_asn) == (True, True)
    assert dict(geo.files) == {"city": "city.mmdb", "country": "", "asn": "asn.mmdb"}
    assert geo.place("89.36.70.88") == geo.place(" ::ffff:89.36.70.88") == BUCHAREST
    assert geo.place("8.8.8.8") == Place(asn=9009, network="M247 Europe SRL")
    assert geo.place("89.36.70.88") is geo.place("89.36.70.88")
    assert not rejects


@pytest.mark.parametrize(
    ("city", "asn"),
    [
        (GEOLITE, NETWORK),
        (
            {"country_code": "RO", "city": "Bucharest", "latitude": 44.43, "longitude": 26.1},
            {"asn": "AS9009", "name": "M247 Europe SRL"},
        ),
        (
            {"country": "RO", "city": "Bucharest", "lat": "44.43", "lng": "26.1"},
            {"asn": "AS9009", "as_name": "M247 Europe SRL"},
        ),
        (
            {"country": "Romania", "country_code": "ro", "city": "Bucharest", "loc": "44.43,26.1"},
            {"asn": "9009", "as_name": "M247 Europe SRL"},
        ),
    ],
    ids=["GeoLite2 and DB-IP", "flat", "IPinfo location", "IPinfo lite"],
)
def test_vendors(tmp_path: Path, city: Mapping[str, Any], asn: Mapping[str, Any]) -> None:
    database(tmp_path / "city.mmdb", {"89.36.70.0/24": city})
    database(tmp_path / "asn.mmdb", {"89.36.70.0/24": asn})
    assert opened(tmp_path)[0].place("89.36.70.88") == BUCHAREST


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "127.0.0.1",
        "169.254.1.1",
        "100.64.0.1",
        "fe80::1",
        "fc00::1",
        "::1",
        "224.0.0.1",
        "1.2.3.4",
        "",
        "x",
        "::",
    ],
)
def test_no_place(tmp_path: Path, address: str) -> None:
    database(tmp_path / "city.mmdb", {"10.0.0.0/8": GEOLITE, "89.36.70.0/24": GEOLITE})
    assert opened(tmp_path)[0].place(address) is None


def test_documentation_ranges_have_a_place_if_a_database_says_so(tmp_path: Path) -> None:
    database(tmp_path / "city.mmdb", {"203.0.113.0/24": GEOLITE, "2001:db8::/32": GEOLITE})
    geo, _ = opened(tmp_path)
    assert geo.place("203.0.113.66") == geo.place("2001:db8::1") != None  # noqa: E711  # compared as one chain


def test_country_alone(tmp_path: Path) -> None:
    database(tmp_path / "country.mmdb", {"89.36.70.0/24": {"country": {"iso_code": "RO"}}}, version=4)
    geo, _ = opened(tmp_path)
    assert (geo.has_city, geo.has_asn) == (True, False)
    assert geo.place("89.36.70.88") == Place("RO")
    assert geo.place("2a00::1") is None, "a database of IPv4 knows no IPv6"


@pytest.mark.parametrize(
    "record",
    [{"country": 7}, {"country": {"iso_code": "Romania"}}, {"loc": "x,y"}, {"lat": 999.0, "lng": True}, {"asn": "AS?"}],
)
def test_odd_records(tmp_path: Path, record: Mapping[str, Any]) -> None:
    database(tmp_path / "city.mmdb", {"89.36.70.0/24": record})
    found = opened(tmp_path)[0].place("89.36.70.88")
    assert found is None or (found.country, found.latitude, found.asn) == (None, None, None)


def test_no_folder() -> None:
    geo = Geo.open(None, [])
    assert (geo.has_city, geo.has_asn, geo.place("8.8.8.8")) == (False, False, None)
    assert Geo().place("8.8.8.8") is None


@pytest.mark.parametrize("content", [b"", b"no database", b"\xab\xcd\xefMaxMind.com" * 2])
def test_a_corrupt_database_counts_as_not_there(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "city.mmdb").write_bytes(content)
    geo, (reject,) = opened(tmp_path)
    assert not geo.has_city
    assert "this MMDB can't be read" in reject.reason


def test_damage_never_raises(tmp_path: Path) -> None:
    whole = database(tmp_path / "city.mmdb", {"89.36.70.0/24": GEOLITE}).read_bytes()
    chance = random.Random(1)
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(8):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        (tmp_path / "city.mmdb").unlink()
        (tmp_path / "city.mmdb").write_bytes(damaged[: chance.choice([len(damaged), chance.randrange(len(damaged))])])
        opened(tmp_path)[0].place("89.36.70.88")


def test_distance() -> None:
    denver, berlin = Place(latitude=39.74, longitude=-104.98), Place(latitude=52.52, longitude=13.4)
    assert distance_km(denver, berlin) == pytest.approx(8160, rel=0.01)
    assert distance_km(denver, denver) == 0
    assert distance_km(Place(latitude=0, longitude=179.5), Place(latitude=0, longitude=-179.5)) == pytest.approx(
        111.2, 0.01
    )
    assert distance_km(denver, Place("US")) is None
