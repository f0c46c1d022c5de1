"""The compiled module, where there is one; everything works without it, and slower.

Installing keywitness compiles it when a C compiler is there.
"""

from typing import Any, Final


def _module() -> Any:
    try:
        from keywitness.readers import _walk  # type: ignore[attr-defined,unused-ignore]
    except ImportError:
        return None
    return _walk


walk: Final = _module()
"""The module of ``_walk.c``, or None."""
