"""Can a machine read the log lines of production?"""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

from core.json_logs import JsonFormatter

ROOT = Path(__file__).resolve().parents[2]


def test_a_line_is_one_json_object_with_its_traceback() -> None:
    try:
        raise ValueError("a\nb")
    except ValueError:
        record = logging.LogRecord("x.y", logging.ERROR, __file__, 1, "failed: %s", ("é\n",), sys.exc_info())
    record.request_id = "abc"
    text = JsonFormatter().format(record)
    line = json.loads(text)
    assert "\n" not in text
    assert line["message"] == "failed: é\n"
    assert (line["level"], line["logger"], line["requestId"]) == ("ERROR", "x.y", "abc")
    assert "ValueError" in line["traceback"]
    assert line["timestamp"].endswith("Z")


def test_production_logs_json_and_only_json(tmp_path: Path) -> None:
    script = (
        "import django, logging; django.setup(); "
        "logging.getLogger('django.request').error('one'); logging.getLogger('django-q').warning('two'); "
        "logging.getLogger('playback').warning('three')"
    )
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "sidflow_site.settings",
        "SIDFLOW_PRODUCTION": "true",
        "SIDFLOW_SECRET_KEY": "k" * 60,
        "SIDFLOW_ALLOWED_HOSTS": "sidflow.example",
        "SIDFLOW_DATA_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["message"] for line in lines] == ["one", "two", "three"]
