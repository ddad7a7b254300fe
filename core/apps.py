"""How does Django know this app, and which checks does it bring?"""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Core: the floor that every other app stands on."""

    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks, the schema's extensions and who hears of sign-ins; importing them does it."""
        from core import api_schema, checks, sign_in  # noqa: F401
