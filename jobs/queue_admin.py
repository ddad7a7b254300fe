"""What do staff see of django-q2's own tables?  What is in them; nothing there can be changed, started or sent again.

A row of its schedule names any function of Python, and its "resubmit" runs what a row holds: who could write them would own the
machine.  Jobs have their own page and schedules (`jobs.admin`).
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django_q.admin import FailAdmin, QueueAdmin, TaskAdmin
from django_q.models import Failure, OrmQ, Schedule, Success


class _OnlySeen:
    """To look at."""

    actions: list[Any] = []

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False


class SeenTaskAdmin(_OnlySeen, TaskAdmin):  # type: ignore[misc]
    """Tasks that ended well."""


class SeenFailureAdmin(_OnlySeen, FailAdmin):  # type: ignore[misc]
    """Tasks that did not."""


class SeenQueueAdmin(_OnlySeen, QueueAdmin):  # type: ignore[misc]
    """Tasks that wait for a worker."""


admin.site.unregister([Schedule, Success, Failure])
if admin.site.is_registered(OrmQ):
    admin.site.unregister(OrmQ)
    admin.site.register(OrmQ, SeenQueueAdmin)
admin.site.register(Success, SeenTaskAdmin)
admin.site.register(Failure, SeenFailureAdmin)
