"""The record alone: a chain holds, and every way to edit it is found at the first entry that is wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.audit import START, Anchor, Draft, Entry, anchor_text, canonical, chain, check, link, read_anchors

AT = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def record(length: int = 6) -> list[Entry]:
    drafts = [Draft("desk:case:moved", f"KW-{n}", {"to": "triage", "n": n}) for n in range(length)]
    return chain("acme", None, AT, "jo", drafts)


def end(entries: list[Entry]) -> Anchor:
    return Anchor("acme", entries[-1].number, entries[-1].hash, AT)


def test_a_record_that_nobody_touched_holds() -> None:
    entries = record()
    assert check(entries, "acme", [end(entries)], end(entries)) is None
    assert [e.number for e in entries] == [1, 2, 3, 4, 5, 6]
    assert entries[0].previous == START
    assert check([], "acme") is None


def changed(entries: list[Entry]) -> list[Entry]:
    return [*entries[:2], replace(entries[2], body='{"n":2,"to":"closed"}'), *entries[3:]]


def rehashed(entries: list[Entry]) -> list[Entry]:
    """Changed by somebody who knows how to hash: the next entry gives it away."""
    forged = link("acme", 3, entries[1].hash, AT, "jo", Draft("desk:case:moved", "KW-2", {"to": "closed"}))
    return [*entries[:2], forged, *entries[3:]]


def inserted(entries: list[Entry]) -> list[Entry]:
    new = link("acme", 3, entries[1].hash, AT, "eve", Draft("desk:case:closed", "KW-2"))
    return [*entries[:2], new, *entries[2:]]


def swapped(entries: list[Entry]) -> list[Entry]:
    one, other = replace(entries[2], number=4), replace(entries[3], number=3)
    return [*entries[:2], other, one, *entries[4:]]


@pytest.mark.parametrize(
    ("edit", "number", "says"),
    [
        (changed, 3, "was changed"),
        (rehashed, 4, "doesn't follow"),
        (lambda entries: [*entries[:2], *entries[3:]], 3, "entry 3 is missing"),
        (inserted, 4, "is missing"),
        (swapped, 3, "doesn't follow"),
        (lambda entries: [*entries[:2], entries[3], entries[2], *entries[4:]], 3, "entry 3 is missing"),
        (lambda entries: entries[:4], 5, "entries 5 to 6 are missing: the end was cut off"),
        (lambda entries: [], 1, "the end was cut off"),
        (lambda entries: entries[1:], 1, "entry 1 is missing"),
        (lambda entries: [replace(e, tenant="other") for e in entries], 1, "belongs to the tenant"),
        (
            lambda entries: [*entries, link("acme", 7, entries[-1].hash, AT, "eve", Draft("x:y:z", ""))],
            7,
            "after the end",
        ),
    ],
)
def test_each_edit_is_found_where_it_is(edit: Callable[[list[Entry]], list[Entry]], number: int, says: str) -> None:
    entries = record()
    broken = check(edit(entries), "acme", (), end(entries))
    assert broken is not None
    assert broken.number == number
    assert says in broken.why


def test_a_record_written_anew_does_not_meet_an_old_anchor() -> None:
    kept = end(record(4))
    anew = chain("acme", None, AT, "eve", [Draft("desk:case:moved", f"KW-{n}") for n in range(6)])
    assert check(anew, "acme", (), end(anew)) is None
    broken = check(anew, "acme", [kept], end(anew))
    assert broken is not None
    assert broken.number == 4
    assert "written anew" in broken.why


def test_a_record_cut_off_with_its_end_moved_is_found_by_an_anchor_alone() -> None:
    entries = record()
    assert check(entries[:4], "acme", (), end(entries[:4])) is None
    assert check(entries[:4], "acme", [end(entries)], end(entries[:4])) is not None


def test_an_anchor_of_another_tenant_says_nothing() -> None:
    entries = record()
    assert check(entries, "acme", [Anchor("other", 99, "0" * 64, AT)]) is None


@given(st.data())
def test_any_change_of_any_field_is_found(data: st.DataObject) -> None:
    entries = record(4)
    at = data.draw(st.integers(0, 3))
    field = data.draw(
        st.sampled_from(["at", "who", "action", "subject", "body", "previous", "hash", "number", "tenant"])
    )
    was = getattr(entries[at], field)
    new = data.draw(
        st.integers(0, 9)
        if field == "number"
        else st.datetimes().map(lambda d: d.replace(tzinfo=UTC))
        if field == "at"
        else st.text(max_size=70)
    )
    given: dict[str, Any] = {field: new}
    edited = [*entries[:at], replace(entries[at], **given), *entries[at + 1 :]]
    broken = check(edited, "acme", (), end(entries))
    assert (broken is None) == (was == new)
    if broken:
        assert at + 1 <= broken.number <= at + 2


def test_canonical_json_has_one_spelling() -> None:
    assert canonical({"b": [1, None, True], "a": "\u00e9\x00"}) == '{"a":"\\u00e9\\u0000","b":[1,null,true]}'
    with pytest.raises(ValueError, match="more than one spelling"):
        canonical({"a": [0.5]})


def test_anchors_are_kept_as_text() -> None:
    anchors = (end(record()), Anchor("other", 0, START, AT))
    assert read_anchors(anchor_text(anchors)) == anchors
    with pytest.raises(ValueError, match="line 2"):
        read_anchors(anchor_text(anchors[:1]) + "{}\n")
