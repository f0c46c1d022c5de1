from collections.abc import Iterator
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from keywitness.model import Case
from keywitness.render import casetext, story
from keywitness.render.paint import is_whole
from tests.render.parts import LONG_ARN, event, moment
from tests.render.sample import burst, stolen_key, unsettled, upload


def told(case: Case, width: int = 110) -> str:
    console = Console(file=StringIO(), width=width, color_system=None, _environ={})
    with console.capture() as capture:
        for part in casetext.parts(case):
            console.print(part, soft_wrap=is_whole(part), highlight=False)
    return capture.get()


def in_order(text: str, *parts: str) -> Iterator[int]:
    place = 0
    for part in parts:
        place = text.index(part, place)
        yield place


def test_a_case_is_told_from_the_sentence_to_the_evidence() -> None:
    text = told(stolen_key())
    assert list(
        in_order(
            text,
            "ESCALATE TO TIER 2  P1  KW-4F7QZ2AB",
            "dora and svc-backup made 2 credential changes",
            "first response within 15 minutes",
            "■ Unauthorised: yes (no approved change covers it)",
            "□ Pattern: no",
            "Answers\n",
            "Against this verdict\n",
            "Would flip it: An approved change for this actor",
            "2 changes\n",
            "Timeline, in UTC and the actor's time\n",
            "Contain, least destructive first\n",
            "Evidence\n",
            "keywitness explain KW-4F7QZ2AB QUESTION",
        )
    )


def test_answers_are_words_with_what_is_missing_and_what_speaks_against() -> None:
    text = told(unsettled())
    assert "Approved change?         UNKNOWN  no source of change tickets is configured" in text
    assert "Missing: change tickets (changes.csv or a ticket system)" in text
    assert "? Not evaluable: 3 (Approved change?, Unusual for this actor?, Actor and target known?)" in text
    assert "Against: CHG0040377 agrees on actor, action, approval" in told(stolen_key())


def test_a_burst_is_told_once_with_a_table_of_its_changes() -> None:
    text = told(burst())
    assert text.count("none of 212 change tickets") == 1
    assert "badge-reader (failure)" in text
    assert "What they share" in text


@pytest.mark.parametrize("width", [60, 80, 110, 200])
def test_commands_and_event_ids_are_whole_at_any_width(width: int) -> None:
    lines = told(stolen_key(), width).splitlines()
    assert all(f"  {command.text}" in lines for command in story.commands(stolen_key()))
    assert any(line.startswith(f"  {event(1)}  change #1 (AKIAIOSFODNN7EX00001), unusual_location") for line in lines)


def test_times_are_told_in_utc_and_in_the_actors_zone() -> None:
    assert "2026-08-20 03:12:45  Thu 05:12 CEST  change" in told(stolen_key())


def test_a_long_name_is_folded_and_not_lost() -> None:
    assert LONG_ARN in "".join(line.strip() for line in told(upload(), 60).splitlines())


def test_very_many_changes_are_counted() -> None:
    finding = replace(burst().findings[0], timeline=tuple(moment(n, "read", n, "activity") for n in range(99)))
    text = told(Case(burst().case_id, (finding,) * 99))
    assert f"and {99 - casetext.CHANGES} more" in text
    assert f"and {99 - casetext.MOMENTS} more" in text


def test_a_command_that_cannot_be_copied_is_marked() -> None:
    finding = replace(upload().findings[0], containment=("disable 'a\u200bb'",))
    text = told(Case(upload().case_id, (finding,)))
    assert r"  disable 'a\u200bb'" in text
    assert story.INEXACT in text
