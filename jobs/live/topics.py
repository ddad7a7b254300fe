"""What can be watched, and what is new about it since the last look?"""

from typing import Any, Final, Protocol

from jobs.documents import job_document, line_document
from jobs.models import Job, JobLine

Message = dict[str, Any]

NEWEST: Final = 50
LINES_AT_ONCE: Final = 500


class Topic(Protocol):
    """Its methods read the database, one at a time."""

    def look(self) -> list[Message]:
        """What is new since the last look; nothing at the first."""

    def welcome(self, after: int) -> list[Message]:
        """What somebody must be told who comes after the last look, and has the log's lines up to `after`."""


class AllJobs:
    """The newest jobs, and older ones while something may still happen to them."""

    def __init__(self) -> None:
        self.known: dict[int, Message] = {}
        self.under_way: set[int] = set()

    def look(self) -> list[Message]:
        jobs = Job.objects.select_related("asked_by")
        newest = {job.pk: job for job in jobs.order_by("-pk")[:NEWEST]}
        # Those that were under way a moment ago are asked for once more: this is how their end is seen.
        older = jobs.under_way() | jobs.filter(pk__in=self.under_way)
        rows = newest | {job.pk: job for job in older.exclude(pk__in=newest)}
        self.under_way = {pk for pk, job in rows.items() if not job.is_over}
        seen = {pk: job_document(job) for pk, job in rows.items()}
        news = [document for pk, document in sorted(seen.items()) if self.known.get(pk) != document]
        self.known = seen
        return [{"type": "jobs", "items": news}] if news else []

    def welcome(self, after: int) -> list[Message]:
        del after
        return [{"type": "jobs", "items": [document for _, document in sorted(self.known.items())]}]


class OneJob:
    """A job and its log."""

    def __init__(self, pk: int) -> None:
        self.pk = min(pk, 2**63 - 1)  # databases know no larger numbers, and no such job
        self.told = 0
        self.known: Message | None = None

    def look(self) -> list[Message]:
        job = Job.objects.select_related("asked_by").filter(pk=self.pk).first()
        if self.known is None:
            last = JobLine.objects.filter(job=job).order_by("-number").first() if job else None
            self.told = last.number if last else 0
            self.known = job_document(job) if job else {}
            return []
        # Read after the row: whoever sees that a job is over has been told all that it said.
        news: list[Message] = []
        lines = self._lines(self.told, None) if job else []
        if lines:
            self.told = lines[-1]["number"]
            news.append(_lines_message(self.pk, lines))
        document = job_document(job) if job else {}
        if document != self.known and len(lines) < LINES_AT_ONCE:
            self.known = document
            news.append({"type": "job", "job": document or None})
        return news

    def welcome(self, after: int) -> list[Message]:
        messages: list[Message] = []
        while after < self.told and (lines := self._lines(after, self.told)):
            messages.append(_lines_message(self.pk, lines))
            after = lines[-1]["number"]
        return [*messages, {"type": "job", "job": self.known or None}]

    def _lines(self, after: int, last: int | None) -> list[Message]:
        lines = JobLine.objects.filter(job_id=self.pk, number__gt=after)
        if last is not None:
            lines = lines.filter(number__lte=last)
        return [line_document(line) for line in lines[:LINES_AT_ONCE]]


def _lines_message(pk: int, lines: list[Message]) -> Message:
    return {"type": "lines", "jobId": str(pk), "items": lines}
