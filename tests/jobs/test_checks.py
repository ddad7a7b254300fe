"""Is a queue that would run things twice refused before anything starts?"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import override_settings

ROOT = Path(__file__).resolve().parents[2]
GONE = object()


def test_ours_is_well() -> None:
    call_command("check")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"timeout": None}, {"jobs.E001", "jobs.E003"}),
        ({"timeout": GONE}, {"jobs.E001", "jobs.E003"}),
        ({"timeout": 5, "retry": 600}, {"jobs.E002"}),
        ({"retry": 300}, {"jobs.E003"}),
        ({"retry": GONE}, {"jobs.E003"}),
        ({"catch_up": True}, {"jobs.E004"}),
        ({"catch_up": GONE}, {"jobs.E004"}),
        ({"bulk": 5}, {"jobs.E005"}),
        ({"queue_limit": GONE}, {"jobs.E005"}),
        ({"ack_failures": GONE}, {"jobs.E006"}),
        ({"max_attempts": 0}, {"jobs.E007"}),
        ({"daemonize_workers": GONE}, {"jobs.E008"}),
    ],
)
def test_what_would_run_twice_or_never_end_is_refused(changes: dict[str, Any], found: set[str]) -> None:
    chosen = {name: value for name, value in (settings.Q_CLUSTER | changes).items() if value is not GONE}
    with override_settings(Q_CLUSTER=chosen), pytest.raises(SystemCheckError) as refused:
        call_command("check")
    said = str(refused.value)
    assert {word.strip("()?:") for word in said.split() if "jobs.E" in word} == found
    assert "HINT: " in said


def test_no_worker_starts_so(tmp_path: Path) -> None:
    (tmp_path / "wrong_queue.py").write_text(
        "from sidflow_site.settings import *\nQ_CLUSTER = Q_CLUSTER | {'retry': 10}\n"
    )
    environ = os.environ | {
        "DJANGO_SETTINGS_MODULE": "wrong_queue",
        "PYTHONPATH": str(tmp_path),
        "SIDFLOW_DATA_DIR": str(tmp_path / "data"),
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "work"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 1
    assert "jobs.E003" in done.stderr
    assert "Traceback" not in done.stderr
