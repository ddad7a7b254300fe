"""How does a job's log get its lines, one number after the other, whoever writes?"""

from django.db import IntegrityError, transaction
from django.db.models import Max

from jobs.models import Job, JobLine
from jobs.waking import wake

_LONGEST = 2000


def tell(job_id: int, text: str, level: str = JobLine.Level.INFO) -> JobLine:
    """Adds a line.  Two who write at once get different numbers."""
    while True:
        last: int = JobLine.objects.filter(job_id=job_id).aggregate(last=Max("number"))["last"] or 0
        try:
            with transaction.atomic():
                line = JobLine.objects.create(
                    job_id=job_id, number=last + 1, level=level, text=text[:_LONGEST]
                )
        except IntegrityError:
            if not Job.objects.filter(pk=job_id).exists():
                raise
        else:
            wake()
            return line
