"""What is the administration: Django's pages of every model and our own pages, in one frame?"""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, path, reverse

from core.staff_frame import all_pages
from core.staff_site import StaffSite


class SidflowAdminSite(StaffSite):
    """The one AdminSite."""

    site_header = "SIDFlow"
    site_title = "SIDFlow"
    index_title = "Tables"
    # The links at the top lead everywhere, and the list of tables is one of them.
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Ours come first: /admin/jobs/ is the live page, not the list of the app's models."""
        ours: list[URLPattern | URLResolver] = [
            path(address.path, self.admin_view(address.view), name=address.name)
            for page in all_pages()
            for address in page.addresses
        ]
        return ours + super().get_urls()

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What the frame needs on every page."""
        context: dict[str, Any] = super().each_context(request)
        links = [(page.title, reverse(f"admin:{page.addresses[0].name}")) for page in all_pages()]
        links.append((str(self.index_title), reverse("admin:index")))
        here = max((url for _, url in links if request.path.startswith(url)), key=len, default="")
        context["staff_links"] = [
            {"title": title, "url": url, "is_here": url == here} for title, url in links
        ]
        return context
