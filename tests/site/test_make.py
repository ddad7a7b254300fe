"""Do the scripts behind make say in one sentence what is missing, and how to get it?"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _program(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/bash\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine with a shell and little else: its programs are in bin/, our scripts beside it."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "dirname", "touch", "tail"):
        (programs / name).symlink_to(shutil.which(name) or name)
    _program(programs, "id", "echo 1000")
    _program(programs, "apt-get", f'echo "$@" >> {tmp_path}/apt-calls; touch {tmp_path}/installed')
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    (tmp_path / ".build").mkdir()
    lines = [
        "# when package probe",
        "run   zero-package   command -v bash",
        f"run   first-package  test -e {tmp_path}/installed",
        "test  second-package command -v no-such-program",
    ]
    (tmp_path / "apt-packages.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def _run(machine: Path, script: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(machine / "scripts" / script), *arguments]
    environ = {"PATH": str(machine / "bin"), **environ}
    return subprocess.run(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


def test_without_rights_missing_packages_are_named_with_the_command(machine: Path) -> None:
    done = _run(machine, "apt_packages.sh", "test")
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    assert "Missing Debian packages: first-package second-package." in done.stderr
    assert "apt-get install --no-install-recommends first-package second-package" in done.stderr
    assert not (machine / "apt-calls").exists()


def test_what_is_there_and_what_only_tests_need_is_not_asked_for(machine: Path) -> None:
    done = _run(machine, "apt_packages.sh", "run")
    assert "zero-package" not in done.stderr
    assert "second-package" not in done.stderr


def test_root_gets_exactly_what_is_missing_installed_once(machine: Path) -> None:
    _program(machine / "bin", "id", "echo 0")
    done = _run(machine, "apt_packages.sh", "run")
    assert done.returncode == 0, done.stderr
    calls = (machine / "apt-calls").read_text(encoding="utf-8")
    assert calls == "install -y -qq --no-install-recommends first-package\n"
    assert _run(machine, "apt_packages.sh", "run").returncode == 0
    assert (machine / "apt-calls").read_text(encoding="utf-8") == calls


def test_sudo_without_a_password_is_used(machine: Path) -> None:
    _program(machine / "bin", "sudo", f'[ "$1" = -n ] && exit 0; echo sudo >> {machine}/apt-calls; "$@"')
    assert _run(machine, "apt_packages.sh", "run").returncode == 0
    assert (machine / "apt-calls").read_text(encoding="utf-8").splitlines()[0] == "sudo"


def test_a_failed_installation_is_told_and_shows_why(machine: Path) -> None:
    _program(machine / "bin", "id", "echo 0")
    _program(machine / "bin", "apt-get", "echo 'E: no such thing'; exit 100")
    done = _run(machine, "apt_packages.sh", "run")
    assert done.returncode != 0
    assert "E: no such thing" in done.stderr
    assert "could not be installed: first-package" in done.stderr


def test_a_python_that_is_too_old_is_told(machine: Path) -> None:
    _program(machine / "bin", "python3", '[ "$1" = --version ] && echo "Python 3.9.2" || exit 1')
    done = _run(machine, "python_packages.sh", "run")
    assert done.returncode != 0
    assert "needs Python 3.11 or newer; python3 is Python 3.9.2" in done.stderr


def test_an_npm_lock_that_does_not_fit_is_told(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    (tmp_path / "package.json").write_text('{"devDependencies": {"esbuild": "1.0.0"}}', encoding="utf-8")
    lock = '{"packages": {"": {"devDependencies": {"esbuild": "0.9.0"}}}}'
    (tmp_path / "package-lock.json").write_text(lock, encoding="utf-8")
    done = _run_here(tmp_path, "npm_packages.sh")
    assert done.returncode != 0
    assert "package-lock.json does not fit package.json (devDependencies)" in done.stderr


def _run_here(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(folder / "scripts" / script)]
    return subprocess.run(
        command, env=dict(os.environ), capture_output=True, text=True, check=False, timeout=180
    )


def test_every_stage_runs_and_a_failed_one_is_named_at_the_end() -> None:
    script = (
        'source scripts/stages.sh; stage one true; stage two false; stage three true; stages_end "all well"'
    )
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert [name for name in ("one", "two", "three") if f"── {name}" not in done.stdout] == []
    assert done.stderr == "Failed: two.\n"
    assert "all well" not in done.stdout


def test_the_locks_name_no_registry_and_hash_everything() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.lock")):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert text.count("==") <= text.count("--hash=sha256:")
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")
