"""What is there to say about one feature?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GROUPS: Final = ("sound", "timbre", "dynamics", "rhythm", "notes", "synthesis", "driver")
OWN: Final = "SIDFlow"


@dataclass(frozen=True)
class FeatureSpec:
    """One number of a vector. It lies in `low`..`high`; `meaning` says how it is made, `source` who thought it up.

    `version` goes up with the formula: vectors of two versions are never compared.
    """

    name: str
    unit: str
    low: float
    high: float
    group: str
    meaning: str
    source: str = OWN
    version: int = 1
