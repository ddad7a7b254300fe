"""How does Django know the site itself, which brings commands?"""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SiteConfig(AppConfig):
    """The wiring: commands and pages that belong to no app."""

    name = "sidflow_site"


class StaffSiteConfig(AdminConfig):
    """Django's administration, with our own door."""

    default_site = "core.staff_site.StaffSite"
