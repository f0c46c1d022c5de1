"""Credential types as people write them."""

from functools import lru_cache
from typing import Final

_INITIALS: Final = frozenset(
    {
        *("api", "db", "fido2", "hmac", "laps", "mfa", "oath", "oauth", "oidc"),
        *("saml", "sas", "scim", "sftp", "sql", "ssh", "vm"),
    }
)
_SPECIAL: Final = {"oauth": "OAuth", "windows": "Windows", "exchange": "Exchange"}
_SPELLED_WITH_AN: Final = "aefhilmnorsx"  # letters whose own names begin with a vowel
_READ_AS_WORDS: Final = frozenset({"laps", "sas", "saml", "scim"})


@lru_cache(maxsize=512)
def kind(credential_type: str) -> str:
    """``ssh_public_key`` as ``SSH public key``."""
    return " ".join(_SPECIAL.get(w) or (w.upper() if w in _INITIALS else w) for w in credential_type.split("_"))


@lru_cache(maxsize=512)
def named(credential_type: str) -> str:
    """The same with its article: ``an access key``, ``an SSH public key``, ``a SAML provider``, ``a user password``."""
    first = credential_type.split("_")[0]
    if first in _INITIALS and first not in _READ_AS_WORDS:
        vowel = first[:1] in _SPELLED_WITH_AN
    else:
        vowel = first[:1] in "aeio" or (first[:1] == "u" and not first.startswith("us"))
    return f"{'an' if vowel else 'a'} {kind(credential_type)}"


def counted(number: int, one: str, many: str = "") -> str:
    """``1 day``, ``2 days``, ``0 days``; ``many`` where it takes more than an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def at_most(days: int) -> str:
    """What "never on so many days" still allows, by the rule of three: with 95 % confidence, 3 of that many days."""
    return f"at most {min(1, 3 / max(days, 1)):.0%} of days, 95 % sure"
