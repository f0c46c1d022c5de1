"""Changes about which a person must be asked, and those that look like them."""

from keywitness.simulate.stage import Stage
from tests.simulate.sample import Record


def test_nothing_says_who_began_the_session(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    (made,) = wide_kinds["r-session-without-start"]
    key = made["userIdentity"]["accessKeyId"]
    every = [record for stream in wide_stage.logs.values() for record in stream]
    assert not [r for r in every if r.get("eventName") == "AssumeRole" and key in str(r.get("responseElements"))]


def test_each_hasty_ticket_lacks_one_thing(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    kinds = ("r-other-spelling", "r-text-alone", "r-no-end", "h-approved-late")
    targets = {kind: wide_kinds[kind][0]["requestParameters"]["userName"] for kind in kinds}
    spelt, text, endless, late = (
        next(t for t in wide_stage.tickets if name in (t.target, t.target.replace("_", "-")) or name in t.summary)
        for name in targets.values()
    )
    assert spelt.target == targets["r-other-spelling"].replace("-", "_")
    assert (text.target, endless.end) == ("", None)
    assert late.approved_at is not None
    assert late.approved_at > late.start


def test_own_passwords_are_ones_own(wide_kinds: dict[str, list[Record]]) -> None:
    for kind in ("o-own-password", "h-own-password-abroad"):
        assert [r["actor"]["id"] for r in wide_kinds[kind]] == [r["target"][0]["id"] for r in wide_kinds[kind]]
