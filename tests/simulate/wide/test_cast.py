"""The cast of a seed: enough people for all parts, nobody twice, and two of one first name."""

import random
from datetime import timedelta

import pytest

from keywitness.simulate.company import locate
from keywitness.simulate.stage import Stage
from keywitness.simulate.wide.cast import POSTS, assemble, found


def test_each_seed_hires_other_people() -> None:
    one, other, again = (found(random.Random(seed)) for seed in (1, 2, 1))
    assert one == again
    assert len(one.people) == len(other.people) == sum(count for count, _ in POSTS.values())
    assert len(set(one.people) & set(other.people)) < len(one.people) / 2
    assert set(one.services) != set(other.services)


@pytest.mark.parametrize("seed", range(8))
def test_an_analyst_shares_a_first_name_with_an_admin(seed: int) -> None:
    people = found(random.Random(seed)).people.values()
    firsts = {person.name.partition(".")[0] for person in people if person.admin}
    assert all(p.name.partition(".")[0] in firsts for p in people if p.role == "analyst")


def test_nobody_has_two_parts(stage: Stage) -> None:
    stage.company = found(stage.rng)
    cast = assemble(stage)
    drawn = [cast.person("developer").name for _ in range(10)] + [cast.service() for _ in range(30)]
    assert len(set(drawn)) == len(drawn)
    assert not {cast.service() for _ in range(5)} & set(stage.company.services[:3])  # those are rotated


def test_a_stay_moves_the_address_and_the_clock(stage: Stage) -> None:
    cast, noor, day = assemble(stage), stage.company.people["noor"], stage.workday(20)
    cast.stay(noor, day, 2, "126.200.1.1", 9)
    assert stage.where(noor, day + timedelta(days=1)) == "126.200.1.1"
    assert 2 <= stage.local(day, 12, noor).hour <= 3
    assert locate(cast.abroad()).country not in {"CA", "PT", "SG"}
