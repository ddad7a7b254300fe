"""What does `manage.py import_sids` print, and how does it exit?"""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from playback.management.commands.import_sids import ProgressLine
from tests.playback.made_up_sids import put

pytestmark = pytest.mark.django_db


def test_a_clean_import_says_what_it_did(hvsc: Path) -> None:
    out = io.StringIO()
    call_command("import_sids", str(hvsc), stdout=out)
    assert out.getvalue() == "HVSC 83: 6 songs; 4 added.\n"
    out = io.StringIO()
    call_command("import_sids", str(hvsc), stdout=out)
    assert out.getvalue() == "HVSC 83: 6 songs; 4 unchanged.\n"


def test_broken_files_are_listed_with_their_reasons_and_the_status_is_1(hvsc: Path) -> None:
    put(hvsc, "DEMOS/broken.sid", b"PSID")
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"1 broken file; the rest is imported\.") as caught:
        call_command("import_sids", str(hvsc), stdout=out)
    assert caught.value.returncode == 1
    assert "broken: DEMOS/broken.sid: The file ends before its header or its data does.\n" in out.getvalue()
    assert "5 added" in out.getvalue()


def test_tunes_that_need_roms_are_listed_and_are_no_failure(tmp_path: Path) -> None:
    put(tmp_path, "basic.sid", magic=b"RSID", init=0, flags=2, program=b"\x01\x08" + bytes(20))
    out = io.StringIO()
    call_command("import_sids", str(tmp_path), collection="Mine", stdout=out)
    assert "cannot be played: basic.sid: This tune is a BASIC program" in out.getvalue()
    assert "Mine: 1 song; 1 added." in out.getvalue()


def test_nothing_to_import_is_status_2(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("import_sids", str(tmp_path / "none"))
    assert caught.value.returncode == 2


def test_a_real_process_prints_plain_lines_and_its_status(tmp_path: Path) -> None:
    put(tmp_path / "music", "a.sid")
    put(tmp_path / "music", "b.sid", b"junk")
    environ = dict(os.environ) | {"SIDFLOW_DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": ""}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    root = Path(__file__).resolve().parents[2]

    def manage(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=root,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )

    assert manage("migrate", "--verbosity", "0").returncode == 0
    done = manage("import_sids", str(tmp_path / "music"))
    assert done.returncode == 1
    assert "broken: b.sid:" in done.stdout
    assert "2 of 2 files\n" in done.stderr
    assert "\r" not in done.stderr


def test_a_terminal_gets_a_bar() -> None:
    stream = io.StringIO()
    show = ProgressLine(stream, is_terminal=True)
    show(1, 2)
    show(2, 2)
    assert stream.getvalue() == f"\r[{'#' * 15}{'-' * 15}] 1/2 files\r[{'#' * 30}] 2/2 files\n"
