"""Which bytes does a SID file have now, and which file has these bytes?"""

import hashlib
import re

from playback.catalogue.models import SidFile
from playback.catalogue.paths import read_below
from playback.delivery.problems import FileGone, TrackNotFound
from playback.sidfile import LONGEST_SID_FILE

# Registered with IANA in the personal tree.
CONTENT_TYPE = "audio/prs.sid"
# The same file may be there under several names.
_COPIES_TRIED = 3
_MD5 = re.compile(r"[0-9a-f]{32}")


def read_sid(file: SidFile) -> bytes:
    """The bytes that are on disk now.  Raises FileGone, whatever the disk says, without telling its folders."""
    gone = FileGone(f"{file.path} cannot be read at the moment; the list will show it when it is back.")
    if file.missing_since is not None:
        raise gone
    try:
        data = read_below(file.collection.root, file.path, limit=LONGEST_SID_FILE)
    except OSError:
        raise gone from None
    if len(data) > LONGEST_SID_FILE:
        raise FileGone(f"{file.path} is longer than a SID file can be.")
    return data


def read_sid_of(md5: str) -> bytes:
    """The bytes of that MD5 (of the whole file, 32 hexadecimal digits), which some file of the catalogue has.

    Raises TrackNotFound where none has, FileGone where the disk has others by now.
    """
    if not _MD5.fullmatch(md5):
        raise TrackNotFound
    files = SidFile.objects.present().filter(md5=md5).select_related("collection").in_order()[:_COPIES_TRIED]
    gone: FileGone | None = None
    for file in files:
        try:
            data = read_sid(file)
        except FileGone as error:
            gone = error
            continue
        if hashlib.md5(data, usedforsecurity=False).hexdigest() == md5:
            return data
        gone = FileGone(f"{file.path} has been edited since; the next import will find it.")
    raise gone or TrackNotFound
