"""How do rendered files go: those that were not used for longest where there are too many, and those that staff do not want any more?"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from core import audit
from core.configuration import configuration
from core.models import User
from core.problems import InvalidInput
from playback.catalogue.models import Collection
from playback.catalogue.paths import PathError, canonical_path
from playback.rendering import manifest, storage
from playback.rendering.models import RenderedAsset

_AT_ONCE: Final = 200
_MB: Final = 1_000_000


def limit_bytes() -> int | None:
    """How much may be kept; None: everything."""
    limit = configuration().render.cache_limit_mb
    return limit * _MB if limit else None


def total_bytes() -> int:
    total: int | None = RenderedAsset.objects.aggregate(total=Sum("size_bytes"))["total"]
    return total or 0


def keep_within_limit(*, spare: Sequence[RenderedAsset] = (), limit: int | None = None) -> list[str]:
    """Removes what was not used for longest until all fits below the limit, but nothing of `spare`; answers the paths."""
    limit = limit_bytes() if limit is None else limit
    if limit is None:
        return []
    too_much = total_bytes() - limit
    gone: list[str] = []
    kept = [asset.pk for asset in spare]
    while too_much > 0:
        oldest = list(RenderedAsset.objects.exclude(pk__in=kept).order_by("used_at", "pk")[:_AT_ONCE])
        chosen: list[RenderedAsset] = []
        for asset in oldest:
            if too_much <= 0:
                break
            chosen.append(asset)
            too_much -= asset.size_bytes
        if not chosen:
            break
        gone += remove(RenderedAsset.objects.filter(pk__in=[asset.pk for asset in chosen]))
    return gone


def remove(assets: QuerySet[RenderedAsset]) -> list[str]:
    """Rows and files; answers the paths.  Rows first, so that nobody is sent to a file that is going."""
    gone: list[str] = []
    while paths := dict(assets.values_list("pk", "path")[:_AT_ONCE]):
        with storage.new_run() as run:
            run.promise(list(paths.values()))
            RenderedAsset.objects.filter(pk__in=paths).delete()
            for path in paths.values():
                storage.remove(path)
        gone += paths.values()
    return gone


def invalidate(
    *,
    actor: User | None,
    sid_path: str | None = None,
    collection: str | None = None,
    older_than_days: float | None = None,
    everything: bool = False,
) -> list[str]:
    """Removes what all given conditions fit: a file or folder, a collection, an age.  Written down, and the list is made anew.

    Raises InvalidInput where nothing is said at all.
    """
    if sid_path is None and collection is None and older_than_days is None and not everything:
        raise InvalidInput("Say which: sidPath, collection or olderThanDays.")
    rows = RenderedAsset.objects.all()
    if sid_path is not None:
        rows = rows.filter(_at(sid_path))
    if collection is not None:
        if not Collection.objects.filter(name=collection).exists():
            raise InvalidInput(errors=[{"field": "collection", "message": "There is no such collection."}])
        rows = rows.filter(track__album__sid_file__collection__name=collection)
    if older_than_days is not None:
        rows = rows.filter(rendered_at__lt=timezone.now() - timedelta(days=older_than_days))
    gone = remove(rows)
    manifest.write()
    told = {"sidPath": sid_path, "collection": collection, "olderThanDays": older_than_days}
    details = {name: value for name, value in told.items() if value is not None}
    audit.record(
        "availability.invalidate",
        actor=actor,
        resource=sid_path or "",
        details={**details, "removed": len(gone)},
    )
    return gone


def _at(sid_path: str) -> Q:
    """The file, or all below the folder."""
    try:
        path = canonical_path(sid_path.rstrip("/"))
    except PathError as error:
        raise InvalidInput(errors=[{"field": "sidPath", "message": str(error)}]) from None
    name = "track__album__sid_file__path"
    return Q(**{name: path}) | Q(**{f"{name}__gte": f"{path}/", f"{name}__lt": f"{path}0"})
