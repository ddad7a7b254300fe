"""Who is the member of staff of the browser tests, and how does she come in?"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Site

_PASSWORD: Final = "analytical engine"
_MADE: Final = f"""
from core.models import User
User.objects.create_superuser("ada", password={_PASSWORD!r})
"""


def add_staff(folder: Path) -> None:
    """Ada, on the site whose folder that is."""
    environ = os.environ | {
        "SIDFLOW_DATA_DIR": str(folder / "data"),
        "DJANGO_SETTINGS_MODULE": "sidflow_site.settings",
    }
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", _MADE]
    subprocess.run(command, cwd=ROOT, env=environ, check=True)


def sign_in(page: Page, site: Site) -> None:
    """By the form, as she would; the table of jobs is shown then."""
    page.goto(f"{site.url}admin/jobs/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Jobs", exact=True)).to_be_visible()
