"""The compiled module, where there is one; everything works without it, and slower.

Installing keywitness compiles it when a C compiler is there.
"""

from typing import Any

walk: Any
"""The module of ``_walk.c``, or None."""

try:
    from keywitness.readers import _walk  # type: ignore[attr-defined,unused-ignore]
except ImportError:
    walk = None
else:
    walk = _walk
