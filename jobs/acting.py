"""How does somebody do something with a job so that it is written down who did, also where it was refused?

The API, the pages and Django's own actions come through here; what is done, `jobs.controls` does.
"""

from collections.abc import Callable
from typing import Any, Final

from core import audit
from core.models import User
from core.problems import DomainError
from jobs import controls
from jobs.models import Job

_ACTS: Final[dict[str, Callable[..., None]]] = {
    "pause": controls.pause,
    "resume": controls.resume,
    "cancel": controls.cancel,
    "retry": controls.retry,
    "priority": controls.set_priority,
}
VERBS: Final = tuple(_ACTS)


def begin(kind: str, parameters: dict[str, Any], *, actor: User | None, priority: int | None = None) -> Job:
    """A new job.  Raises UnknownKind, InvalidInput."""
    try:
        job = controls.ask_for(kind, parameters, asked_by=actor, priority=priority)
    except DomainError as error:
        audit.record("job.create", actor=actor, resource=kind, success=False, error=error.code)
        raise
    audit.record("job.create", actor=actor, resource=f"{job.pk} {job}", details=job.parameters)
    return job


def act(verb: str, job: Job, *told: Any, actor: User | None) -> None:
    """Does it: `verb` is one of VERBS, `told` what its control takes.  Raises JobNotSo, InvalidInput."""
    resource = f"{job.pk} {job}"
    details = {"told": list(told)} if any(one is not None for one in told) else {}
    try:
        _ACTS[verb](job, *told)
    except DomainError as error:
        audit.record(
            f"job.{verb}", actor=actor, resource=resource, details=details, success=False, error=error.code
        )
        raise
    audit.record(f"job.{verb}", actor=actor, resource=resource, details=details)
