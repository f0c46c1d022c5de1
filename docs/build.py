"""Writes what the docs take from data: questions, catalogue, policy, help. ``--check`` only says what differs.

Run by ``make docs`` (writes) and by the tests (checks), so that the pages can't go stale.
"""

import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

from keywitness import catalogue
from keywitness.catalogue import Operation
from keywitness.cli import parser
from keywitness.questions import QUESTIONS

HERE: Final = Path(__file__).parent
_NOTE: Final = "<!-- Made by docs/build.py; change the source and run make docs. -->"


def questions() -> Iterator[str]:
    """One section a question, from the questions' own docstrings."""
    yield from (_NOTE, "# Questions", "")
    yield "Each change is asked all of these. An answer is *yes*, *no* or *unknown*; unknown names what is missing."
    for question in QUESTIONS:
        module = sys.modules[question.ask.__module__]
        yield from ("", f"## `{question.id}`", "", (module.__doc__ or "").replace("``", "`").strip())
        if question.uses:
            yield from ("", f"History asked: {', '.join(f'`{u}`' for u in question.uses)}.")


def operations() -> Iterator[str]:
    """The catalogue as tables, one a provider, with a count of what each entry rests on."""
    entries = catalogue.load().operations
    yield from (_NOTE, "# Catalogue", "")
    yield "Which audit records add, change or take away a credential, and on what that knowledge rests: a real *log*, a"
    yield "record of that *shape*, the provider's *model* of its API, or its *documentation*."
    yield from (
        "",
        "| provider | entries | core | log | shape | model | documentation |",
        "|---|---|---|---|---|---|---|",
    )
    for provider in catalogue.PROVIDERS:
        own = [o for o in entries if o.provider == provider]
        rests = Counter(o.rests_on for o in own)
        counts = " | ".join(str(rests[kind]) for kind in ("log", "shape", "model", "documentation"))
        yield f"| {provider} | {len(own)} | {sum(o.scope == 'core' for o in own)} | {counts} |"
    for provider in catalogue.PROVIDERS:
        yield from ("", f"## {provider}", "", "| entry | events | credential | change | scope | technique | rests on |")
        yield "|---|---|---|---|---|---|---|"
        yield from (_row(o) for o in entries if o.provider == provider)


def _row(operation: Operation) -> str:
    events = ", ".join(f"`{event}`" for event in operation.events)
    linked = f"[`{operation.id}`]({operation.reference})"
    kind = operation.credential_type.replace("_", " ")
    cells = (linked, events, kind, operation.change, operation.scope, operation.technique, operation.rests_on)
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def policy() -> Iterator[str]:
    """The shipped policy, whose comments explain each value."""
    yield from (_NOTE, "# Policy", "")
    yield "The decision is data. `keywitness triage --policy FILE` takes a file that sets any of these values:"
    yield from ("", "```toml", files("keywitness").joinpath("policy.toml").read_text("utf-8").rstrip(), "```")


def readme() -> Iterator[str]:
    """The README as it is, with the help text as the program prints it at 80 columns."""
    os.environ["COLUMNS"] = "80"
    shown = f"$ keywitness --help\n{parser().format_help()}```"
    text = (HERE.parent / "README.md").read_text("utf-8")
    yield re.sub(r"\$ keywitness --help\n.*?```", lambda _: shown, text, flags=re.DOTALL).removesuffix("\n")


PAGES: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "../README.md": readme,
    "questions.md": questions,
    "catalogue.md": operations,
    "policy.md": policy,
}


def main() -> int:
    stale = []
    for name, page in PAGES.items():
        text = "\n".join(page()) + "\n"
        path = HERE / name
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, "utf-8")
    if stale:
        print(f"docs: {'stale' if '--check' in sys.argv else 'written'}: {', '.join(stale)}")
    return int(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
