"""Sigma, both ways: the catalogue as rules for any SIEM, and rules of the user's own as catalogue entries.

Sigma tests one record's fields against fixed values. What the catalogue tells
apart by comparing two fields of a record (keys before and after) it can't say:
such a rule matches more, and its description says so.
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=1)
def layout() -> Mapping[str, Any]:
    """How records stand in Sigma: log sources, field names, levels, tactics (``layout.toml``)."""
    return tomllib.loads(files(__package__).joinpath("layout.toml").read_text("utf-8"))
