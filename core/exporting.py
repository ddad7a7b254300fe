"""How does what the database holds become files that read the same every time, and how does it come back from them?

Apps register in their own `exports.py` what is theirs; nothing is written for whom nobody has registered.  A file has one
JSON object a line: keys sorted, UTF-8, LF, lines sorted by their bytes; the same rows give the same bytes on any database.
"""

import heapq
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final, Generic, Protocol, TypeVar

from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.utils.module_loading import autodiscover_modules
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from core.files import replace_changed

BATCH: Final = 500
_LINES_IN_MEMORY: Final = 10_000
# About how much of reading a file is its lines; the rest is what follows when all are known.
_LINES_SHARE: Final = 0.6
# Lone surrogates, which UTF-8 has not, and what some programs take for the end of a line.
_ESCAPED: Final = re.compile("[\ud800-\udfff\x7f\x85\u2028\u2029]")

Progress = Callable[[float], None]


class DataFileError(Exception):
    """A file cannot be read back; a sentence with its name and, where it is about one, the line's number."""


class Document(BaseModel):
    """One line.  Fields have snake_case here and camelCase in the file; a field too many or too few is a mistake."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=True,
        hide_input_in_errors=True,
    )


D = TypeVar("D", bound=Document)
D_contra = TypeVar("D_contra", bound=Document, contravariant=True)


@dataclass(slots=True)
class Counts:
    """What reading a file did to the rows; `remarks` are sentences for the person who asked."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    remarks: tuple[str, ...] = ()


class Loader(Protocol[D_contra]):
    """Makes rows of documents: batch by batch, then what can only be done when all are known."""

    def take(self, documents: Sequence[D_contra]) -> None: ...
    def finish(self, *, replace: bool, progress: Progress) -> Counts: ...


class Export(Protocol):
    """A file below the data folder.  Files are read back in the order in which they were registered."""

    path: str

    def write(self, folder: Path, progress: Progress) -> bool:
        """Writes it; False where it was as it had to be."""

    def read(self, folder: Path, progress: Progress, *, replace: bool) -> Counts | None:
        """Makes rows of it; None where it is not there.  Raises DataFileError."""


_exports: Final[list[Export]] = []


def register(export: Export) -> None:
    """Makes it known."""
    if any(known.path == export.path for known in _exports):
        raise ValueError(f"two exports write {export.path}")
    _exports.append(export)


def all_exports() -> list[Export]:
    """What the apps' `exports.py` have registered, lower apps first."""
    autodiscover_modules("exports")
    return list(_exports)


def canonical(document: dict[str, Any]) -> bytes:
    """The one line that this document is."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode() + b"\n"


class JsonLines(Generic[D]):
    """The usual export: documents out of rows, and a loader that makes rows of documents.

    `documents` yields them in any order; `count` says about how many there are.
    """

    def __init__(
        self,
        path: str,
        *,
        kind: type[D],
        documents: Callable[[], Iterable[D]],
        count: Callable[[], int],
        loader: Callable[[], Loader[D]],
    ) -> None:
        self.path = path
        self._kind, self._documents, self._count, self._loader = kind, documents, count, loader

    def write(self, folder: Path, progress: Progress) -> bool:
        place = folder / self.path
        place.parent.mkdir(parents=True, exist_ok=True)
        total = max(self._count(), 1)
        with ExitStack() as scratch:
            runs: list[IO[bytes]] = []
            lines = (canonical(one.model_dump(mode="json", by_alias=True)) for one in self._documents())
            while run := list(islice(lines, _LINES_IN_MEMORY)):
                file = scratch.enter_context(tempfile.TemporaryFile(dir=place.parent))
                file.writelines(sorted(run))
                file.seek(0)
                runs.append(file)
                progress(min(len(runs) * _LINES_IN_MEMORY / total, 1))
            return replace_changed(place, heapq.merge(*runs))

    def read(self, folder: Path, progress: Progress, *, replace: bool) -> Counts | None:
        place = folder / self.path
        if not place.exists():
            return None
        loader = self._loader()
        total, done = max(place.stat().st_size, 1), 0
        lines = enumerate(lines_of(place), start=1)
        while batch := list(islice(lines, BATCH)):
            documents = [self._parsed(number, line) for number, line in batch]
            with telling(f"{self.path}, lines {batch[0][0]} to {batch[-1][0]}"):
                loader.take(documents)
            done += sum(len(line) for _, line in batch)
            progress(_LINES_SHARE * done / total)
        with telling(self.path):
            return loader.finish(
                replace=replace, progress=lambda part: progress(_LINES_SHARE + (1 - _LINES_SHARE) * part)
            )

    def _parsed(self, number: int, line: bytes) -> D:
        return parsed(self._kind, line, f"{self.path}, line {number}")


def parsed(kind: type[D], line: bytes, where: str) -> D:
    """The document of a line.  Raises DataFileError."""
    try:
        return kind.model_validate(json.loads(line.decode("utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(map(str, first["loc"]))
        raise DataFileError(f"{where}: {name + ': ' if name else ''}{first['msg']}.") from None
    except ValueError as error:
        raise DataFileError(f"{where} is not JSON: {error}.") from None


@contextmanager
def telling(where: str) -> Iterator[None]:
    """What the database refuses is told with its place in the file."""
    try:
        yield
    except (
        DatabaseError,
        ValueError,
    ) as error:  # psycopg raises ValueError for a character that it cannot send
        raise DataFileError(f"{where}: {str(error).splitlines()[0]}.") from None
    except DataFileError as error:
        raise DataFileError(f"{where}: {error}") from None


def lines_of(place: Path) -> Iterator[bytes]:
    """Its lines, each whole.  Raises DataFileError for a last one that was cut off."""
    with place.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                raise DataFileError(f"{place.name}, line {number} is cut off.")
            yield line


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read inside is of one moment, and nobody who writes meanwhile waits."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # Not atomic(): that begins by locking out all writers.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
