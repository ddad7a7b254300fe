"""Does a backup that was made while the site ran become the same site again, and is what is no backup told plainly?"""

import gzip
import io
import json
import os
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sidflow_site.backups import rotation
from sidflow_site.backups.archive import read_archive
from sidflow_site.backups.encryption import encrypting
from sidflow_site.backups.problems import BackupError
from tests.dying import manage_until
from tests.site.own_site import ROOT, OwnSite, own_site

pytestmark = pytest.mark.services

TELL = """
import json
from core.models import AuditEntry, User
from django.contrib.sessions.models import Session
from playback.models import Collection, RomBundle, Track
print(json.dumps({
    "tracks": sorted(str(one) for one in Track.objects.values_list("public_id", flat=True)),
    "passwords": dict(User.objects.values_list("username", "password")),
    "roms": {one.name: one.roms for one in RomBundle.objects.all()},
    "actions": [one.action for one in AuditEntry.objects.order_by("pk")],
    "roots": [one.root for one in Collection.objects.all()],
    "sessions": Session.objects.count(),
}))
"""
FURNISH = """
from django.test import Client
from core.models import User
from playback.roms.bundles import add_bundle
add_bundle("made up", roms={"kernal": bytes(8192), "basic": b"\\x01" * 8192}, active=True)
Client().force_login(User.objects.get())
"""


def told(site: OwnSite) -> dict[str, object]:
    answer: dict[str, object] = json.loads(site.asks(TELL))
    return answer


def backups(folder: Path) -> list[Path]:
    return sorted(folder.glob("sidflow-*"))


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below it and what it holds, but for locks."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "lock" not in path.name
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnSite]:
    """A site with tunes, an administrator who is signed in, and a ROM bundle."""
    with own_site(tmp_path_factory.mktemp("site")) as made:
        made.does("prepare_site")
        made.asks(FURNISH)
        yield made


