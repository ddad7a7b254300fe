"""What do all tests share? Collected static files, and a choice of the tests that database and queue matter to."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# How long one example takes says something about the machine, not about us: on a busy one any may take a second.
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--only-services`: the tests of database, cache and queue, to repeat them on PostgreSQL and Redis."""
    parser.addoption(
        "--only-services", action="store_true", help="only tests that use the database, cache or queue"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Name our own marks."""
    config.addinivalue_line("markers", "services: uses cache, channel layer or queue; repeated on Redis")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Collect static files once where nobody has: pages name them by hash."""
    is_worker = hasattr(session.config, "workerinput")
    if not is_worker and not (ROOT / "staticfiles" / "staticfiles.json").exists():
        environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=environ, check=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has no business with database, cache and queue, when asked to."""
    if not config.getoption("--only-services"):
        return
    fixtures = {"db", "transactional_db", "live_server", "admin_client", "admin_user"}
    chosen: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for item in items:
        marked = item.get_closest_marker("django_db") or item.get_closest_marker("services")
        uses = marked or fixtures & set(getattr(item, "fixturenames", ()))
        (chosen if uses else others).append(item)
    items[:] = chosen
    config.hook.pytest_deselected(items=others)
