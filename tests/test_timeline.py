"""What happened around a change, in order, with the change itself always among it."""

from typing import Any

from keywitness.behaviour.acts import Act, Acts
from keywitness.behaviour.usage import Usage, Use
from keywitness.model import TimelineEntry
from keywitness.timeline import MOST, timeline
from tests.support import ago, change, facts, later

MADE = change(event_id="own")


def act(number: int, **given: Any) -> Act:
    values: dict[str, Any] = {
        "operation": f"iam:Op{number}",
        "class_": "management",
        "outcome": "success",
        "target": None,
        "source_ip": None,
        "same_session": False,
        "count": 1,
        "first": ago(minutes=number),
        "first_event": f"a{number:03d}",
    }
    return Act(**values | given)


def lines(**given: Any) -> list[TimelineEntry]:
    return list(timeline(facts(change=MADE, **given)))


def test_everything_in_order_with_its_kind() -> None:
    use = Use("192.0.2.1", "svc", "key", 7, 7, later(hours=2), later(hours=9), "u1", "sts:GetCallerIdentity", 3)
    found = lines(
        siblings=((change(event_id="s1", time=ago(hours=1), target="other"), True),),
        children=(change(event_id="c1", time=later(hours=3), target="third", outcome="unknown"),),
        lifecycle=(change("boss", event_id="l1", time=later(hours=4), change="removed"),),
        usage=Usage((use,)),
        acts=Acts((act(90, class_="risk"), act(30, outcome="failure", source_ip="192.0.2.9", count=3)), 0),
    )
    assert [(e.event_id, e.kind, e.what) for e in found] == [
        ("a090", "risk", "iam:Op90"),
        ("s1", "change", "iam:CreateAccessKey for other (covered by a change)"),
        ("a030", "activity", "iam:Op30 (failure) from 192.0.2.9, 3 times"),
        ("own", "change", "iam:CreateAccessKey for svc"),
        ("u1", "use", "the new credential was used: sts:GetCallerIdentity from 192.0.2.1, 7 call(s) in all"),
        ("c1", "change", "made with the new credential: iam:CreateAccessKey (unknown) for third"),
        ("l1", "lifecycle", "the credential was removed by boss"),
    ]


def test_a_change_alone_is_a_timeline() -> None:
    assert [e.event_id for e in lines()] == ["own"]


def test_an_event_that_is_told_already_is_not_told_as_activity() -> None:
    others = tuple((change(event_id=f"a00{i}"), False) for i in (1, 2))
    child = change(event_id="a003", time=later(hours=1))
    found = lines(siblings=others, children=(child,), acts=Acts((act(1), act(2), act(3), act(4)), 0))
    assert [e.event_id for e in found if e.kind == "activity"] == ["a004"]


def test_of_much_activity_the_nearest_is_kept() -> None:
    found = lines(acts=Acts(tuple(act(number) for number in range(1, 41)), 0))
    assert len(found) == MOST
    assert {e.event_id for e in found} == {"own", *(f"a{number:03d}" for number in range(1, MOST))}


def test_the_change_stays_among_many_important_entries() -> None:
    earlier = tuple((change(event_id=f"s{i}", time=ago(hours=i)), False) for i in range(1, 20))
    same_time = tuple((change(event_id=f"0{i}"), False) for i in range(40))
    found = lines(siblings=(*earlier, *same_time), acts=Acts((act(1),), 0))
    assert len(found) == MOST
    assert "own" in [e.event_id for e in found]
    assert [e.kind for e in found] == ["change"] * MOST


def test_two_credentials_of_one_event_are_one_entry() -> None:
    assert len(lines(siblings=((change(event_id="own", credential_type="other"), False),))) == 1
