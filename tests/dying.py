"""How do the tests have processes die at a chosen moment, and when is all over that those had begun?

A test that waits for a moment and then sends a signal comes too late where the machine is busy: here the process itself sends
it, when it opens a file.
"""

import sys
import time
from typing import Final

from django.db import connection

_PATIENCE_S: Final = 60
_SCRIPT: Final = """
import os, runpy, sys
number, left, end = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
def look(event, arguments):
    global left
    if event == "open" and str(arguments[0]).endswith(end):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), number)
sys.addaudithook(look)
sys.argv = ["manage.py", *sys.argv[4:]]
runpy.run_path("manage.py", run_name="__main__")
"""


def manage_until(number: int, *, opened: int, end: str, words: list[str]) -> list[str]:
    """A management command's command line; it gets that signal as it opens so many files whose names end so."""
    return [sys.executable, "-c", _SCRIPT, str(number), str(opened), end, *words]


def wait_for_the_dead() -> None:
    """Until PostgreSQL has noticed who was killed: what they had sent may be committed after their death."""
    if connection.vendor != "postgresql":
        return
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    deadline = time.monotonic() + _PATIENCE_S
    with connection.cursor() as cursor:
        while True:
            cursor.execute(others)
            if cursor.fetchone() == (0,):
                return
            assert time.monotonic() < deadline, "somebody has a connection still"
            time.sleep(0.01)
