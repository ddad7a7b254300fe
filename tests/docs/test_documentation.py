"""Does the documentation say what the code does?"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.configuration import CONFIG_VARIABLE, all_settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TEXTS = {page: page.read_text(encoding="utf-8") for page in PAGES}


def test_tables_of_settings_and_problems_are_fresh() -> None:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "sidflow_site.settings"}
    command = [sys.executable, "scripts/docs_tables.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", TEXTS[page], flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in local if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_variable_named_exists(page: Path) -> None:
    known = {setting.variable for setting in all_settings()} | {CONFIG_VARIABLE}
    named = set(re.findall(r"\bSIDFLOW_[A-Z0-9_]*[A-Z0-9]\b", TEXTS[page]))
    assert named - known == set()


def _make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_named_exists(page: Path) -> None:
    named = set(re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)$", TEXTS[page], re.MULTILINE))
    assert {first or second for first, second in named} - _make_targets() == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_named_exists(page: Path) -> None:
    own = {path.stem for path in ROOT.glob("*/management/commands/[a-z]*.py")}
    djangos = {
        "migrate",
        "check",
        "collectstatic",
        "spectacular",
        "qcluster",
        "createsuperuser",
        "changepassword",
    }
    djangos |= {"makemigrations", "test", "shell"}
    named = set(re.findall(r"manage\.py ([a-z_]+)", TEXTS[page]))
    assert named - own - djangos == set()


def test_make_help_lists_what_people_may_call() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [name for name in ("run", "test", "check", "bench", "build") if f"make {name} " not in shown] == []


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.split("dependencies = [")[1].split("\n]")[0]
    lines = [line for line in block.splitlines() if line.strip().startswith('"')]
    assert len(lines) > 10
    assert [line for line in lines if "#" not in line] == []
