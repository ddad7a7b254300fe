"""How does Django know this app?"""

from django.apps import AppConfig


class HardwareConfig(AppConfig):
    """Hardware: emulators, encoders, Ultimate 64."""

    name = "hardware"
    default_auto_field = "django.db.models.BigAutoField"
