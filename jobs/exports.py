"""Which of the jobs' rows go to `jobs/`?  The schedules: staff's own work.  Jobs and their logs are history; backups have them."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from pydantic import Field

from core.exporting import Counts, DataFileError, Document, JsonLines, Progress, register
from jobs.cron import check_cron
from jobs.models import Schedule


class ScheduleLine(Document):
    """When jobs of a kind begin by themselves; when next follows from it."""

    kind: Annotated[str, Field(min_length=1, max_length=40)]
    cron: Annotated[str, Field(min_length=1, max_length=100)]
    parameters: dict[str, Any]
    enabled: bool


def _documents() -> Iterator[ScheduleLine]:
    for row in Schedule.objects.order_by("pk"):
        yield ScheduleLine(kind=row.kind, cron=row.cron, parameters=row.parameters, enabled=row.enabled)


class _Loader:
    """Makes schedules; what changes is due anew, counted from now."""

    def __init__(self) -> None:
        self._counts = Counts()
        self._kinds: list[str] = []

    def take(self, documents: Sequence[ScheduleLine]) -> None:
        for line in documents:
            try:
                check_cron(line.cron)
            except ValidationError as error:
                raise DataFileError(f"{line.kind}: {error.messages[0]}") from None
            self._take(line)
            self._kinds.append(line.kind)

    def _take(self, line: ScheduleLine) -> None:
        values = line.model_dump(exclude={"kind"})
        row = Schedule.objects.filter(kind=line.kind).first()
        if row is None:
            Schedule.objects.create(kind=line.kind, **values)
            self._counts.added += 1
        elif all(getattr(row, name) == value for name, value in values.items()):
            self._counts.unchanged += 1
        else:
            Schedule.objects.filter(pk=row.pk).update(**values, next_at=None)
            self._counts.changed += 1

    def finish(self, *, replace: bool, progress: Progress) -> Counts:
        progress(1)
        if replace:
            others = Schedule.objects.exclude(kind__in=self._kinds)
            self._counts.removed = others.count()
            others.delete()
        return self._counts


register(
    JsonLines(
        "jobs/schedules.jsonl",
        kind=ScheduleLine,
        documents=_documents,
        count=Schedule.objects.count,
        loader=_Loader,
    )
)
