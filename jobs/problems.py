"""Where is the job of that number, and what is said where there is none?"""

from core.problems import NotFound
from jobs.models import Job


class JobNotFound(NotFound):
    """No job has that number."""

    code = "job-not-found"
    title = "There is no such job"


def find_job(pk: int) -> Job:
    """With who asked for it.  Raises JobNotFound."""
    job = Job.objects.select_related("asked_by").filter(pk=pk).first() if pk < 2**63 else None
    if job is None:
        raise JobNotFound
    return job
