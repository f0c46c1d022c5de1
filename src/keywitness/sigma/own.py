"""The shipped catalogue, preceded by operations of the user's own: TOML entries or Sigma rules."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from keywitness.catalogue import PROVIDERS, Catalogue, load
from keywitness.errors import KeywitnessError, UsageError
from keywitness.sigma.read import entries

SUFFIXES: Final = (".toml", ".yml", ".yaml")


def load_with(own: Path | None) -> Catalogue:
    """The catalogue with the entries of a file or folder before it: of two about one kind of credential, they count.

    Raises UsageError that names the file, and the rule or the entry.
    """
    try:
        found = load(text for path in _files(own) for text in _texts(path))
    except UsageError:
        raise
    except KeywitnessError as error:
        raise UsageError(f"{own}: {error}") from error
    twice = [ident for ident, count in Counter(o.id for o in found.operations).items() if count > 1]
    if twice:
        raise UsageError(f"{own}: there is more than one operation {twice[0]}")
    return found


def _files(own: Path | None) -> list[Path]:
    if own is None:
        return []
    if not own.exists():
        raise UsageError(f"{own} does not exist")
    found = sorted(p for p in own.rglob("*") if p.suffix in SUFFIXES and p.is_file()) if own.is_dir() else [own]
    if not found:
        raise UsageError(f"{own} holds no operations: neither TOML nor Sigma rules (YAML)")
    return found


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    if path.suffix != ".toml":
        yield from entries(path)
        return
    try:
        text = path.read_text("utf-8")
        provider = tomllib.loads(text).get("provider", path.stem)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is no TOML: {error}") from error
    if provider not in PROVIDERS:
        raise UsageError(
            f"{path}: {provider!r} is no provider; name the file or set provider = {' or '.join(PROVIDERS)}"
        )
    yield provider, text
