import re
from dataclasses import replace
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from rich.console import Console

from keywitness.model import Report
from keywitness.render.text import print_report, render, render_text
from tests.render.poison import TEXTS, poisoned
from tests.render.sample import report

NOTHING = Report((), (), (), 0, 0, {}, "", "0.1.0")


def test_the_head_counts_what_there_is() -> None:
    head = render(report()).splitlines()[:3]
    assert head[0] == "keywitness 0.1.0  Northwind"
    assert head[1] == "▲ 3 cases to escalate   ◆ 1 case to review   ● 5 cases closed"
    assert head[2] == (
        "15 credential changes in 1,262,105 records of 41 files, 2026-05-20 03:12 to 2026-08-26 03:12 UTC; 8 set aside"
    )


def test_cases_for_a_person_come_first_and_closed_ones_are_a_line_each() -> None:
    text = render(report())
    assert text.index("ESCALATE TO TIER 2  P1") < text.index("REVIEW  P3") < text.index("Closed: 5 changes")
    assert (
        len(
            re.findall(
                r"^2026-08-2\d 08:12  dora → svc-batch-\d  iam:CreateAccessKey  normal change", text, re.MULTILINE
            )
        )
        == 5
    )


def test_the_last_screen_lists_what_waits_for_a_person() -> None:
    made = report()
    end = render(made).rpartition("Cases for a person")[2]
    assert re.findall(r"KW-\w+", end) == [c.case_id for c in made.cases if c.action != "close"]
    assert "Cases for a person" not in render(replace(made, cases=()))


def test_the_end_says_what_the_answers_rest_on() -> None:
    text = render(report())
    assert re.search(r"aws management +418273645091 +2026-05-20 03:12 +2026-08-26 03:12 +1,204,881 +97", text)
    assert "  4 × the record has no time\n" in text
    assert "  logs/gcp/audit.ndjson.gz, record 14: the line is not JSON\n" in text
    assert "  identities: no file was given\n" in text
    assert "  the aws.sign-in log: would settle 1 answer\n" in text


def test_a_run_without_anything_is_told_too() -> None:
    assert "no log was read" in render(NOTHING)
    assert "Closed" not in render(NOTHING)
    assert "Set aside" not in render(replace(report(), rejects=()))


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("name", TEXTS)
def test_hostile_text_is_shown_and_does_nothing(name: str, colour: bool) -> None:
    text = render_text(poisoned(name), width=100, colour=colour)
    if colour:
        text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert text.replace("\n", "").isprintable()
    assert text.encode()


@pytest.mark.parametrize("name", ["escapes", "markup", "bidi"])
def test_hostile_text_is_shown_as_it_is(name: str) -> None:
    shown = {"escapes": r"\x1b]0;title\x07", "markup": "[bold red]alarm[/]", "bidi": r"invoice\u202efdp.exe"}[name]
    assert shown in render_text(poisoned(name), width=500)


def test_colour_is_only_an_addition() -> None:
    plain = render_text(report())
    assert "\x1b" not in plain
    coloured = render_text(report(), colour=True)
    assert "\x1b[1;31m" in coloured
    assert [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()] == plain.splitlines()


def test_a_terminal_gets_the_same_report() -> None:
    console = Console(file=StringIO(), width=110, color_system=None, _environ={})
    with console.capture() as capture:
        print_report(report(), console)
    assert [line.rstrip() for line in capture.get().splitlines()] == render(report()).splitlines()


def test_a_terminal_that_is_not_unicode_gets_escapes() -> None:
    file = TextIOWrapper(BytesIO(), encoding="ascii")
    print_report(report(), Console(file=file, width=110, color_system=None, _environ={}))
    file.flush()
    written = file.buffer.getvalue().decode("ascii")
    assert r"dora \u2192 svc-batch-0" in written
    assert "aws iam update-access-key --user-name svc-backup" in written
