"""How are the requests about jobs read, and the answers described at /api/schema/?"""

from typing import Any

from rest_framework import serializers

from jobs.models import Job

MOST_PER_PAGE = 200
SORTS = {
    "createdAt": ("created_at", "pk"),
    "-createdAt": ("-created_at", "-pk"),
    "priority": ("-priority", "pk"),
    "status": ("state", "-pk"),
    "type": ("kind", "-pk"),
}


class JobsRequest(serializers.Serializer[Any]):
    """Which jobs, in which order, and which page of them."""

    sort = serializers.ChoiceField(choices=list(SORTS), required=False, default="-createdAt")
    status = serializers.ChoiceField(choices=Job.State.choices, required=False, allow_blank=True, default="")
    type = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)
    page = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000, default=1)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST_PER_PAGE, default=50)


class JobRequest(serializers.Serializer[Any]):
    """A job to begin."""

    type = serializers.CharField(max_length=40)
    parameters = serializers.DictField(required=False, default=dict)
    priority = serializers.ChoiceField(choices=Job.Priority.choices, required=False)


class RetryRequest(serializers.Serializer[Any]):
    """`config`: parameters that differ; with any, the job begins anew."""

    config = serializers.DictField(required=False, allow_null=True, default=None)


class ChangeRequest(serializers.Serializer[Any]):
    """What may be changed of a job."""

    priority = serializers.ChoiceField(choices=Job.Priority.choices)


class ProgressDocument(serializers.Serializer[Any]):
    """How far; `total` and `percentComplete` null: not known yet."""

    current = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    percentComplete = serializers.FloatField(allow_null=True)  # noqa: N815  the wire's own names
    message = serializers.CharField(allow_blank=True)


class JobDocument(serializers.Serializer[Any]):
    """A job."""

    id = serializers.CharField()
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=Job.State.choices)
    priority = serializers.IntegerField()
    parameters = serializers.DictField()
    progress = ProgressDocument()
    wish = serializers.ChoiceField(choices=["pause", "cancel"], allow_null=True)
    origin = serializers.ChoiceField(choices=Job.Origin.choices)
    askedBy = serializers.CharField(allow_null=True)  # noqa: N815
    attempt = serializers.IntegerField()
    result = serializers.DictField(allow_null=True)
    problem = serializers.DictField(allow_null=True)
    createdAt = serializers.DateTimeField()  # noqa: N815
    startedAt = serializers.DateTimeField(allow_null=True)  # noqa: N815
    endedAt = serializers.DateTimeField(allow_null=True)  # noqa: N815
    heartbeatAt = serializers.DateTimeField(allow_null=True)  # noqa: N815
    durationMs = serializers.IntegerField()  # noqa: N815


class JobsDocument(serializers.Serializer[Any]):
    """A page of jobs; `total` is of all pages."""

    items = JobDocument(many=True)
    total = serializers.IntegerField()


class LineDocument(serializers.Serializer[Any]):
    """A line of a job's log; numbers begin with 1 and have no gaps."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    level = serializers.ChoiceField(choices=["info", "warning", "error"])
    text = serializers.CharField()


class LogDocument(serializers.Serializer[Any]):
    """A whole log."""

    items = LineDocument(many=True)
