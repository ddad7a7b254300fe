"""How do the features of a recipe become the ratings that are shown, so that nobody ever sees half of them?

    features --calibrate--> predictions under a new source --gate--> Recipe.calibration names that source --> old ones go

Only the predictions of the source that the calibration names are shown.  So whoever is killed at any moment leaves either the
old ratings or the new ones, whole; what lies about is removed by the next calibration.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from core.problems import DomainError
from playback.analysis.models import Features, FeaturesQuerySet, Prediction, Recipe
from playback.catalogue.models import Track

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from playback.analysis.gate import Verdict

Progress = Callable[[int, int, str], None]

FEWEST_SONGS: Final = 50
_BATCH: Final = 500
_CHUNK: Final = 2000
# Nobody takes so long to calibrate: predictions this old that nobody shows were left by somebody who was killed.
_LEFT_BEHIND: Final = timedelta(hours=6)


class RatingsRefused(DomainError):
    """The gate holds the new ratings back; those before stay.  Its member `figures` is what was counted."""

    status = HTTPStatus.CONFLICT
    code = "ratings-refused"
    title = "The new ratings would tell too little"


class CalibratedMeanwhile(DomainError):
    """Somebody else calibrated the recipe at the same time and was done first; their ratings are shown."""

    status = HTTPStatus.CONFLICT
    code = "calibrated-meanwhile"
    title = "Another calibration was faster"


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What a calibration did: how many songs have ratings now, and the gate's figures."""

    songs: int
    provisional: bool
    figures: dict[str, Any]


def calibrate(recipe: Recipe, *, progress: Progress | None = None) -> Calibrated:
    """Calibrates on the recipe's features and rates all its songs anew.

    `progress(done, total, message)` is called every few thousand songs; it may raise to stop, and nothing changed then.
    With fewer than 50 songs the calibration is the provisional one.  Raises RatingsRefused, CalibratedMeanwhile.
    """
    tell = progress or _nobody
    begun, before = timezone.now(), recipe.calibrated_at
    served = recipe.calibration["source"] if recipe.calibration else ""
    ids, vectors = read_vectors(recipe, tell)
    tell(0, len(ids), "comparing the songs with each other")
    stored, ratings, verdict = _rated(vectors, recipe.features)
    if not verdict.is_good:
        raise RatingsRefused(" ".join(verdict.reasons), figures=verdict.figures)
    source = _new_source(recipe, begun)
    stored |= {"source": source, "gate": verdict.figures}
    _write_all(source, ids, ratings, made_at=begun, tell=tell)
    now = timezone.now()
    switched = Recipe.objects.filter(pk=recipe.pk, calibrated_at=before).update(
        calibration=stored, calibrated_at=now
    )
    if not switched:
        _remove(Prediction.objects.filter(source=source))
        raise CalibratedMeanwhile
    recipe.calibration, recipe.calibrated_at = stored, now
    rate_new(recipe)
    tell(len(ids), len(ids), "removing the ratings before")
    _remove(_left_behind(recipe, served, now - _LEFT_BEHIND).exclude(source=source))
    return Calibrated(len(ids), stored["provisional"], verdict.figures)


def needs_calibration(recipe: Recipe) -> bool:
    """Whether it has none, or a provisional one and songs enough for a better one by now."""
    if recipe.calibration is None:
        return True
    return bool(recipe.calibration["provisional"]) and len(current(recipe)[:FEWEST_SONGS]) == FEWEST_SONGS


def rate_new(recipe: Recipe, rows: Iterable[Features] | None = None) -> int:
    """Rates by the calibration that is kept: these rows, or all that were analysed since they were rated; answers how many.

    Songs whose analysis fails now lose their ratings.  Does nothing for a recipe without a calibration.
    """
    recipe.refresh_from_db(fields=["calibration", "calibrated_at"])
    if recipe.calibration is None:
        return 0
    from playback.analysis.calibration import Calibration

    source: str = recipe.calibration["source"]
    calibration = Calibration(recipe.calibration, recipe.features)
    if rows is None:
        failed = recipe.rows.failed().values("track_id")
        _remove(Prediction.objects.filter(source=source, track__in=failed))
    rated = 0
    for batch in _batches(_not_rated(recipe, source) if rows is None else rows):
        made_at = timezone.now()
        sound = [row for row in batch if not row.failure]
        lost = [row.track_id for row in batch if row.failure]
        Prediction.objects.filter(source=source, track__in=lost).delete()
        if sound:
            vectors = as_matrix(b"".join(bytes(row.vector) for row in sound), len(recipe.features))
            _check_finite(vectors, recipe.features)
            ratings = calibration.rate_all(vectors)
            _write([row.track_id for row in sound], ratings, source, made_at)
        rated += len(sound)
    return rated


def current(recipe: Recipe) -> FeaturesQuerySet:
    """The recipe's vectors of songs that are there, of the file as it is now."""
    file = "track__album__sid_file__"
    return recipe.rows.sound().filter(
        **{
            "file_md5": F(file + "md5"),
            file + "missing_since": None,
            "track__position__lte": F(file + "songs"),
        }
    )


