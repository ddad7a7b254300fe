"""What does a backup's file look like, and is this one whole?

A tar, gzipped: first `sidflow-backup.json` (what the backup is of), then `database/…`, `data/…` and `config/…`, at last
`manifest.json` with the size and SHA-256 of each.  A file without its manifest was cut off.
"""

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, Self

from sidflow_site.backups.encryption import decrypting, is_encrypted
from sidflow_site.backups.problems import BackupError

FORMAT: Final = 1
HEADER: Final = "sidflow-backup.json"
MANIFEST: Final = "manifest.json"
CONFIGURATION: Final = "config/sidflow.json"
_TOPS: Final = ("database", "data", "config")
_CHUNK: Final = 1 << 20
_LARGEST_TEXT: Final = 256 << 20  # of header and manifest: far beyond what a million files need
_DAMAGED: Final = "The backup is damaged or was cut off"

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup is of.  `bytes` is about as much as it unpacks to; migrations are "app.name"."""

    format: int
    made_at: str
    database: str
    data_dir: str
    migrations: list[str]
    bytes: int


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a backup, as the manifest tells it."""

    path: str
    size: int
    sha256: str


class Writer:
    """Writes an archive to a stream: files in any order; the manifest follows when the block ends without an error."""

    def __init__(self, sink: IO[bytes], header: Header, progress: Progress) -> None:
        self._gzip = gzip.GzipFile(filename="", fileobj=sink, mode="wb", compresslevel=6, mtime=0)
        self._tar = tarfile.open(fileobj=self._gzip, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115  __exit__ ends it
        self._progress = progress
        self._done = 0
        self.members: list[Member] = []
        self._add_text(HEADER, asdict(header))

    def add(self, name: str, path: Path) -> None:
        """Puts a file in, as long as it is now: lines that are appended meanwhile wait for the next backup."""
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            self._add(name, file, state.st_size, mode=state.st_mode & 0o777, mtime=int(state.st_mtime))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind:
            # Else it would write its end, later, to a stream that is closed.
            self._gzip.fileobj = None  # type: ignore[assignment]
            return
        self._add_text(MANIFEST, {"files": [asdict(member) for member in self.members]})
        self._tar.close()
        self._gzip.close()

    def _add_text(self, name: str, document: dict[str, Any]) -> None:
        data = json.dumps(document, sort_keys=True, indent=1).encode()
        self._add(name, io.BytesIO(data), len(data), mode=0o600, mtime=0)

    def _add(self, name: str, file: IO[bytes], size: int, *, mode: int, mtime: int) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, mode, mtime
        reader = _Hashing(file, self._note)
        try:
            self._tar.addfile(entry, reader)
        except OSError as error:
            if error.errno is None:  # tarfile's own: the file became shorter
                raise BackupError(f"{name} was cut while it was read: try again.") from None
            raise
        self.members.append(Member(name, size, reader.digest.hexdigest()))

    def _note(self, count: int) -> None:
        self._done += count
        self._progress(self._done)


class _Hashing(io.RawIOBase):
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes], progress: Progress) -> None:
        self._file, self._note = file, progress
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        self._note(len(data))
        return data


def read_archive(
    path: Path,
    passphrase: str | None,
    *,
    check: Callable[[Header], None] = lambda _: None,
    into: Path | None = None,
    progress: Progress = lambda _: None,
) -> tuple[Header, list[Member]]:
    """Reads a backup to its end and compares it with its manifest; unpacks it where `into` names an empty folder.

    `check` sees what the backup is of before anything is unpacked, and may raise.  Raises BackupError where anything is
    not as the manifest says, and OSError where the disk refuses.
    """
    reader = _Reader(into, check, progress)
    damage: Exception | None = None
    with _plain(path, passphrase) as plain:
        try:
            with gzip.GzipFile(fileobj=plain) as unzipped, tarfile.open(fileobj=unzipped, mode="r|") as tar:
                for entry in tar:
                    reader.take(tar, entry)
                _read_to_the_end(unzipped)  # where its checksum stands
        except (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError, ValueError) as error:
            damage = error
        # gpg knows better why, and says it when all is read.
        _read_to_the_end(plain)
    if damage:
        raise BackupError(f"{_DAMAGED} ({damage}).")
    return reader.whole()


