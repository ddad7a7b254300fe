"""What lies where, as in the collection's own folders?

GET /folders                    the collections
GET /folders/<collection>       its top folders
GET /folders/<collection>/PATH  the folders in one, and its tunes
"""

from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.problems import NotFound
from playback.catalogue.listing import file_page
from playback.catalogue.models import Collection, Folder, FolderNote, SidFile, SidFileQuerySet
from playback.pages.keeping import kept
from playback.pages.library import FILES_PER_PAGE, Library, Link, cursor_of, lines_of, next_url, show, tunes


class FolderNotFound(NotFound):
    """No music lies there."""

    code = "folder-not-found"
    title = "There is no such folder"


@require_safe
@kept
def collections(request: HttpRequest) -> HttpResponse:
    """The collections; where there is one only, its top folders."""
    rows = list(Collection.objects.order_by("id"))
    if len(rows) == 1:
        return redirect("folder", collection=rows[0].pk)
    parts = [
        Link(row.name, _url(row), SidFile.objects.present().filter(collection=row).count()) for row in rows
    ]
    return show(request, Library(heading="Collections", parts=parts, empty="site"))


@require_safe
@kept
def folder(request: HttpRequest, collection: int, path: str = "") -> HttpResponse:
    """A folder, or with "" a collection's root.  Raises FolderNotFound, BadCursor."""
    place = Collection.objects.filter(pk=collection).first()
    here = Folder.objects.filter(collection=collection, path=path).first() if path else None
    if place is None or (path and here is None):
        raise FolderNotFound
    inner = list(Folder.objects.filter(collection=place, parent=path).order_by("path"))
    note = FolderNote.objects.filter(collection=place, path=path).first()
    library = Library(
        heading=here.name if here else place.name,
        crumbs=_crumbs(place, path),
        parts=[Link(one.name, _url(place, one.path), one.tunes) for one in inner],
        note=note.text if note else "",
        count=tunes(here.tunes) if here else "",
        empty="folder",
    )
    if _has_own_tunes(place, here, inner):
        page = file_page(after=cursor_of(request), limit=FILES_PER_PAGE, among=tunes_in(place, path))
        library.files = lines_of(page)
        library.next_url = next_url(_url(place, path), page)
    return show(request, library)


def tunes_in(collection: Collection, path: str) -> SidFileQuerySet:
    """The tunes that lie in the folder itself."""
    files = SidFile.objects.present().filter(collection=collection)
    if path:
        # "0" is the character after "/", so this is what begins with the folder's path.
        files = files.filter(path__gt=f"{path}/", path__lt=f"{path}0")
    rest = Substr("path", len(path) + 2 if path else 1)
    return files.alias(rest=rest).exclude(rest__contains="/")


def folder_link(file: SidFile) -> Link:
    """The folder of a tune."""
    path = file.path.rpartition("/")[0]
    return Link(path.rpartition("/")[2] or file.collection.name, _url(file.collection, path))


def _has_own_tunes(collection: Collection, here: Folder | None, inner: list[Folder]) -> bool:
    """Whether tunes lie beside the inner folders; counts say so without looking at forty thousand paths."""
    total = here.tunes if here else SidFile.objects.present().filter(collection=collection).count()
    return total > sum(one.tunes for one in inner)


def _crumbs(collection: Collection, path: str) -> list[Link]:
    """The ways up, without the page itself."""
    parts = path.split("/")[:-1] if path else []
    ups = [Link(name, _url(collection, "/".join(parts[: at + 1]))) for at, name in enumerate(parts)]
    top = [Link(collection.name, _url(collection))] if path else []
    return [Link("Folders", reverse("collections")), *top, *ups]


def _url(collection: Collection, path: str = "") -> str:
    if path:
        return reverse("folder", kwargs={"collection": collection.pk, "path": path})
    return reverse("folder", kwargs={"collection": collection.pk})