def read_vectors(recipe: Recipe, tell: Progress) -> "tuple[NDArray[np.int64], NDArray[np.float32]]":
    """Tracks' ids (n,) and vectors (n, d) of all songs that are there.  Raises RatingsRefused for a vector of another length."""
    import numpy as np

    rows = current(recipe).order_by("track_id")
    total, width = rows.count(), 4 * len(recipe.features)
    ids: list[int] = []
    data = bytearray()
    for track, vector in rows.values_list("track_id", "vector").iterator(chunk_size=_CHUNK):
        if len(vector) != width:
            raise RatingsRefused(f"A song has {len(vector) // 4} features, not the recipe's {width // 4}.")
        ids.append(track)
        data += vector
        if len(ids) % _CHUNK == 0:
            tell(len(ids), total, "reading features")
    return np.array(ids, dtype=np.int64), as_matrix(bytes(data), len(recipe.features))


def as_matrix(data: bytes, features: int) -> "NDArray[np.float32]":
    """Vectors one behind the other, as rows have them -> (n, features)."""
    import numpy as np

    return np.frombuffer(data, dtype="<f4").astype(np.float32, copy=False).reshape(-1, features)


def _rated(
    vectors: "NDArray[np.float32]", names: list[str]
) -> "tuple[dict[str, Any], NDArray[np.float64], Verdict]":
    from playback.analysis import gate
    from playback.analysis.calibration import Calibration
    from playback.analysis.calibration import calibrate as calibrated
    from playback.analysis.reference import reference_calibration

    verdict = gate.judge_features(vectors, names)
    if not verdict.is_good:
        raise RatingsRefused(" ".join(verdict.reasons), figures=verdict.figures)
    make = calibrated if len(vectors) >= FEWEST_SONGS else reference_calibration
    try:
        stored = make(vectors, names)
    except ValueError as error:
        raise RatingsRefused(f"{error}.") from None
    ratings = Calibration(stored, names).rate_all(vectors)
    return stored, ratings, verdict & gate.judge_ratings(ratings)


def _check_finite(vectors: "NDArray[np.float32]", names: list[str]) -> None:
    import numpy as np

    if not np.isfinite(vectors).all():
        from playback.analysis.gate import judge_features

        verdict = judge_features(vectors, names)
        raise RatingsRefused(" ".join(verdict.reasons), figures=verdict.figures)


def _new_source(recipe: Recipe, begun: datetime) -> str:
    """Of nobody else: two that calibrate at once never mix their rows."""
    return f"derived:{recipe.version}:{int(begun.timestamp() * 1000):x}"


def _write_all(
    source: str,
    ids: "NDArray[np.int64]",
    ratings: "NDArray[np.float64]",
    *,
    made_at: datetime,
    tell: Progress,
) -> None:
    for begin in range(0, len(ids), _BATCH):
        _write(ids[begin : begin + _BATCH].tolist(), ratings[begin : begin + _BATCH], source, made_at)
        tell(min(begin + _BATCH, len(ids)), len(ids), "writing ratings")


def _write(tracks: list[int], ratings: "NDArray[np.float64]", source: str, made_at: datetime) -> None:
    """One transaction; tracks that went meanwhile are left out."""
    rows = [
        Prediction(track_id=track, source=source, e=e, m=m, c=c, made_at=made_at)
        for track, (e, m, c) in zip(tracks, ratings.tolist(), strict=True)
    ]
    try:
        _upsert(rows)
    except IntegrityError:  # one went between our look and our commit
        _upsert(rows)


def _upsert(rows: list[Prediction]) -> None:
    with transaction.atomic():
        tracks = Track.objects.filter(pk__in=[row.track_id for row in rows])
        there = set(tracks.values_list("pk", flat=True))
        Prediction.objects.bulk_create(
            [row for row in rows if row.track_id in there],
            update_conflicts=True,
            unique_fields=["track", "source"],
            update_fields=["e", "m", "c", "made_at"],
        )


def _not_rated(recipe: Recipe, source: str) -> Iterator[Features]:
    """Batch by batch: SQLite lets nobody write who still reads what another has changed since."""
    rated = Prediction.objects.filter(
        track=OuterRef("track"), source=source, made_at__gte=OuterRef("analysed_at")
    )
    pks = list(current(recipe).filter(~Exists(rated)).order_by("pk").values_list("pk", flat=True))
    for begin in range(0, len(pks), _BATCH):
        yield from Features.objects.filter(pk__in=pks[begin : begin + _BATCH])


def _left_behind(recipe: Recipe, served: str, until: datetime) -> QuerySet[Prediction]:
    """What was shown so far, and what calibrations that were killed have left; not what somebody else is writing now."""
    own = Q(source=f"derived:{recipe.version}") | Q(source__startswith=f"derived:{recipe.version}:")
    return Prediction.objects.filter(Q(source=served) | (own & Q(made_at__lt=until)))


def _remove(rows: QuerySet[Prediction]) -> None:
    """In transactions of a few rows: others write meanwhile."""
    while pks := list(rows.values_list("pk", flat=True)[:_BATCH]):
        Prediction.objects.filter(pk__in=pks).delete()


def _batches(rows: Iterable[Features]) -> Iterator[list[Features]]:
    rest = iter(rows)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _nobody(done: int, total: int, message: str) -> None:
    """Whom it is told that did not ask."""
    del done, total, message
