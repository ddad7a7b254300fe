"""What does a limit such as `120/min` mean?"""

import re
from dataclasses import dataclass

_PERIODS_S = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "d": 86400,
    "day": 86400,
}
_PATTERN = re.compile(r"\s*(\d+)\s*/\s*([a-z]+)\s*")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` events in any `period_s` seconds."""

    count: int
    period_s: int

    def __str__(self) -> str:
        """Write the rate the way it is read, with the shortest name of its period."""
        name = {1: "s", 60: "min", 3600: "h", 86400: "d"}[self.period_s]
        return f"{self.count}/{name}"


def parse_rate(text: str) -> Rate | None:
    """Read `count/period`, for example `120/min`; an empty text means no limit.

    Periods: s, min, h, d and their long names. Raises ValueError with a sentence for anything else.
    """
    if not text.strip():
        return None
    match = _PATTERN.fullmatch(text.lower())
    if match is None or match[2] not in _PERIODS_S or int(match[1]) == 0:
        raise ValueError(
            f"{text!r} is not a rate; write a count and a period, like 120/min, or leave it empty for no limit"
        )
    return Rate(count=int(match[1]), period_s=_PERIODS_S[match[2]])
