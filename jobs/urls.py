"""Which addresses are about jobs?"""

from django.urls import path

from jobs import api

urlpatterns = [
    path("api/admin/jobs", api.JobsView.as_view(), name="jobs"),
    path("api/admin/jobs/<int:pk>", api.JobView.as_view(), name="job"),
    path("api/admin/jobs/<int:pk>/pause", api.PauseView.as_view(), name="job-pause"),
    path("api/admin/jobs/<int:pk>/resume", api.ResumeView.as_view(), name="job-resume"),
    path("api/admin/jobs/<int:pk>/retry", api.RetryView.as_view(), name="job-retry"),
    path("api/admin/jobs/<int:pk>/logs", api.LogsView.as_view(), name="job-logs"),
    path("api/fetch", api.start_view("fetch", "Begin to fetch the HVSC").as_view(), name="fetch"),
    path("api/classify", api.start_view("classify", "Begin to classify").as_view(), name="classify"),
    path("api/train", api.start_view("train", "Begin to train").as_view(), name="train"),
    path("api/admin/render", api.start_view("render", "Begin to render").as_view(), name="render"),
]
