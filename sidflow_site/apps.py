"""How does Django know the site itself, which brings commands?"""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The wiring: commands and pages that belong to no app."""

    name = "sidflow_site"
