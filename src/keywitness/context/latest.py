"""The latest answer of a remote source that ``org.toml`` names: as of now, or the last copy, with the gap it leaves.

A source that is configured and can't be read whole is a :class:`Gap`: while it
lasts, nobody can say that the source holds nothing.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from keywitness.context.copies import Copy, read_copy, write_copy
from keywitness.context.remote import UnavailableError
from keywitness.context.site import Site
from keywitness.context.tables import decode_file
from keywitness.errors import Reject, Source


@dataclass(frozen=True, slots=True)
class Gap:
    """A source whose content isn't known: all of it, or what came after ``since``."""

    source: str
    since: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether what speaks of a change at that time may be missing."""
        return self.since is None or at > self.since

    def __str__(self) -> str:
        return f"{self.source} after {self.since:%Y-%m-%d %H:%M} UTC" if self.since else self.source


def settings(folder: Path | None) -> tuple[Mapping[str, Any], Source]:
    """The content of org.toml. What is wrong with the file is reported by who reads the organisation from it."""
    path = folder / "org.toml" if folder else None
    if path is None or not path.is_file():
        return {}, Source("org.toml")
    try:
        return tomllib.loads(decode_file(path, []) or ""), Source(str(path))
    except (ValueError, RecursionError):
        return {}, Source(str(path))


def latest(
    site: Site, kept_at: Path, what: str, fetch: Callable[[], Copy], rejects: list[Reject]
) -> tuple[Copy | None, Gap | None]:
    """The source's content as it is now, else the last copy of it, with the gap that this leaves.

    ``what`` it holds, for the report. ``fetch`` may raise UnavailableError or ValueError.
    """
    kept = read_copy(kept_at)
    if kept and timedelta(0) <= datetime.now(UTC) - kept.read < site.max_age:
        return kept, Gap(site.name, kept.read)
    try:
        fresh = fetch()
    except (UnavailableError, ValueError) as error:
        reason = f"{site.name} is not available: {error}"
        reason += f"; its {what} as of {kept.read:%Y-%m-%d %H:%M} UTC are used" if kept else ""
        rejects.append(Reject(Source(site.url), reason))
        return kept, Gap(site.name, kept.read if kept else None)
    write_copy(kept_at, fresh)
    return fresh, None


def age(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 1:
        return "just now"
    hours, days = minutes // 60, minutes // (60 * 24)
    return f"{days} days ago" if days > 1 else f"{hours} hours ago" if hours > 1 else f"{minutes} minutes ago"
