"""Where do ROMs lie on this server?  Below the data folder, outside of everything served, named by what is in them."""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

from playback.roms.checking import ROM_SIZES, is_sha256

_LARGEST = max(ROM_SIZES.values())


def folder() -> Path:
    """`data/roms`."""
    return Path(settings.DATA_DIR) / "roms"


def _place(sha256: str) -> Path:
    if not is_sha256(sha256):
        raise FileNotFoundError(sha256)
    return folder() / f"{sha256}.rom"


def store_rom(data: bytes) -> str:
    """Keeps a ROM and answers its SHA-256; the same bytes twice are one file.

    It is written beside and renamed: nobody ever reads half of one, and a crash leaves none.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    place = _place(sha256)
    place.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(place)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return sha256


def read_rom(sha256: str) -> bytes:
    """The ROM of that SHA-256.  Raises OSError where it is not there or its bytes are others by now."""
    with _place(sha256).open("rb") as file:
        data = file.read(_LARGEST + 1)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise OSError(f"{sha256}.rom holds other bytes than its name says")
    return data


def remove_rom(sha256: str) -> None:
    """Forgets a ROM; one that is not there is forgotten already."""
    with contextlib.suppress(FileNotFoundError):
        _place(sha256).unlink()
