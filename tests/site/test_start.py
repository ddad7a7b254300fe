"""Does the web process start light, and say what is wrong when it cannot?"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_web_process_starts_without_numpy_and_tensorflow() -> None:
    """What analysis and training need stays out of the process that answers visitors."""
    script = (
        "import sys, sidflow_site.asgi, django.urls as u; u.get_resolver().url_patterns; "
        "print(sorted({'numpy', 'tensorflow', 'keras', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
