"""Thieves in AWS: what they leave in the logs."""

from datetime import timedelta

from keywitness.simulate.company import locate
from keywitness.simulate.stage import Stage
from keywitness.simulate.wide.thieves import BLINDING
from tests.simulate.sample import Record, time_of


def test_slow_and_low_takes_a_month(wide_kinds: dict[str, list[Record]]) -> None:
    times = sorted(map(time_of, wide_kinds["h-slow-and-low"]))
    assert len(times) == 4
    assert times[-1] - times[0] > timedelta(days=17)
    assert len({r["userIdentity"]["userName"] for r in wide_kinds["h-slow-and-low"]}) == 1


def test_each_key_is_made_with_the_one_before(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    first, second, third = wide_kinds["h-three-deep"]
    made = [r["responseElements"]["accessKey"]["accessKeyId"] for r in (first, second)]
    assumed = [r for r in wide_stage.logs["aws/111122223333"] if r["userIdentity"].get("accessKeyId") == made[0]]
    session = assumed[0]["responseElements"]["credentials"]["accessKeyId"]
    assert second["userIdentity"]["accessKeyId"] == session
    assert third["userIdentity"]["accessKeyId"] == made[1]
    assert second["recipientAccountId"] == third["recipientAccountId"] != first["recipientAccountId"]


def test_whoever_left_is_gone_before_the_key(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    (key,) = wide_kinds["h-for-a-leaver"]
    gone = key["requestParameters"]["userName"]
    calls = [r for r in wide_stage.logs["aws/111122223333"] if r["userIdentity"].get("userName") == gone]
    inside = [r for r in calls if locate(r["sourceIPAddress"]).country in {"CA", "PT", "SG"}]
    assert max(time_of(r).date() for r in inside) <= wide_stage.leavers[gone] + timedelta(days=1)
    assert wide_stage.leavers[gone] < time_of(key).date()


def test_doors_are_tried_before_one_opens(wide_kinds: dict[str, list[Record]]) -> None:
    (key,) = wide_kinds["h-after-denied-burst"]
    tried = wide_kinds["h-denied-burst"]
    assert len(tried) >= 13
    assert all(time_of(r) < time_of(key) for r in tried)


def test_something_is_switched_off_first(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    (key,) = wide_kinds["h-logging-stopped"]
    names = {name for _, name, _ in BLINDING}
    off = [r for r in wide_stage.logs["aws/111122223333"] if r["eventName"] in names]
    assert time_of(off[0]) < time_of(key)
    assert off[0]["userIdentity"]["userName"] == key["userIdentity"]["userName"]
