"""How does Django know the room where music is listed and played?"""

from django.apps import AppConfig


class PlaybackConfig(AppConfig):
    name = "playback"
    verbose_name = "Music and playing"
    default_auto_field = "django.db.models.BigAutoField"