def _read_to_the_end(file: IO[bytes] | gzip.GzipFile) -> None:
    while file.read(_CHUNK):
        pass


@contextmanager
def _plain(path: Path, passphrase: str | None) -> Iterator[IO[bytes]]:
    """The backup's bytes, decrypted where they must be."""
    with path.open("rb", buffering=0) as file:
        magic = file.read(2)
        file.seek(0)  # unbuffered: gpg reads on from where the descriptor stands
        if magic == b"\x1f\x8b":
            yield file
        elif not is_encrypted(path):
            raise BackupError(f"{path} is not a backup of SIDFlow.")
        elif not passphrase:
            raise BackupError("The backup is encrypted: set SIDFLOW_BACKUP_PASSPHRASE.")
        else:
            with decrypting(file, passphrase) as plain:
                yield plain


class _Reader:
    """Takes one member after the other and remembers what it was."""

    def __init__(self, into: Path | None, check: Callable[[Header], None], progress: Progress) -> None:
        self._into, self._check, self._progress = into, check, progress
        self._header: Header | None = None
        self._told: set[Member] | None = None
        self._found: list[Member] = []
        self._done = 0

    def take(self, tar: tarfile.TarFile, entry: tarfile.TarInfo) -> None:
        file = tar.extractfile(entry) if entry.isreg() else None
        if file is None:
            raise BackupError(f"{_DAMAGED}: {entry.name} is not a regular file.")
        if self._header is None:
            self._take_header(entry, file)
        elif entry.name == MANIFEST:
            self._told = {Member(**member) for member in _document(entry, file)["files"]}
        else:
            self._take_file(entry, file)

    def whole(self) -> tuple[Header, list[Member]]:
        """All of it, compared.  Raises BackupError."""
        if self._header is None or self._told is None:
            raise BackupError(f"{_DAMAGED}: its end, with the manifest, is missing.")
        if wrong := sorted(member.path for member in set(self._found) ^ self._told):
            raise BackupError(f"{_DAMAGED}: {wrong[0]} is not as the manifest says.")
        return self._header, self._found

    def _take_header(self, entry: tarfile.TarInfo, file: IO[bytes]) -> None:
        if entry.name != HEADER:
            raise BackupError(f"This is not a backup of SIDFlow: it does not begin with {HEADER}.")
        data = file.read(_LARGEST_TEXT)
        document = json.loads(data)
        if document.get("format") != FORMAT:
            raise BackupError(
                f"The backup has format {document.get('format')}, and this SIDFlow reads {FORMAT}: update first."
            )
        try:
            self._header = Header(**document)
        except TypeError:
            raise BackupError(f"{_DAMAGED}: {HEADER} does not say what it must.") from None
        self._check(self._header)
        self._found.append(Member(entry.name, len(data), hashlib.sha256(data).hexdigest()))

    def _take_file(self, entry: tarfile.TarInfo, file: IO[bytes]) -> None:
        digest = hashlib.sha256()
        with _target(self._into, entry) as target:
            while data := file.read(_CHUNK):
                digest.update(data)
                target.write(data)
                self._done += len(data)
                self._progress(self._done)
        self._found.append(Member(entry.name, entry.size, digest.hexdigest()))


def _document(entry: tarfile.TarInfo, file: IO[bytes]) -> Any:
    if entry.size > _LARGEST_TEXT:
        raise BackupError(f"{_DAMAGED}: {entry.name} is too large.")
    return json.loads(file.read())


@contextmanager
def _target(into: Path | None, entry: tarfile.TarInfo) -> Iterator[IO[bytes]]:
    """Where the member's bytes go: below the folder, whatever its name says, and to nothing that is there already."""
    parts = PurePosixPath(entry.name).parts
    if not parts or parts[0] not in _TOPS or len(parts) < 2 or ".." in parts or entry.name.startswith("/"):
        raise BackupError(f"{_DAMAGED}: {entry.name} is no name that a backup has.")
    if into is None:
        with Path(os.devnull).open("wb") as nothing:
            yield nothing
        return
    place = into.joinpath(*parts)
    place.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    place.chmod(entry.mode & 0o777)