@pytest.fixture(scope="module")
def backup(site: OwnSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain backup of it."""
    folder = tmp_path_factory.mktemp("backups")
    site.does("backup", "--to", str(folder))
    (path,) = backups(folder)
    return path


def test_a_backup_becomes_the_same_site_elsewhere(site: OwnSite, backup: Path, tmp_path: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    before = told(site)
    with own_site(tmp_path / "elsewhere") as other:
        said = other.does("restore", str(backup))
        assert f"{other.data} is the site of" in said
        after = told(other)
        assert after["tracks"] == before["tracks"]
        assert after["passwords"] == before["passwords"]
        assert after["roms"] == before["roms"]
        assert after["roots"] == [str(other.data / "demo_tunes")], "what is in the data folder moves with it"
        assert (before["sessions"], after["sessions"]) == (1, 0), "who was signed in is left out"
        assert after["actions"][-1] == "backup.restore"  # type: ignore[index]
        assert sorted(path.name for path in (other.data / "roms").iterdir()) == sorted(
            path.name for path in (site.data / "roms").iterdir()
        )
        lines = (other.data / "audit" / "admin-actions.jsonl").read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["action"] for line in lines] == after["actions"]
        search = "from django.test import Client; print(Client(SERVER_NAME='localhost').get('/api/tunes?q=copper').text)"
        assert "Copper Sunrise" in other.asks(search), "the search's index was left out and made again"
        assert not (other.data / ".restore").exists()


WRITE = """
import itertools
from django.db import transaction
from core import audit
from core.models import User
for number in itertools.count():
    with transaction.atomic():
        User.objects.create(username=f"writer {number}")
        User.objects.create(username=f"reader {number}")
    audit.record("writer.add", actor=None, resource=str(number))
    print(number, flush=True)
"""


def test_a_backup_of_a_site_that_writes_is_of_one_moment(site: OwnSite, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    writer = site.started("shell", "--no-imports", "-c", WRITE)
    try:
        assert writer.stdout
        assert writer.stdout.readline().strip() == "0", writer.stdout.read()
        site.does("backup", "--to", str(folder))
        assert writer.poll() is None, "it wrote all the time"
    finally:
        writer.kill()
        writer.communicate()
        site.asks("from core.models import User; User.objects.exclude(username='admin').delete()")
    with own_site(tmp_path / "elsewhere") as other:
        other.does("restore", str(backups(folder)[0]))
        after = told(other)
        writers, readers = (
            {int(name.split()[1]) for name in after["passwords"] if name.startswith(kind)}  # type: ignore[attr-defined]
            for kind in ("writer", "reader")
        )
        assert writers == readers == set(range(len(writers)))
        assert len(writers) > 0
        lines = (other.data / "audit" / "admin-actions.jsonl").read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["action"] for line in lines] == after["actions"], "no line without its row"


def test_an_encrypted_backup_opens_with_its_passphrase_only(site: OwnSite, tmp_path: Path) -> None:
    # The real gpg, behind a door that writes down what it is told.
    door = tmp_path / "bin" / "gpg"
    door.parent.mkdir()
    door.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/told\nexec {shutil.which("gpg")} "$@"\n', encoding="ascii"
    )
    door.chmod(0o755)
    secret = {"SIDFLOW_BACKUP_PASSPHRASE": "open sésame", "PATH": f"{door.parent}:{os.environ['PATH']}"}
    said = site.does("backup", "--to", str(tmp_path), **secret)
    (path,) = backups(tmp_path)
    assert "not encrypted" not in said
    assert path.suffix == ".gpg"
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(path.read_bytes())
    header, members = read_archive(path, "open sésame")
    assert header.data_dir == str(site.data)
    assert "data/secret-key" in [member.path for member in members]
    words = (tmp_path / "told").read_text(encoding="utf-8")
    assert words.count("--passphrase-fd") == 2
    assert "sésame" not in words
    with pytest.raises(BackupError, match="The passphrase is not the one"):
        read_archive(path, "open barley")
    assert "set SIDFLOW_BACKUP_PASSPHRASE" in site.refuses("restore", "--check", str(path))
    with own_site(tmp_path / "elsewhere") as other:
        other.does("restore", str(path), **secret)
        assert (other.data / "secret-key").read_bytes() == (site.data / "secret-key").read_bytes()
    whole = path.read_bytes()
    for place in (len(whole) // 2, len(whole) - 1):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(BackupError, match="damaged or was cut off"):
            read_archive(path, "open sésame")
    path.write_bytes(whole[:-500])
    with pytest.raises(BackupError, match="damaged or was cut off"):
        read_archive(path, "open sésame")


def test_a_passphrase_that_is_missing_or_of_two_lines_is_told(site: OwnSite, tmp_path: Path) -> None:
    assert "set SIDFLOW_BACKUP_PASSPHRASE" in site.refuses("backup", "--encrypt", "--to", str(tmp_path))
    with pytest.raises(BackupError, match="one line"), encrypting(io.BytesIO(), "two\nlines"):
        pass


def test_the_signing_key_is_in_no_plain_backup(backup: Path) -> None:
    with tarfile.open(backup) as plain:
        assert "data/secret-key" not in plain.getnames()


def test_missing_programs_are_named_with_their_package(site: OwnSite, tmp_path: Path) -> None:
    said = site.refuses("backup", "--to", str(tmp_path), SIDFLOW_BACKUP_PASSPHRASE="x", PATH="/nowhere")
    assert "apt-get install gpg" in said
    if "DATABASE_URL" in site.environ:
        said = site.refuses("backup", "--to", str(tmp_path), PATH="/nowhere")
        assert "apt-get install postgresql-client" in said
    assert backups(tmp_path) == []


def rewritten(backup: Path, target: Path, change: str) -> Path:
    """The backup with one thing changed."""
    with tarfile.open(backup) as old, tarfile.open(target, "w:gz") as new:
        for entry in old.getmembers():
            file = old.extractfile(entry)
            assert file
            data = file.read()
            if entry.name == "sidflow-backup.json" and change in ("format", "migration", "vendor"):
                header = json.loads(data)
                header["format"] = 2 if change == "format" else 1
                header["migrations"] += ["playback.9999_from_the_future"] * (change == "migration")
                if change == "vendor":
                    header["database"] = {"sqlite": "postgresql"}.get(header["database"], "sqlite")
                data = json.dumps(header).encode()
            if entry.name.endswith("STIL.txt"):
                data = data.replace(b"COMMENT", b"COMMENt") if change == "bytes" else data
                entry.name = {"climbing": "data/../../escaped", "absolute": "/tmp/escaped"}.get(
                    change, entry.name
                )
                if change == "link":
                    entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            if change == "no manifest" and entry.name == "manifest.json":
                continue
            entry.size = len(data) if entry.isreg() else 0
            new.addfile(entry, io.BytesIO(data))
    return target


WRONG = {
    "format": "The backup has format 2, and this SIDFlow reads 1: update first.",
    "migration": "The backup is of a newer SIDFlow (it has playback.9999_from_the_future",
    "vendor": "manage.py export_data, and read that here with manage.py rebuild_from_data",
    "bytes": "STIL.txt is not as the manifest says",
    "climbing": "data/../../escaped is no name that a backup has",
    "absolute": "/tmp/escaped is no name that a backup has",
    "link": "STIL.txt is not a regular file",
    "no manifest": "its end, with the manifest, is missing",
}
RESTORE_EACH = """
import json
from django.core.management import CommandError, call_command
said = {{}}
for path in {paths!r}:
    try:
        call_command("restore", path)
    except CommandError as error:
        said[path] = str(error)
print(json.dumps(said))
"""


def test_what_is_wrong_with_a_backup_is_told_and_changes_nothing(backup: Path, tmp_path: Path) -> None:
    paths = {change: str(rewritten(backup, tmp_path / f"{change}.tar.gz", change)) for change in WRONG}
    there = sorted(one.name for one in tmp_path.iterdir())
    with own_site(tmp_path / "elsewhere") as other:
        said = json.loads(other.asks(RESTORE_EACH.format(paths=list(paths.values()))))
        for change, sentence in WRONG.items():
            assert sentence in said[paths[change]]
        left = sorted(one.name for one in other.data.iterdir())
        assert [name for name in left if not name.startswith("sidflow.sqlite3")] == [
            ".site-lock",
            "secret-key",
        ]
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([*there, "elsewhere"])


def test_a_file_that_is_no_backup_or_is_cut_off_is_told(site: OwnSite, backup: Path, tmp_path: Path) -> None:
    assert "is not a backup of SIDFlow" in site.refuses("restore", "--check", __file__)
    assert "No such file" in site.refuses("restore", "--check", str(tmp_path / "nothing"))
    other = tmp_path / "other.tar.gz"
    with tarfile.open(other, "w:gz") as archive:
        archive.add(__file__, "something")
    with pytest.raises(BackupError, match="does not begin with sidflow-backup"):
        read_archive(other, None)
    data = backup.read_bytes()
    for length in (3, 20, 500, len(data) // 2, len(data) - 8, len(data) - 1):
        other.write_bytes(data[:length])
        with pytest.raises(BackupError, match="damaged or was cut off"):
            read_archive(other, None)


def test_a_site_that_is_in_use_is_not_replaced(site: OwnSite, backup: Path, tmp_path: Path) -> None:
    before = told(site)
    sleeping = site.started(
        "shell",
        "--no-imports",
        "-c",
        "from core.models import User; import time; User.objects.first(); print(1, flush=True); time.sleep(60)",
    )
    try:
        assert sleeping.stdout
        sleeping.stdout.readline()
        assert "stop the site first" in site.refuses("restore", "--force", str(backup))
    finally:
        sleeping.kill()
        sleeping.communicate()
    assert told(site) == before


def test_only_own_and_old_backups_are_removed(tmp_path: Path, settings: Any) -> None:
    names = [f"sidflow-2026010{day}T000000.000Z.tar.gz" for day in range(1, 7)]
    paths = [tmp_path / name for name in names]
    for path in paths:
        path.write_bytes(b"whole")
    foreign, changed, others, old, kept, newest = paths
    settings.DATA_DIR = tmp_path / "other site"
    rotation.note(tmp_path, others.name, 5)
    settings.DATA_DIR = tmp_path / "site"
    for path in (changed, old, kept, newest):
        rotation.note(tmp_path, path.name, 5)
    changed.write_bytes(b"changed since")
    assert rotation.rotate(tmp_path, 2) == [old]
    assert backups(tmp_path) == [foreign, changed, others, kept, newest]
    assert rotation.rotate(tmp_path, 0) == [kept], "the newest stays, whatever is asked"
    (tmp_path / ".sidflow-backups.json").write_text("{", encoding="ascii")
    assert rotation.rotate(tmp_path, 1) == []


def test_a_backup_that_is_killed_leaves_nothing_that_looks_like_one(site: OwnSite, tmp_path: Path) -> None:
    (site.data / "ballast").write_bytes(os.urandom(1_000_000))
    doomed = manage_until(signal.SIGKILL, opened=1, end="/ballast", words=["backup", "--to", str(tmp_path)])
    killed = subprocess.run(doomed, cwd=ROOT, env=site.environ, check=False)
    (site.data / "ballast").unlink()
    assert killed.returncode == -signal.SIGKILL
    assert backups(tmp_path) == []
    assert list(tmp_path.glob(".sidflow-draft/*.gz"))
    site.does("backup", "--to", str(tmp_path))
    assert len(backups(tmp_path)) == 1
    assert not (tmp_path / ".sidflow-draft").exists()


def test_a_disk_that_refuses_leaves_the_old_backups(site: OwnSite, backup: Path) -> None:
    before = everything(backup.parent)
    small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); "
    command = f"from django.core.management import call_command; call_command('backup', '--to', {str(backup.parent)!r})"
    done = site.manage("shell", "--no-imports", "-c", small + command)
    assert "CommandError" in done.stderr
    assert everything(backup.parent) == before
    assert "Not a directory" in site.refuses("backup", "--to", f"{backup}/below")


def test_a_restore_over_a_site_puts_it_aside_and_is_the_old_or_the_new_one_when_killed(
    site: OwnSite, backup: Path, tmp_path: Path
) -> None:
    new = told(site)["passwords"]
    with own_site(tmp_path / "elsewhere") as other:
        other.does("prepare_site")
        (other.data / "hvsc").mkdir()
        (other.data / "notes").write_text("mine", encoding="ascii")
        old = told(other)["passwords"]
        assert "--force puts it aside" in other.refuses("restore", str(backup))
        for seconds in (1.0, 1.6):
            running = other.started("restore", "--force", str(backup))
            time.sleep(seconds)
            running.kill()
            running.communicate()
            now = other.manage("shell", "--no-imports", "-c", TELL)
            if now.returncode:
                assert "site.E001" in other.manage("check").stderr, (
                    "PostgreSQL had not yet said whether it was done"
                )
            else:
                assert json.loads(now.stdout)["passwords"] in (old, new)
        other.does("restore", "--force", str(backup))
        assert told(other)["passwords"] == new
        aside = everything(other.data)
        assert b"mine" in [data for name, data in aside.items() if name.endswith("Z/notes")]
        kept = [name for name in aside if name.startswith("before-restore-")]
        assert any(name.endswith(("/sidflow.sqlite3", "/sidflow.pgdump")) for name in kept)
        assert (other.data / "hvsc").is_dir(), "what is derived is nobody's to put aside"


def test_a_backup_of_an_older_sidflow_is_migrated(tmp_path: Path) -> None:
    with own_site(tmp_path / "old") as old, own_site(tmp_path / "new") as new:
        old.does("migrate", "--verbosity", "0")
        old.does("migrate", "--verbosity", "0", "jobs", "0002")
        old.does("backup", "--to", str(tmp_path))
        new.does("restore", str(backups(tmp_path)[0]))
        new.does("migrate", "--check")
