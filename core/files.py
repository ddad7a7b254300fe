"""How does a file change so that nobody ever reads half of it, whatever is killed when?"""

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

_CHUNK: Final = 1 << 20


def sync_folder(folder: Path) -> None:
    """What was renamed in the folder stays so after a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def replacing(path: Path, *, mode: int = 0o640) -> Iterator[IO[bytes]]:
    """A file to write (and read again) that takes the path's place, at once and for good, when the block ends without an error."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_atomically(path: Path, data: bytes, *, mode: int = 0o640) -> None:
    """The file holds these bytes afterwards, or, where this raises, what it held before."""
    with replacing(path, mode=mode) as file:
        file.write(data)


def replace_changed(path: Path, pieces: Iterable[bytes], *, mode: int = 0o640) -> bool:
    """The file holds these bytes afterwards; where it held them before it is not touched, and the answer is False."""
    try:
        with replacing(path, mode=mode) as file:
            file.writelines(pieces)
            file.flush()
            _refuse_same(file, path)
    except _Same:
        return False
    return True


class _Same(Exception):
    """The new file is as the old one."""


def _refuse_same(new: IO[bytes], path: Path) -> None:
    with contextlib.suppress(FileNotFoundError), path.open("rb") as old:
        new.seek(0)
        while (piece := new.read(_CHUNK)) == old.read(_CHUNK):
            if not piece:
                raise _Same
