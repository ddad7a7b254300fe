"""Which WebSocket addresses are about jobs?"""

from typing import Any

from django.urls import path

from jobs.live.consumers import JobsConsumer

_watching: Any = JobsConsumer.as_asgi()

websocket_urlpatterns = [
    path("ws/admin/jobs", _watching),
    path("ws/admin/jobs/<int:pk>", _watching),
]
