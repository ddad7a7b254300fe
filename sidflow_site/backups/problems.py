"""What does a person at the terminal hear when a backup or a restore cannot be?"""

import errno


class BackupError(Exception):
    """A sentence for whoever started the command; nothing was changed."""


def sentence_for(error: OSError) -> str:
    """What the system said, with the file it is about, and what to do where that is plain."""
    place = f" ({error.filename})" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"The disk is full{place}: make room, or choose another folder with --to."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"No permission{place}: run this as the user that the site runs as."
    if error.errno == errno.EROFS:
        return f"The disk is read-only{place}."
    return f"{error.strerror or error}{place}."
