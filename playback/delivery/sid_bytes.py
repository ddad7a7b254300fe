"""Which bytes does a SID file have now?"""

from playback.catalogue.models import SidFile
from playback.catalogue.paths import read_below
from playback.delivery.problems import FileGone
from playback.sidfile import LONGEST_SID_FILE

# Registered with IANA in the personal tree.
CONTENT_TYPE = "audio/prs.sid"


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
