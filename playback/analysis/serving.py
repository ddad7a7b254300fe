"""By which calibration are songs rated and compared now?  Read once a process, and again when another one is calibrated."""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from playback.analysis.models import Features, Recipe
from playback.catalogue.models import Track

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from playback.analysis.calibration import Calibration, Rating
    from playback.analysis.explanations import Explanation


@dataclass(frozen=True, slots=True)
class Serving:
    """The recipe whose ratings are shown, its calibration ready for use, and the source of its predictions."""

    recipe_id: int
    version: str
    calibrated_at: datetime
    source: str
    calibration: "Calibration"


@dataclass(frozen=True, slots=True)
class Absence:
    """Why nothing is known of how a song sounds: a code for programs, a sentence for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Described:
    """A song's ratings with their reasons; `provisional`: there were too few songs to compare it with."""

    rating: "Rating"
    explanations: "list[Explanation]"
    provisional: bool
    vector: "NDArray[np.float32]"


_lock = Lock()
_kept: Serving | None = None


def serving() -> Serving | None:
    """The calibration that serves; None: no songs were rated yet.  One small query where it is the one that is known."""
    global _kept
    newest = _newest()
    if newest is None:
        return None
    with _lock:
        if _kept is None or (_kept.recipe_id, _kept.calibrated_at) != newest:
            _kept = _read(*newest)
        return _kept


def describe(track: Track, served: Serving | None) -> Described | Absence:
    """What is known of how the track sounds, or why nothing is."""
    if served is None:
        return Absence("not-calibrated", "No songs were analysed here yet.")
    row = Features.objects.filter(track=track, recipe=served.recipe_id).first()
    if row is None:
        return Absence("not-analysed", "This song was not analysed yet.")
    if row.failure:
        return Absence("analysis-failed", f"This song could not be analysed ({row.failure}).")
    return _described(row, served)


def _described(row: Features, served: Serving) -> Described:
    import numpy as np

    from playback.analysis.calibration import rate
    from playback.analysis.explanations import explain

    vector = np.frombuffer(bytes(row.vector), dtype="<f4")
    rating = rate(vector, served.calibration)
    return Described(
        rating, explain(vector, served.calibration, rating), served.calibration.provisional, vector
    )


def _newest() -> tuple[int, datetime] | None:
    rows = Recipe.objects.exclude(calibrated_at=None).order_by("-calibrated_at", "-id")
    found: tuple[int, datetime | Any] | None = rows.values_list("pk", "calibrated_at").first()
    return found


def _read(recipe_id: int, calibrated_at: datetime) -> Serving | None:
    from playback.analysis.calibration import Calibration

    recipe = Recipe.objects.filter(pk=recipe_id).first()
    if recipe is None or recipe.calibration is None:
        return None
    return Serving(
        recipe_id,
        recipe.version,
        # As the row has it now: should another have calibrated meanwhile, the next question finds out.
        recipe.calibrated_at or calibrated_at,
        recipe.calibration["source"],
        Calibration(recipe.calibration, recipe.features),
    )
