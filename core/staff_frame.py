"""Which pages of our own does the administration have, beside Django's of every model?

An app registers its own in `staff_pages.py`, which is found when the addresses are read.  Each is shown in the same frame, to
staff only (`sidflow_site.admin_site` sees to that), with a link at the top of every page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.module_loading import autodiscover_modules

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Address:
    """A path below /admin/, who answers, and the name by which templates find it: `admin:` and this."""

    path: str
    view: View
    name: str


@dataclass(frozen=True, slots=True)
class StaffPage:
    """A page with what belongs to it; its link leads to the first of its addresses.  Links are in order of `place`."""

    title: str
    place: int
    addresses: Sequence[Address]


_pages: Final[dict[str, StaffPage]] = {}


def register(page: StaffPage) -> None:
    """Makes the page known."""
    _pages[page.title] = page


def all_pages() -> list[StaffPage]:
    """In the order of their links."""
    autodiscover_modules("staff_pages")
    return sorted(_pages.values(), key=lambda page: page.place)


def posted(page: str) -> Callable[[View], View]:
    """For what a button does: who comes by an address alone, as after signing in anew, is shown the page, and nothing is done."""

    def only_posted(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return view(request, *args, **kwargs) if request.method == "POST" else redirect(f"admin:{page}")

        return answer

    return only_posted


def show(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    """A page in the frame."""
    return TemplateResponse(request, template, admin.site.each_context(request) | {"title": title} | context)
