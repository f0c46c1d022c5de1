"""keywitness witnesses every new credential in a company's clouds and says whose approval it had."""

from typing import Final

__version__: Final = "0.1.0"
