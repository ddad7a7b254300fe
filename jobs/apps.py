"""How does Django know this app?"""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs: see the package's docstring."""

    name = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Finds the kinds that the apps register; registers the system checks, which importing them does."""
        from jobs import checks  # noqa: F401
        from jobs.kinds import find_kinds

        find_kinds()
