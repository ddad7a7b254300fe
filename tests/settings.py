"""How do the tests run the site? With its real settings, in a data folder of their own, whatever this machine is set up for."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_OWNER = "_SIDFLOW_TESTS_OWNER"  # not a setting: tells xdist's workers that the folder is their controller's

if _OWNER not in os.environ:
    for _name in [name for name in os.environ if name.startswith("SIDFLOW_")]:
        del os.environ[_name]
    _folder = Path(tempfile.mkdtemp(prefix="sidflow-tests-"))
    (_folder / "config.json").write_text("{}", encoding="ascii")
    os.environ["SIDFLOW_DATA_DIR"] = str(_folder / "data")
    os.environ["SIDFLOW_CONFIG"] = str(_folder / "config.json")
    os.environ[_OWNER] = str(os.getpid())
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)

# Tests that run side by side have one Redis, and a cache that one of them clears is a whole database of it.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
if _worker.isdigit() and os.environ.get("REDIS_URL"):
    _server = os.environ["REDIS_URL"].rsplit("/", 1)[0]
    os.environ["REDIS_URL"] = f"{_server}/{int(_worker) + 1}"

from sidflow_site.settings import *  # noqa: E402, F403

# Slow hashes protect real passwords; the tests' own need none.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# Tests count by themselves: a thread that writes would meet their transactions.
PLAY_COUNTS_EVERY_S = None
