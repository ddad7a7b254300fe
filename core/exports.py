"""How does the audit trail come into an export, and back into the database?

It is not made of the rows: its file is written line by line and never again.  An export has all of it, archives and file, as
one; a rebuild adds the rows that are missing, and never removes or changes one.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max
from pydantic import AwareDatetime, Field

from core import audit_file
from core.audit_archives import NAME, lines, parts
from core.exporting import BATCH, Counts, DataFileError, Document, Progress, parsed, register, telling
from core.files import replace_changed
from core.models import AuditEntry


class AuditLine(Document):
    """One line of the trail.  Those of the first releases have no number."""

    id: Annotated[int, Field(ge=1)] | None = None
    timestamp: AwareDatetime
    action: Annotated[str, Field(max_length=100)]
    actor: Annotated[str, Field(max_length=150)]
    resource: Annotated[str, Field(max_length=300)]
    details: dict[str, Any]
    success: bool
    error: str
    request_id: Annotated[str, Field(max_length=32)]

    def values(self) -> dict[str, Any]:
        """The row's columns, but for its number.  No account: one of the same name may be somebody else's by now."""
        return {
            "at": self.timestamp,
            "action": self.action,
            "actor_name": self.actor,
            "resource": self.resource,
            "details": self.details,
            "success": self.success,
            "error": self.error,
            "request_id": self.request_id,
        }


class AuditTrail:
    """`audit/admin-actions.jsonl`, and its archives beside it."""

    path = f"audit/{NAME}"

    def prepare(self) -> None:
        """Brings the file up to date; one that is lost with all its archives is written anew.  Outside of transactions."""
        if not parts(audit_file.log_file().parent):
            AuditEntry.objects.filter(in_file=True).update(in_file=False)
        audit_file.write_out(patience_s=5)

    def write(self, folder: Path, progress: Progress) -> bool:
        place = folder / self.path
        if place == audit_file.log_file():
            return False  # it is kept up all the time
        place.parent.mkdir(parents=True, exist_ok=True)
        with audit_file.writing():
            progress(0)
            return replace_changed(
                place, (line for part in parts(audit_file.log_file().parent) for line in lines(part))
            )

    def read(self, folder: Path, progress: Progress, *, replace: bool) -> Counts | None:
        del replace  # nothing ever goes from the trail
        found = parts((folder / self.path).parent)
        if not found:
            return None
        counts = Counts()
        for number, part in enumerate(found):
            progress(number / len(found))
            self._read_part(part, counts)
        if connection.features.supports_sequence_reset:
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), [AuditEntry]):
                    cursor.execute(statement)
        return counts

    def _read_part(self, part: Path, counts: Counts) -> None:
        in_file = part.parent == audit_file.log_file().parent
        rest = enumerate(_whole_lines(part), start=1)
        while batch := list(islice(rest, BATCH)):
            documents = [
                parsed(AuditLine, line, f"audit/{part.name}, line {number}") for number, line in batch
            ]
            with telling(f"audit/{part.name}, lines {batch[0][0]} to {batch[-1][0]}"):
                _add_missing(documents, counts, in_file=in_file)


def _whole_lines(part: Path) -> Iterator[bytes]:
    """Half a line at the end of the file that is written now is not there yet: its writer was killed and writes it again."""
    for number, line in enumerate(lines(part), start=1):
        if line.endswith(b"\n"):
            yield line
        elif part.name != NAME:
            raise DataFileError(f"audit/{part.name}, line {number} is cut off.")


def _add_missing(documents: Sequence[AuditLine], counts: Counts, *, in_file: bool) -> None:
    """A row of the same content is the line's; else it gets the line's number, or a new one where that is taken."""
    rows = list(AuditEntry.objects.filter(at__in={line.timestamp for line in documents}))
    there = [(row.pk, {name: getattr(row, name) for name in documents[0].values()}) for row in rows]
    ids = [line.id for line in documents if line.id]
    taken = set(AuditEntry.objects.filter(pk__in=ids).values_list("pk", flat=True))
    # Not the database's next number: it does not see those that we give, and would give them again.
    highest: int = max([AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0, *ids])
    known: list[int] = []
    for line in documents:
        values = line.values()
        if same := next((row for row in there if row[1] == values), None):
            there.remove(same)
            known.append(same[0])
            counts.unchanged += 1
            continue
        number = line.id
        if number is None or number in taken:
            number = highest = highest + 1
        AuditEntry.objects.create(pk=number, in_file=in_file, **values)
        taken.add(number)
        counts.added += 1
    if in_file:
        AuditEntry.objects.filter(pk__in=known, in_file=False).update(in_file=True)


trail: Final = AuditTrail()
register(trail)
