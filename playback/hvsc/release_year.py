"""In which year came a tune out, as its `released` line has it?"""

import re
from typing import Final

FIRST_YEAR: Final = 1975
LAST_YEAR: Final = 2035
_FOUR_DIGITS: Final = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)


def release_year(released: str) -> int | None:
    """ "1987-88 Thalamus" is 1987; None for "19?? Ocean" and all else without a year from 1975 to 2035."""
    years = (int(digits) for digits in _FOUR_DIGITS.findall(released))
    return next((year for year in years if FIRST_YEAR <= year <= LAST_YEAR), None)
