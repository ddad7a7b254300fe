"""Which address is answered by whom?"""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from sidflow_site.health import health
from sidflow_site.metrics_api import MetricsView

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/health", health),
    path("api/admin/metrics", MetricsView.as_view()),
    path("api/schema/", SpectacularAPIView.as_view(permission_classes=[AllowAny])),
    path("", include("jobs.urls")),
    path("", include("playback.urls")),
]

handler400 = "core.problems.bad_request"
handler403 = "core.problems.permission_denied"
handler404 = "core.problems.not_found"
handler500 = "core.problems.server_error"
