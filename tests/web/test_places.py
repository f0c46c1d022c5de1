"""Places: one row for each address, with who called from there."""

from keywitness.store.summary import case_of
from keywitness.web.places import places
from tests.store.made import judged


def test_addresses_are_counted_and_the_busiest_is_first() -> None:
    case = case_of(
        "KW-1",
        [
            judged(1, source_ip="192.0.2.1"),
            judged(2, source_ip="192.0.2.2"),
            judged(3, source_ip="192.0.2.2"),
            judged(4, source_ip=None, source_service="backup.amazonaws.com"),
            judged(5, source_ip=None, source_service=None),
        ],
    )
    found = places(case)
    assert [(place.address, place.changes) for place in found] == [
        ("192.0.2.2", 2),
        ("192.0.2.1", 1),
        ("backup.amazonaws.com", 1),
    ]
    assert found[0].first < found[0].last
