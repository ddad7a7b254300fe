"""How does Django know the site itself, which brings commands and checks?"""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The wiring: commands and pages that belong to no app."""

    name = "sidflow_site"

    def ready(self) -> None:
        """Register the system checks; importing them does it."""
        from sidflow_site import checks  # noqa: F401
