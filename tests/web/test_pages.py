"""The templates make everything visible and escape it; a file's address changes with its content."""

from keywitness.web.pages import environment, static, static_path


def test_what_a_template_prints_is_inert() -> None:
    made = environment().from_string("{{ text }}").render(text="<b>\x1b[31m\u202e")
    assert made == r"&lt;b&gt;\x1b[31m\u202e"


def test_the_reports_parts_are_there_too() -> None:
    assert environment().get_template("macros.html.j2")
    assert static("report.css").startswith(b"/* Palette")
    assert static_path("desk.js").endswith("/desk.js")
