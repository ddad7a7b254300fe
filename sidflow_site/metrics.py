"""How does the site do, in figures: jobs, caches, the collection, workers?  Staff's programs and pages ask."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Count, Min, Sum
from django.utils import timezone
from django_q.brokers import get_broker

from jobs.models import Job, Worker
from jobs.workers import is_alive
from playback.models import Collection, RenderedAsset, SidFile
from playback.pages.keeping import SECONDS as PAGES_KEPT_S
from playback.rendering.eviction import limit_bytes
from playback.roms.checking import ROM_SIZES
from playback.roms.models import RomBundle

STATES: Final = [state.value for state in Job.State]
# The HVSC has about two releases a year, with smaller updates between them.
_FRESH: Final = timedelta(days=30)
_COUNTS_KEPT_S: Final = 60
FRESHNESS: Final = ["never", "fresh", "old"]


def collect_metrics() -> dict[str, Any]:
    """The figures as JSON's values: `jobs`, `cache`, `sync`, `workers`.  Some ten small queries."""
    now = timezone.now()
    return {
        "timestamp": _time(now),
        "jobs": _jobs(),
        "cache": _cache(),
        "sync": _sync(now),
        "workers": _workers(now),
    }


def _jobs() -> dict[str, Any]:
    """Durations are those of completed jobs, all their slices together."""
    by_kind: dict[str, dict[str, Any]] = {}
    for row in (
        Job.objects.order_by().values("kind", "state").annotate(jobs=Count("pk"), ran_ms=Sum("ran_ms"))
    ):
        kind = by_kind.setdefault(row["kind"], dict.fromkeys([*STATES, "totalDurationMs"], 0))
        kind[row["state"]] = row["jobs"]
        if row["state"] == Job.State.COMPLETED:
            kind["totalDurationMs"] = row["ran_ms"]
    everything = {name: sum(kind[name] for kind in by_kind.values()) for name in [*STATES, "totalDurationMs"]}
    for counts in (everything, *by_kind.values()):
        done = counts["completed"]
        counts["avgDurationMs"] = round(counts["totalDurationMs"] / done) if done else None
    return {
        **everything,
        "queueDepth": everything["pending"],
        "carrierQueueDepth": _carried(),
        "byKind": dict(sorted(by_kind.items())),
    }


def _carried() -> int | None:
    """Messages that wait in django-q2's queue; None where it does not answer."""
    try:
        return int(get_broker().queue_size())
    except Exception:  # noqa: BLE001 - whatever its client raises, the other figures are still right
        return None


def _cache() -> dict[str, Any]:
    """What is kept; of classifications nothing is, because nothing makes them yet.  `wav` is the guide's word for all rendered files."""
    bundles = list(RomBundle.objects.all())
    files = {sha256: ROM_SIZES[kind] for bundle in bundles for kind, sha256 in bundle.roms.items()}
    rendered = (
        RenderedAsset.objects.order_by()
        .values("format")
        .annotate(files=Count("pk"), size=Sum("size_bytes"), oldest=Min("rendered_at"))
    )
    formats = {row["format"]: row for row in rendered}
    oldest = min((row["oldest"] for row in formats.values()), default=None)
    return {
        "wavCacheSizeBytes": sum(row["size"] for row in formats.values()),
        "wavCacheFiles": sum(row["files"] for row in formats.values()),
        "oldestCacheFileAge": round((timezone.now() - oldest).total_seconds() * 1000) if oldest else None,
        "cacheLimitBytes": limit_bytes(),
        "formats": {
            name: {"files": row["files"], "sizeBytes": row["size"]} for name, row in sorted(formats.items())
        },
        "classifiedCount": 0,
        "romBundles": len(bundles),
        "romBundlesSizeBytes": sum(files.values()),
        "pagesKeptSeconds": PAGES_KEPT_S,
    }


def _sync(now: datetime) -> dict[str, Any]:
    """How far the HVSC is, and how much music there is in all collections together."""
    collections = list(Collection.objects.all())
    hvsc = next((one for one in collections if one.kind == Collection.Kind.HVSC), None)
    last = hvsc.imported_at if hvsc else None
    age = now - last if last else None
    freshness = "never" if age is None else "fresh" if age <= _FRESH else "old"
    sids, tracks = _counts(collections)
    return {
        "hvscVersion": (hvsc.version or None) if hvsc else None,
        "sidCount": sids,
        "trackCount": tracks,
        "collections": len(collections),
        "lastSync": _time(last),
        "ageMs": round(age.total_seconds() * 1000) if age is not None else None,
        "freshness": freshness,
    }


def _counts(collections: list[Collection]) -> tuple[int, int]:
    """Tunes and songs that are there; counted once a minute, or when an import has ended."""
    key = "metrics-counts-" + "-".join(
        f"{one.pk}.{one.imported_at and one.imported_at.timestamp()}" for one in collections
    )
    counts: tuple[int, int] | None = cache.get(key)
    if counts is None:
        counted = SidFile.objects.present().aggregate(sids=Count("pk"), tracks=Sum("songs"))
        counts = counted["sids"], counted["tracks"] or 0
        cache.set(key, counts, _COUNTS_KEPT_S)
    return counts


def _workers(now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "host": worker.host,
            "pid": worker.pid,
            "startedAt": _time(worker.started_at),
            "heartbeatAt": _time(worker.heartbeat_at),
            "alive": is_alive(worker, now),
            "processes": worker.processes,
            "cpuPercent": worker.cpu_percent,
            "memoryBytes": worker.memory_bytes,
        }
        for worker in Worker.objects.all()
    ]


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None
