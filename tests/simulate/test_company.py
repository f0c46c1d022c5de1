"""The company: invented people on networks that don't overlap."""

import random
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations

import pytest

from keywitness.simulate.company import NETWORKS, address, found, locate


def test_networks_do_not_overlap() -> None:
    blocks = [IPv4Network(network.cidr) for network in NETWORKS.values()]
    assert not [pair for pair in combinations(blocks, 2) if pair[0].overlaps(pair[1])]


@pytest.mark.parametrize("name", NETWORKS)
def test_an_address_lies_in_its_network(name: str) -> None:
    ip = address(random.Random(5), name)
    assert IPv4Address(ip) in IPv4Network(NETWORKS[name].cidr)
    assert locate(ip) is NETWORKS[name]


def test_people_sit_in_their_own_country() -> None:
    people = found(random.Random(5)).people.values()
    assert len(people) == 16
    for person in people:
        assert {locate(person.desk_ip).country, locate(person.home_ip).country} == {person.office.country}


def test_the_same_state_hires_the_same_people() -> None:
    assert found(random.Random(5)) == found(random.Random(5)) != found(random.Random(6))
