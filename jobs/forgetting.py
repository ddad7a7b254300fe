"""Which jobs are forgotten?  Those that have been over for long, with their logs; who began and ended them is in the audit."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from core.configuration import configuration
from jobs.models import Job

_AT_ONCE: Final = 200


def forget_old() -> int:
    """Forgets some, the oldest first, so that nobody has to wait for it; answers how many."""
    days = configuration().jobs.keep_days
    if days is None:
        return 0
    old = Job.objects.over().filter(ended_at__lt=timezone.now() - timedelta(days=days)).order_by("ended_at")
    chosen = list(old.values_list("pk", flat=True)[:_AT_ONCE])
    # Asked once more: one of them may have been begun again.
    Job.objects.over().filter(pk__in=chosen).delete()
    return len(chosen)
