"""How does Django know this app?"""

from django.apps import AppConfig


class ModelsRegistryConfig(AppConfig):
    """ModelsRegistry: see the package's docstring."""

    name = "models_registry"
    default_auto_field = "django.db.models.BigAutoField"
