"""Is a large import cheap to repeat, exact all the same, and sound when it is killed half-way?"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import time_machine
from django.db import IntegrityError, transaction

from playback.catalogue.importing import Report, import_sids
from playback.models import Collection, FolderNote, SidFile, Track
from tests.dying import manage_until
from tests.playback.made_up_sids import put, sid_bytes
from tests.playback.test_import_documents import ZULU, lengths, md5, write_documents

ROOT = Path(__file__).resolve().parents[2]


def run(path: Path, *, reread: bool = False) -> Report:
    [report] = import_sids(path, reread=reread)
    return report


@pytest.fixture
def later() -> Iterator[None]:
    """A minute after the files were written: their stamps have settled."""
    with time_machine.travel(time.time() + 60, tick=True):
        yield


def opened(path: Path, root: Path, *, reread: bool = False) -> list[str]:
    """Which SID files below the root this process opens during an import, as the interpreter itself reports it."""
    seen: list[str] = []
    watching = True

    def audit(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event == "open" and str(arguments[0]).endswith(".sid"):
            seen.append(os.path.relpath(str(arguments[0]), root))

    sys.addaudithook(audit)
    run(path, reread=reread)
    watching = False
    return seen


@pytest.mark.django_db
@pytest.mark.usefixtures("later")
def test_files_that_look_as_they_did_are_not_opened_again(hvsc: Path) -> None:
    assert len(opened(hvsc, hvsc)) == 4
    assert opened(hvsc, hvsc) == []
    assert len(opened(hvsc, hvsc, reread=True)) == 4


@pytest.mark.django_db
@pytest.mark.usefixtures("later")
def test_an_edit_is_seen_even_with_the_old_size_and_modification_time(hvsc: Path) -> None:
    run(hvsc)
    file = hvsc / ZULU
    before = file.stat()
    data = file.read_bytes()
    time.sleep(0.02)  # one tick of the file system's clock
    file.write_bytes(data.replace(b"Zulu", b"Zebu"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert run(hvsc).changed == 1
    assert SidFile.objects.get(path=ZULU).title == "Zebu"


@pytest.mark.django_db
def test_a_file_just_written_is_not_trusted(hvsc: Path) -> None:
    with time_machine.travel((hvsc / ZULU).stat().st_ctime + 1, tick=False):
        assert len(opened(hvsc, hvsc)) == 4
    assert SidFile.objects.get(path=ZULU).changed_ns is None


@pytest.mark.django_db
@pytest.mark.usefixtures("later")
def test_unread_files_are_counted_and_listed_like_read_ones(hvsc: Path) -> None:
    put(hvsc, "DEMOS/bad.sid", b"PSID")
    put(hvsc, "DEMOS/basic.sid", magic=b"RSID", init=0, flags=2, program=b"\x01\x08" + bytes(20))
    first, second = run(hvsc), run(hvsc)
    assert second.unchanged == first.added == 6
    assert (second.songs, second.broken, second.unplayable) == (first.songs, first.broken, first.unplayable)
    assert second.broken == [("DEMOS/bad.sid", "truncated")]


@pytest.mark.django_db
@pytest.mark.usefixtures("later")
def test_lengths_and_comments_follow_their_documents_without_a_file_read(hvsc: Path) -> None:
    run(hvsc)
    write_documents(hvsc, lengths=f"{md5(hvsc, ZULU)}=1:00 2:00 3:00", stil=f"/{ZULU}\n(#2)\n   NAME: Two\n")
    assert opened(hvsc, hvsc) == []
    assert lengths() == [60_000, 120_000, 180_000]
    assert Track.objects.get(album__sid_file__path=ZULU, position=2).title == "Two"


@pytest.mark.django_db
@pytest.mark.usefixtures("later")
def test_files_that_come_back_untouched_are_there_again(hvsc: Path) -> None:
    run(hvsc)
    away = (hvsc / "GAMES/S-Z").rename(hvsc.parent / "away")  # the file inside keeps its stamp
    assert run(hvsc).missing == 1
    away.rename(hvsc / "GAMES/S-Z")
    assert run(hvsc).changed == 1
    assert SidFile.objects.present().filter(path=ZULU).exists()


@pytest.mark.django_db
def test_a_file_with_a_row_of_its_own_takes_no_lost_one_s_place(hvsc: Path) -> None:
    run(hvsc)
    (hvsc / ZULU).rename(hvsc / "DEMOS/A-F/Alpha.sid")
    report = run(hvsc)
    assert (report.changed, report.moved, report.missing) == (1, 0, 1)
    assert SidFile.objects.missing().get().path == ZULU


@pytest.mark.django_db
def test_an_import_names_the_albums_that_changed(hvsc: Path) -> None:
    assert len(run(hvsc).albums) == 4
    assert run(hvsc).albums == set()
    zulu = SidFile.objects.get(path=ZULU).album_id
    write_documents(hvsc, lengths=f"{md5(hvsc, ZULU)}=1:00 2:00 3:00")
    assert run(hvsc).albums == {zulu}
    write_documents(hvsc, lengths=f"{md5(hvsc, ZULU)}=1:00 2:00 3:00", stil=f"/{ZULU}\nCOMMENT: x\n")
    assert run(hvsc).albums == {zulu}
    (hvsc / ZULU).unlink()
    assert run(hvsc).albums == {zulu}


@pytest.mark.django_db
def test_folders_have_what_stil_says_about_them(hvsc: Path) -> None:
    write_documents(
        hvsc, stil="/MUSICIANS/E/Example_Ada/\nCOMMENT: All hers.\n\n/../x/\nCOMMENT: No.\n/\nCOMMENT: No.\n"
    )
    run(hvsc)
    assert list(FolderNote.objects.values_list("path", "text")) == [("MUSICIANS/E/Example_Ada", "All hers.")]
    write_documents(hvsc)
    run(hvsc)
    assert not FolderNote.objects.exists()


@pytest.mark.django_db
def test_controls_in_a_document_reach_nobody_s_terminal(hvsc: Path) -> None:
    write_documents(hvsc, stil=f"/{ZULU}\nCOMMENT: a\x1b[31mb\0c\x0cd\n")
    run(hvsc)
    [note] = SidFile.objects.get(path=ZULU).notes
    assert note["text"].replace("\N{REPLACEMENT CHARACTER}", "?") == "a?[31mb?c?d"


@pytest.mark.django_db
def test_a_file_knows_how_many_chips_it_wants(hvsc: Path) -> None:
    put(hvsc, "DEMOS/three.sid", sid_bytes(version=4, second=0x42, third=0x44))
    put(hvsc, "DEMOS/bad.sid", b"PSID")
    run(hvsc)
    sids = dict(SidFile.objects.values_list("path", "sids"))
    assert (sids[ZULU], sids["MUSICIANS/E/Example_Ada/Echo.sid"]) == (1, 2)
    assert (sids["DEMOS/three.sid"], sids["DEMOS/bad.sid"]) == (3, 0)


@pytest.mark.django_db
def test_the_database_refuses_what_cannot_be(hvsc: Path) -> None:
    run(hvsc)
    files, file = SidFile.objects.filter(path=ZULU), SidFile.objects.get(path=ZULU)
    collection = Collection.objects.get()
    for make in (
        lambda: files.update(sids=2),
        lambda: files.update(sids=0),
        lambda: type(file.album).objects.update(year=1974),
        lambda: FolderNote.objects.create(collection=collection, path="/x", text="y"),
        lambda: FolderNote.objects.create(collection=collection, path="x", text=""),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


def counts(database: Path) -> tuple[int, int, int]:
    """How many albums, files and tracks another process has committed by now."""
    tables = ("album", "sidfile", "track")
    try:
        with closing(sqlite3.connect(database, timeout=20)) as connection:
            columns = ", ".join(f"(select count(*) from playback_{table})" for table in tables)
            albums, files, tracks = connection.execute(f"select {columns}").fetchone()
            return albums, files, tracks
    except sqlite3.OperationalError:
        return 0, 0, 0


def public_ids(database: Path) -> dict[str, str]:
    """Each song's id, by its file's path and its number."""
    with closing(sqlite3.connect(database, timeout=20)) as connection:
        query = """select file.path || '#' || track.position, track.public_id
            from playback_track track join playback_sidfile file on file.album_id = track.album_id"""
        return dict(connection.execute(query))


def test_a_killed_import_leaves_whole_batches_and_goes_on(tmp_path: Path) -> None:
    music, database = tmp_path / "music", tmp_path / "data" / "sidflow.sqlite3"
    for number in range(4000):
        put(music, f"{number // 100:02}/{number:04}.sid", songs=2)
    environ = dict(os.environ) | {"SIDFLOW_DATA_DIR": str(database.parent), "DATABASE_URL": ""}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "manage.py"]
    quiet = subprocess.DEVNULL
    subprocess.run([*command, "migrate", "--verbosity", "0"], cwd=ROOT, env=environ, check=True)
    arguments = [*command, "import_sids", str(music)]
    doomed = manage_until(signal.SIGKILL, opened=1700, end=".sid", words=arguments[2:])
    killed = subprocess.run(doomed, cwd=ROOT, env=environ, stdout=quiet, stderr=quiet, check=False)
    assert killed.returncode == -signal.SIGKILL
    albums, half, tracks = counts(database)
    assert 0 < half < 4000
    assert half % 500 == 0
    assert (albums, tracks) == (half, 2 * half)
    before = public_ids(database)
    done = subprocess.run(arguments, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    assert f"{4000 - half} added, {half} unchanged" in done.stdout
    assert counts(database) == (4000, 4000, 8000)
    assert before.items() <= public_ids(database).items()
