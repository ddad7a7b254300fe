"""How does Django know the site itself, which brings commands and checks?"""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SiteConfig(AppConfig):
    """The wiring: commands and pages that belong to no app."""

    name = "sidflow_site"

    def ready(self) -> None:
        """Register the system checks; importing them does it."""
        from sidflow_site import checks  # noqa: F401


class SidflowAdminConfig(AdminConfig):
    """Django's administration, with our site in the place of its own."""

    default_site = "sidflow_site.admin_site.SidflowAdminSite"
