"""What does Lighthouse say of the first page of a full list?  Prints `name value unit`; what it minds goes to the error output.

    .venv/bin/python -m tests.browser.bench_lighthouse

The site runs on this machine, on a database of its own with tunes enough for two pages.
"""

import os
import subprocess
import tempfile
from pathlib import Path

from tests.browser.conftest import ROOT, serve_site
from tests.browser.tunes import write_many_tunes


def main() -> None:
    """Measure and print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sidflow_site.settings")
    with tempfile.TemporaryDirectory(prefix="sidflow-lighthouse-") as name:
        folder = Path(name)
        write_many_tunes(folder / "made")
        with serve_site(folder, made_tunes=False, corpus=False) as site:
            command = ["node", str(ROOT / "tests" / "browser" / "bench_lighthouse.mjs"), site.url]
            subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
