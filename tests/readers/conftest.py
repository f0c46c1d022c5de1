"""No deadline for a property: how long one example takes says more about the machine than about a reader."""

from hypothesis import settings

settings.register_profile("readers", deadline=None)
settings.load_profile("readers")
