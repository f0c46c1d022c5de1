"""What a directory says of the device that somebody signed in with, in one word for all providers."""

from typing import Any

from keywitness.readers.values import flag, text


def device_state(compliant: Any, managed: Any, trust: Any, known: bool) -> str | None:
    """One of :data:`keywitness.event.DEVICE_STATES`; None when the record says nothing. ``known``: it has an id.

    Entra writes ``isCompliant: false`` for any device that it doesn't know too: only a managed one breaks a policy.
    """
    compliant, managed, trust = flag(compliant), flag(managed), (text(trust) or "").lower()
    if compliant:
        return "compliant"
    if managed:
        return "managed" if compliant is None else "non-compliant"
    if known and "joined" in trust:
        return "joined"
    return None if compliant is None and managed is None and not trust else "unmanaged"
