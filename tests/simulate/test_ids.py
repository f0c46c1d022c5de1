"""Identifiers have the providers' shapes and come from the generator alone."""

import random
import re

import pytest

from keywitness.simulate import ids


@pytest.mark.parametrize(
    ("made", "shape"),
    [
        (ids.guid(random.Random(3)), r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        (ids.aws_id(random.Random(3), "AKIA"), r"AKIA[A-Z2-7]{16}"),
        (ids.hex_id(random.Random(3), 40), r"[0-9a-f]{40}"),
        (ids.insert_id(random.Random(3)), r"[a-z0-9]{12}"),
        (ids.suffix(random.Random(3)), r"[A-Z2-7]{5}"),
        (ids.digits(random.Random(3), 21), r"1[0-9]{20}"),
    ],
)
def test_shapes(made: str, shape: str) -> None:
    assert re.fullmatch(shape, made)


def test_the_same_state_gives_the_same_id() -> None:
    assert ids.guid(random.Random(3)) == ids.guid(random.Random(3)) != ids.guid(random.Random(4))
