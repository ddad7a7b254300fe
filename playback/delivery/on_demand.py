"""How is one song rendered because a listener waits for it, so that listeners cannot make the server work without bound?

Each rendering is a job of kind `ondemand`: as many at once as `jobs.maxConcurrentByType` says, so many waiting, so many an hour
for one client and for all.  Who asks for what is being made already joins that job.  What failed is not tried again for a while.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from core.configuration import configuration
from core.problems import TooManyRequests
from core.rate_limits import spend
from jobs import controls, turns, workers
from jobs.models import Job, JobQuerySet, Worker
from playback.catalogue.models import Track
from playback.delivery.adapters import can_render
from playback.delivery.problems import NotRendered, RenderingBusy, RenderingFailed, RenderingUnavailable

KIND: Final = "ondemand"
_UNDER_WAY: Final = (Job.State.PENDING, Job.State.RUNNING, Job.State.PAUSED, Job.State.STALLED)
# HLS is made of the M4A, so one rendering gives both.
_TOGETHER: Final = {"m4a": ["m4a", "hls"], "hls": ["m4a", "hls"]}
_NOT_AGAIN_FOR: Final = timedelta(seconds=RenderingFailed.retry_after_s)
_REMEMBERED: Final = timedelta(days=1)
_FORGOTTEN_AT_ONCE: Final = 50
# The rate of all clients is counted as that of one that nobody can be.
_EVERYBODY: Final = "0.0.0.0"  # noqa: S104


def is_made(what: str, track: Track) -> bool:
    """Would `what` (a format, "hls" or "cli") of the track be rendered on request?  No query for a track with its file."""
    render, file = configuration().render, track.album.sid_file
    if not render.on_demand or file.fault or file.needs_basic:
        return False
    if what == "cli":
        return can_render("cli")
    made = {*render.on_demand_formats, *(["hls"] if "m4a" in render.on_demand_formats else [])}
    return what in made and can_render("stream")


def parameters(what: str, track: Track) -> dict[str, Any]:
    """What the job is told; the same for whoever asks for the same."""
    formats = ["m4a"] if what == "cli" else _TOGETHER.get(what, [what])
    engine = "sidplayfp-cli" if what == "cli" else "sidflow"
    return {"track": str(track.public_id), "formats": formats, "engine": engine}


def job_of(what: str, track: Track) -> Job | None:
    """The job that makes it, or that failed to a moment ago."""
    under_way = _jobs(what, track, Job.objects.filter(state__in=_UNDER_WAY))
    if under_way:
        return under_way[0]
    recent = timezone.now() - _NOT_AGAIN_FOR
    failed = _jobs(what, track, Job.objects.filter(state=Job.State.FAILED, ended_at__gt=recent))
    return failed[-1] if failed else None


def _jobs(what: str, track: Track, jobs: JobQuerySet) -> list[Job]:
    """The oldest first."""
    told = parameters(what, track)
    found = jobs.filter(kind=KIND, parameters__track=told["track"]).order_by("pk")
    # Databases differ in when two documents are the same.
    return [job for job in found if job.parameters == told]


def ask_for(what: str, track: Track, *, address: str) -> Job:
    """The job that makes it for the client at `address`: the one under way, or a new one.

    Raises NotRendered, RenderingFailed, RenderingUnavailable, RenderingBusy, TooManyRequests.
    """
    if not is_made(what, track):
        raise NotRendered
    job = _joined(what, track)
    if job:
        return job
    if not any(workers.is_alive(worker) for worker in Worker.objects.all()):
        raise RenderingUnavailable
    _refuse_a_crowd()
    _spend(address)
    with _alone():
        job = _joined(what, track)
        if job is None:
            _refuse_a_crowd()
            job = controls.ask_for(
                KIND,
                parameters(what, track),
                origin=Job.Origin.BACKGROUND,
                # Somebody sits and waits; what a crowd could do with it, the limits say.
                priority=Job.Priority.CRITICAL,
            )
    _forget()
    return job


def _joined(what: str, track: Track) -> Job | None:
    job = job_of(what, track)
    if job and job.state == Job.State.FAILED:
        raise RenderingFailed
    return job


@contextmanager
def _alone() -> Iterator[None]:
    """Of two who ask at once, one is first."""
    with transaction.atomic():
        turns.lock_gate()
        yield


def _refuse_a_crowd() -> None:
    waiting = Job.objects.filter(kind=KIND, state__in=_UNDER_WAY).count()
    if waiting >= configuration().render.on_demand_waiting:
        raise RenderingBusy


def _spend(address: str) -> None:
    render = configuration().render
    spend("ondemand", render.on_demand_rate, address=address)
    try:
        spend("ondemand-total", render.on_demand_total_rate, address=_EVERYBODY)
    except TooManyRequests as error:
        busy = RenderingBusy()
        busy.retry_after_s = error.retry_after_s
        raise busy from None


def _forget() -> None:
    """Listeners' jobs are of no interest for long."""
    old = Job.objects.over().filter(kind=KIND, ended_at__lt=timezone.now() - _REMEMBERED)
    chosen = list(old.order_by("pk").values_list("pk", flat=True)[:_FORGOTTEN_AT_ONCE])
    Job.objects.over().filter(pk__in=chosen).delete()


def progress_of(job: Job) -> dict[str, Any]:
    """In the one shape that progress has everywhere, without a word about other work of the server."""
    if job.state == Job.State.RUNNING:
        return job.progress
    return {**job.progress, "message": "Waiting for its turn."}
