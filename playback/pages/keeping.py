"""How is a page made once for many visitors?

All visitors get the same pages, so one that was made is kept, compressed, for a minute or until an import ends or the ROMs
change.  That is also why no page may ever say anything about who asks.
"""

import gzip
import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.cache import get_conditional_response, patch_vary_headers

from playback.catalogue.models import Collection
from playback.roms.bundles import active_bundle

SECONDS: Final = 60

_View = Callable[..., HttpResponse]


def kept(view: _View) -> _View:
    """The view, asked only where its page is not kept; errors and redirections are never kept."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key(request)
        page: bytes | None = cache.get(key)
        if page is None:
            made = view(request, *args, **kwargs)
            if made.status_code != 200:
                return made
            page = gzip.compress(made.content, compresslevel=6, mtime=0)
            cache.set(key, page, SECONDS)
        return _response(request, page)

    return answer


def _key(request: HttpRequest) -> str:
    """Of the address and of what the page may tell."""
    imported = Collection.objects.aggregate(last=Max("imported_at"), newest=Max("pk"))
    bundle = active_bundle()
    # Another build of the front end has other addresses, and a page of it may live in a cache that outlives processes.
    build = [static(f"dist/{name}") for name in ("page.js", "page.css")]
    about = [imported["last"], imported["newest"], bundle and bundle.pk, *build, request.get_full_path()]
    return "page-" + hashlib.sha256(repr(about).encode()).hexdigest()


def _response(request: HttpRequest, page: bytes) -> HttpResponse:
    etag = f'"{hashlib.sha256(page).hexdigest()[:32]}"'
    accepted = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(page if accepted else gzip.decompress(page))
    if accepted:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = etag
    # To be asked for every time, and answered with a 304 where nothing changed.
    response.headers["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    answer: HttpResponse = get_conditional_response(request, etag, response=response) or response
    return answer
