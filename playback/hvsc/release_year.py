"""In which year came a tune out, as its `released` line has it?"""

import re
from typing import Final

_YEAR: Final = re.compile(r"(?<!\d)(19[789]\d|20[0-4]\d)(?!\d)", re.ASCII)


def release_year(released: str) -> int | None:
    """ "1987-88 Thalamus" is 1987; None for "19?? Ocean" and all else without a year of 1970 to 2049."""
    match = _YEAR.search(released)
    return int(match[1]) if match else None
