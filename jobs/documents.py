"""How do jobs and their lines look as JSON?  One shape for the API, the live messages and the pages."""

from datetime import datetime
from typing import Any

from jobs.kinds import title_of
from jobs.models import Job, JobLine


def job_document(job: Job) -> dict[str, Any]:
    """A job that was fetched with its `asked_by`."""
    return {
        "id": str(job.pk),
        "type": job.kind,
        "title": title_of(job.kind),
        "status": job.state,
        "priority": job.priority,
        "parameters": job.parameters,
        "progress": job.progress,
        "wish": job.wish or None,
        "origin": job.origin,
        "askedBy": job.asked_by.get_username() if job.asked_by else None,
        "attempt": job.attempt,
        "result": job.result,
        "problem": job.problem,
        "createdAt": _time(job.created_at),
        "startedAt": _time(job.started_at),
        "endedAt": _time(job.ended_at),
        "heartbeatAt": _time(job.heartbeat_at),
        "durationMs": job.ran_ms,
    }


def line_document(line: JobLine) -> dict[str, Any]:
    return {"number": line.number, "at": _time(line.at), "level": line.level, "text": line.text}


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None
