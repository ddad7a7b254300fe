"""Which figures make up a song's vector? Name, unit, range, formula and source of each, in the vector's order."""

from __future__ import annotations

from typing import Final

from playback.analysis.features.spec import FeatureSpec
from playback.analysis.features.specs_of_sound import SOUND_SPECS
from playback.analysis.features.specs_of_trace import TRACE_SPECS

FEATURES: Final[tuple[FeatureSpec, ...]] = (*SOUND_SPECS, *TRACE_SPECS)
NAMES: Final[tuple[str, ...]] = tuple(spec.name for spec in FEATURES)
