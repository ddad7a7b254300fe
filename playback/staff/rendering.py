"""How do staff have songs made into files?  The guide's three choices: source, mode, options; checked before anything begins."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from core import audit, staff_frame
from core.problems import DomainError
from jobs.acting import begin
from jobs.kinds import kind_named
from jobs.models import Job
from jobs.pages.forms import JobForm
from playback.catalogue.models import Collection
from playback.rendering.asking import RenderSongs
from playback.rendering.choosing import chosen_tracks
from playback.rendering.engines import ALL, engine_order, obstacle
from playback.rendering.matrix import MATRIX
from playback.rendering.settings import FORMATS

KIND: Final = "render"
_GROUPS: Final = (
    ("Source", ("sid_path", "collection", "recursive", "top")),
    ("Mode", ("location", "time", "technology", "target")),
    ("Options", ("formats", "preset", "quality", "subtune", "duration", "channels", "chip", "force")),
)


def render(request: HttpRequest) -> HttpResponse:
    """The form.  `check` only says whether it would work; else a job begins, and its page follows."""
    form = JobForm(kind_named(KIND), request.POST or None)
    works = ""
    if request.method == "POST" and form.is_valid():
        try:
            works = _what_it_means(form.told)
            if "check" not in request.POST:
                job = begin(KIND, form.told, actor=audit.actor_of(request))
                return redirect("admin:staff-job", job.pk)
        except DomainError as error:
            form.add_error(None, error.detail or error.title)
            works = ""
    return staff_frame.show(
        request,
        "staff/render.html",
        "Render",
        form=form,
        groups=[(title, [form[name] for name in names]) for title, names in _GROUPS],
        works=works,
        matrix=MATRIX,
        formats=FORMATS,
        collections=Collection.objects.values_list("name", flat=True),
        engines=[(engine, obstacle(engine)) for engine in engine_order()],
        missing=[engine for engine in ALL if engine not in engine_order()],
        under_way=Job.objects.under_way().filter(kind=KIND),
    )


def _what_it_means(told: dict[str, Any]) -> str:
    """In a sentence.  Raises NothingToRender, RenderProgramMissing."""
    wish = RenderSongs(**told)
    engines = [settings.engine for settings in wish.settings()]
    songs = chosen_tracks(wish).count()
    if wish.top:
        songs = min(songs, wish.top)
    way = next(way for way in wish.ways() if way.engine == engines[0])
    what = "1 song" if songs == 1 else f"{songs} songs"
    then = f", and by {engines[1]} where that cannot" if len(engines) > 1 else ""
    names = ", ".join(wish.wanted_formats())
    return f"{what} as {names}, {way.location}+{way.time}+{way.technology}{then}."
