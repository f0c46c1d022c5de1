from pathlib import Path
from typing import Any

import pytest

from keywitness.context.intel import Indicator
from keywitness.context.misp import misp_events, read_misp
from keywitness.errors import Reject

IP = {"uuid": "u-1", "type": "ip-src", "value": "1.2.3.4", "to_ids": True, "comment": "C2"}


def read(*attributes: Any, **event: Any) -> tuple[list[Indicator], list[Reject]]:
    rejects: list[Reject] = []
    content = {"info": "theft", "Orgc": {"name": "CIRCL"}, "Attribute": list(attributes), **event}
    return list(read_misp(Path("event.json"), content, rejects)), rejects


def test_an_attribute() -> None:
    (found,), rejects = read(
        IP | {"last_seen": "2026-01-01"}, Tag=[{"name": "tlp:white"}, {"name": "tlp:amber"}, {"name": "x"}]
    )
    assert (found.id, found.type, found.value) == ("u-1", "ipv4-addr", "1.2.3.4")
    assert (found.source, found.description, found.tlp) == ("CIRCL", "C2 (last seen 2026-01-01)", "amber")
    assert (found.valid_from, found.valid_until) == (None, None)
    assert not rejects


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("ip-dst", "10.0.0.0/8", ["10.0.0.0/8"]),
        ("ip-src|port", "1.2.3.4|443", ["1.2.3.4"]),
        ("domain|ip", "evil.example|1.2.3.4", ["evil.example", "1.2.3.4"]),
        ("domain", "evil.example", ["evil.example"]),
        ("user-agent", "Evil/1", ["Evil/1"]),
        ("AS", "AS9009", ["9009"]),
    ],
)
def test_types(kind: str, value: str, expected: list[str]) -> None:
    found, rejects = read(IP | {"type": kind, "value": value})
    assert [i.value for i in found] == expected
    assert not rejects


@pytest.mark.parametrize("change", [{"to_ids": False}, {"deleted": True}, {"to_ids": None}])
def test_not_meant_for_detection(change: dict[str, Any]) -> None:
    assert read(IP | change) == ([], [])


def test_what_cannot_be_used_is_said_once_a_type() -> None:
    found, rejects = read(IP | {"type": "md5"}, IP | {"type": "md5"}, IP | {"value": "?"}, IP, 7)
    assert len(found) == 1
    assert [r.reason.partition(":")[0] for r in rejects] == [
        "attribute u-1 was set aside",
        "2 attributes of type 'md5' are not used",
    ]


def test_attributes_of_objects_count() -> None:
    found, _ = read(Object=[{"Attribute": [IP]}, 7])
    assert [i.value for i in found] == ["1.2.3.4"]


@pytest.mark.parametrize(
    "content",
    [
        {"Event": {"Attribute": []}},
        [{"Event": {"Attribute": []}}],
        {"response": [{"Event": {"Object": []}}]},
        {"Attribute": []},
    ],
)
def test_shapes(content: Any) -> None:
    assert len(list(misp_events(content))) == 1


@pytest.mark.parametrize("content", [None, 7, [], [7], {"Event": 7}, {"response": 7}, {"Event": {"info": "x"}}])
def test_other_shapes(content: Any) -> None:
    assert not list(misp_events(content))
