"""How does Django know this app?"""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """Feedback: see the package's docstring."""

    name = "feedback"
    default_auto_field = "django.db.models.BigAutoField"
