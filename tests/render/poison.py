"""The sample run with a hostile text in every field that holds text."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from keywitness.model import Answer, Report
from tests.render.sample import report

TEXTS: Final[Mapping[str, str]] = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "end tags": "</pre></code></style></table></article><!-- ",
    "attribute": "\"'><a href=\"javascript:alert(1)\" onmouseover='alert(1)' style=color:red>",
    "escapes": "\x1b[31mred\x1b]0;title\x07\x1b[2J\x9b2J\x08\x00",
    "formula": '=HYPERLINK("http://attacker.example","x")',
    "bidi": "invoice\u202efdp.exe\u2066\u200b\u200d\ufeff\u061c",
    "lines": "first\nsecond\r\nthird\u2028fourth\u2029fifth\x85sixth\x0bseventh\tend",
    "surrogates": "\ud800lone\udfff\udc80",
    "markup": "[bold red]alarm[/] [link=file:///etc/passwd]x[/link] :skull: {{ 7 * 7 }} {% raw %} {# x #}",
    "long": "Mozilla/5.0 " + "A" * 10_000,
    "astral": "\U000e0041\U000e0100\U0010ffff\ue000\u3164\u0300" * 3,
    "empty": "",
}

LITERALS: Final = frozenset({"action", "priority", "answer", "change", "scope", "outcome"})
"""Fields whose values keywitness itself sets, from a short list."""


def poisoned(name: str) -> Report:
    made = _poisoned(report(), TEXTS[name])
    assert isinstance(made, Report)
    return made


def _poisoned(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(_poisoned(item, text) for item in value)
    if isinstance(value, Mapping):
        return {**{key: _poisoned(item, text) for key, item in value.items()}, text: _extra(value, text)}
    if is_dataclass(value) and not isinstance(value, type):
        kept = LITERALS | ({"kind"} if hasattr(value, "time") else set())
        made = {f.name: getattr(value, f.name) for f in fields(value)}
        return type(value)(
            **{
                name: item if name in kept and isinstance(item, str) else _poisoned(item, text)
                for name, item in made.items()
            }
        )
    return value


def _extra(value: Mapping[str, Any], text: str) -> Any:
    """What a key of the attacker's own maps to: an answer among answers, else a text."""
    given = any(isinstance(item, Answer) for item in value.values())
    return Answer("yes", text, (text,), (text,), (text,), text) if given else text
