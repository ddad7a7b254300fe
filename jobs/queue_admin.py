"""What do staff see of django-q2's own tables?  What is in them; nothing there can be changed, started or sent again.

A row of its schedule names any function of Python, and its "resubmit" runs what a row holds: who could write them would own the
machine.  Jobs have their own page and schedules (`jobs.admin`).
"""

from django.contrib import admin
from django_q.admin import FailAdmin, QueueAdmin, TaskAdmin
from django_q.models import Failure, OrmQ, Schedule, Success

from core.evidence_admin import Evidence


class SeenTaskAdmin(Evidence, TaskAdmin):  # type: ignore[misc]
    """Tasks that ended well."""


class SeenFailureAdmin(Evidence, FailAdmin):  # type: ignore[misc]
    """Tasks that did not."""


class SeenQueueAdmin(Evidence, QueueAdmin):  # type: ignore[misc]
    """Tasks that wait for a worker."""


admin.site.unregister([Schedule, Success, Failure])
if admin.site.is_registered(OrmQ):
    admin.site.unregister(OrmQ)
    admin.site.register(OrmQ, SeenQueueAdmin)
admin.site.register(Success, SeenTaskAdmin)
admin.site.register(Failure, SeenFailureAdmin)
