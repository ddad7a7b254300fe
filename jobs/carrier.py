"""How does a job's id reach a worker?  django-q2 carries it, and nothing else."""

from django_q.tasks import async_task

# Jobs that somebody runs in this very process, at a terminal: nobody else is asked to.
_here: set[int] = set()


def run_here(job_id: int) -> None:
    """From now on this process looks after the job itself."""
    _here.add(job_id)


def send(job_id: int) -> None:
    """Some worker will run a slice of it, if it is its turn then."""
    if job_id not in _here:
        async_task("jobs.running.run_slice", job_id, save=False)
