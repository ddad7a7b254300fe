"""A job that does nothing, and one that goes on until it is cancelled and tells who runs it."""

import os
import time

from jobs.kinds import Kind, Steps, register
from jobs.work import Work


def nothing(_work: Work) -> Steps:
    """Over as soon as it has begun."""
    yield {}
    return {}


def endless(work: Work) -> Steps:
    """Writes the number of its process into its checkpoint, again and again."""
    beat = 0
    while True:
        time.sleep(0.02)
        work.still_wanted()
        beat += 1
        yield {"pid": os.getpid(), "beat": beat}


register(Kind("bench-nothing", "Nothing", nothing))
register(Kind("bench-endless", "Going on", endless))
