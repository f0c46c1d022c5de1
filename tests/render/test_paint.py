from keywitness.render.paint import LONGEST, bullet, is_whole, minute, say, section, whole


def test_data_is_text_and_never_markup() -> None:
    assert say("[red]x[/] :skull:").plain == "[red]x[/] :skull:"
    assert say("\x1b[2J").plain == r"\x1b[2J"
    assert say("x" * 10_000).plain.startswith("x" * LONGEST + "…")


def test_what_is_copied_is_never_broken_or_clipped() -> None:
    assert whole("x" * 5_000, indent=2).plain == "  " + "x" * 5_000
    assert is_whole(whole("x"))
    assert not is_whole(say("x"))
    assert not is_whole(bullet("x"))


def test_an_empty_section_has_no_title() -> None:
    assert list(section("Timeline", [])) == []
    assert len(list(section("Timeline", [say("x")]))) == 3


def test_a_minute_is_the_start_of_a_time() -> None:
    assert minute("2026-08-20 03:12:45 UTC") == "2026-08-20 03:12"
