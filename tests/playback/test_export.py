"""Do exported files read the same every time, and does the catalogue come back from them, ids and all?"""

import json
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import exporting
from core.exporting import canonical
from core.files import replace_changed
from core.models import ApiToken, User
from jobs.models import Schedule
from playback.catalogue.importing import import_sids
from playback.catalogue.models import Album, Artist, Collection, Folder, FolderNote, SidFile, Track
from playback.exporting.tunes import FilePart
from playback.models import RomBundle
from playback.roms.bundles import add_bundle
from playback.search import index
from tests.playback.made_up_sids import put

pytestmark = pytest.mark.django_db

FILES = [f"classified/{name}.jsonl" for name in ("auto-tags", "collections", "features", "folder-notes")]
FILES += ["classified/recipes.jsonl", "classified/tunes.jsonl"]
FILES += ["jobs/schedules.jsonl", "roms/bundles.jsonl"]


def export(folder: Path) -> dict[str, bytes]:
    call_command("export_data", "--to", folder, verbosity=0, stdout=_Nowhere())
    return {name: (folder / name).read_bytes() for name in FILES}


class _Nowhere:
    """Takes what a command says."""

    def write(self, text: str) -> int:
        return len(text)


def rebuild(folder: Path, **options: Any) -> None:
    call_command("rebuild_from_data", "--from", folder, stdout=_Nowhere(), **options)


def empty() -> None:
    """A database with nothing of the catalogue in it."""
    for model in (SidFile, Album, Artist, FolderNote, Folder, Collection, Schedule, RomBundle):
        model.objects.all().delete()
    index.rebuild()


def ids() -> dict[tuple[str, int], uuid.UUID]:
    """Each song's public id by its place."""
    rows = Track.objects.values_list("album__sid_file__path", "position", "public_id")
    return {(path, song): public_id for path, song, public_id in rows}


@pytest.fixture
def catalogue(hvsc: Path, settings: Any, tmp_path: Path) -> Path:
    """A small HVSC with documents, a broken file, one that is missing, and what staff added; the collection's root."""
    settings.DATA_DIR = tmp_path / "data"
    put(hvsc, "GAMES/A-F/Gone.sid", title="Gone", songs=2)
    (hvsc / "DEMOS" / "A-F" / "Broken.sid").write_bytes(b"no tune")
    (hvsc / "DOCUMENTS" / "STIL.txt").write_bytes(
        b"/MUSICIANS/E/Example_Ada/\r\nCOMMENT: Ada \x93quotes\x94.\r\n\r\n/GAMES/S-Z/Zulu.sid\r\n(#2)\r\n   NAME: Second\r\n"
    )
    import_sids(hvsc)
    (hvsc / "GAMES" / "A-F" / "Gone.sid").unlink()
    import_sids(hvsc)
    add_bundle("made up", roms={"kernal": bytes(8192), "basic": b"\x01" * 8192}, active=True)
    Schedule.objects.create(kind="import", cron="0 2 * * *", parameters={"path": str(hvsc)})
    return hvsc


def test_what_comes_back_from_files_gives_the_same_files(catalogue: Path, tmp_path: Path) -> None:
    before, known = export(tmp_path / "one"), ids()
    assert (
        SidFile.objects.missing().count()
        == SidFile.objects.broken().count()
        == FolderNote.objects.count()
        == 1
    )
    folders, artists = (
        list(Folder.objects.values_list("path", "tunes")),
        dict(Artist.objects.values_list("name", "tunes")),
    )
    empty()
    rebuild(tmp_path / "one")
    assert export(tmp_path / "two") == before
    assert ids() == known
    assert list(Folder.objects.values_list("path", "tunes")) == folders
    assert dict(Artist.objects.values_list("name", "tunes")) == artists
    assert not index.is_missing()
    # The files are there and as they were: an import finds nothing new, and the ids stay.
    (report,) = import_sids(catalogue)
    assert (report.added, report.moved, report.missing) == (0, 0, 0)
    assert ids() == known
    rebuild(tmp_path / "one")
    assert export(tmp_path / "two")["classified/tunes.jsonl"] == before["classified/tunes.jsonl"]


def test_a_file_that_would_not_change_is_left_alone(catalogue: Path, tmp_path: Path) -> None:
    export(tmp_path)
    states = {name: (tmp_path / name).stat() for name in FILES}
    export(tmp_path)
    assert {name: (tmp_path / name).stat() for name in FILES} == states
    Track.objects.filter(title="Second").update(title="Third")
    export(tmp_path)
    changed = [name for name in FILES if (tmp_path / name).stat().st_ino != states[name].st_ino]
    assert changed == ["classified/tunes.jsonl"]
    assert sorted(path.name for path in (tmp_path / "classified").iterdir()) == [
        Path(name).name for name in FILES[:6]
    ]


def test_lines_are_sorted_by_their_bytes_however_many_there_are(
    catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SidFile.objects.filter(title="Alpha").update(path="ZZZ/last.sid")
    Collection.objects.create(name="A", root="/a", kind="sids")
    whole = export(tmp_path / "whole")
    monkeypatch.setattr(exporting, "_LINES_IN_MEMORY", 2)
    assert export(tmp_path / "merged") == whole
    for name in FILES:
        subprocess.run(["sort", "--check", tmp_path / "whole" / name], env={"LC_ALL": "C"}, check=True)


def test_no_secret_and_no_path_of_the_data_folder_is_in_them(
    catalogue: Path, tmp_path: Path, settings: Any
) -> None:
    alice = User.objects.create_user("alice", password="wonderland")
    ApiToken.issue(user=alice, name="script", scopes=["staff"])
    Collection.objects.create(name="own", root=str(settings.DATA_DIR / "own"), kind="sids")
    written = b"".join(export(tmp_path / "one").values())
    for secret in (alice.password, ApiToken.objects.get().digest, str(settings.DATA_DIR)):
        assert secret.encode() not in written
    assert b'"root":"own"' in written


def test_over_a_catalogue_that_changed_everything_is_again_as_in_the_files(
    catalogue: Path, tmp_path: Path
) -> None:
    before, known = export(tmp_path / "one"), ids()
    alpha, zulu = SidFile.objects.get(title="Alpha"), SidFile.objects.get(title="Zulu")
    paths = alpha.path, zulu.path
    SidFile.objects.filter(pk=alpha.pk).update(path="somewhere/else.sid", title="Omega", missing_since=None)
    SidFile.objects.filter(pk=zulu.pk).update(path=paths[0])
    SidFile.objects.filter(pk=alpha.pk).update(path=paths[1])
    first, second = Track.objects.filter(album=zulu.album).order_by("position")[:2]
    Track.objects.filter(pk=first.pk).update(public_id=uuid.uuid4())
    Track.objects.filter(pk=second.pk).update(public_id=first.public_id)
    Track.objects.filter(pk=first.pk).update(public_id=second.public_id)
    Track.objects.filter(album__title="Gone").delete()
    Schedule.objects.update(enabled=False)
    RomBundle.objects.update(is_active=False)
    pks = set(SidFile.objects.values_list("pk", flat=True))
    rebuild(tmp_path / "one")
    assert export(tmp_path / "two") == before
    assert ids() == known
    assert set(SidFile.objects.values_list("pk", flat=True)) == pks, "the rows are the same ones"


def test_a_catalogue_that_was_imported_anew_gets_its_old_ids(catalogue: Path, tmp_path: Path) -> None:
    known = ids()
    export(tmp_path)
    empty()
    import_sids(catalogue)
    assert not set(ids().values()) & set(known.values())
    rebuild(tmp_path)
    assert ids() == known


def test_what_the_files_do_not_have_goes_only_with_replace(catalogue: Path, tmp_path: Path) -> None:
    before = export(tmp_path / "one")
    put(catalogue, "DEMOS/A-F/New.sid", title="New")
    import_sids(catalogue)
    Schedule.objects.create(kind="other", cron="0 3 * * *")
    put(catalogue.parent / "other", "Other.sid")
    import_sids(catalogue.parent / "other", name="other")
    rebuild(tmp_path / "one")
    assert SidFile.objects.filter(title="New").exists()
    assert Schedule.objects.count() == Collection.objects.count() == 2
    rebuild(tmp_path / "one", replace=True)
    assert export(tmp_path / "two") == before
    assert not Album.objects.filter(sid_file=None).exists(), "nothing stays behind of what went"


def test_a_path_that_another_tune_has_here_is_refused_and_settled_by_replace(
    catalogue: Path, tmp_path: Path
) -> None:
    before = export(tmp_path / "one")
    row = SidFile.objects.get(title="Alpha")
    path = row.path
    SidFile.objects.filter(pk=row.pk).update(path="DEMOS/A-F/moved.sid")
    (catalogue / "DEMOS" / "A-F" / "moved.sid").write_bytes((catalogue / path).read_bytes())
    put(catalogue, path, title="Another")
    import_sids(catalogue)
    now = export(tmp_path / "now")
    with pytest.raises(CommandError, match="--replace removes those"):
        rebuild(tmp_path / "one")
    assert export(tmp_path / "now") == now
    rebuild(tmp_path / "one", replace=True)
    two = export(tmp_path / "two")
    assert two["classified/tunes.jsonl"] == before["classified/tunes.jsonl"]


def _with(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        document[name] = value

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_with("collection", "nobody's"), "there is no collection"),
        (_with("extra", 1), "line 2: extra: Extra inputs are not permitted."),
        (_with("path", ""), "line 2: path: String should have at least 1 character."),
        (_with("songs", [{"song": 1}]), "line 2: songs.0.id: Field required."),
        (_with("songs", "none"), "line 2: songs: Input should be a valid list."),
        (lambda document: document["tuneFile"].update(startSong=200), "sid_file_songs_in_range"),
        (lambda document: document["tuneFile"].update(notes=[float("nan")]), "line 2"),
    ],
)
def test_a_line_that_is_wrong_is_named_and_nothing_changes(
    catalogue: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None], sentence: str
) -> None:
    export(tmp_path)
    place = tmp_path / "classified" / "tunes.jsonl"
    lines = place.read_bytes().splitlines()
    document = json.loads(lines[1])
    change(document)
    lines[1] = json.dumps(document).encode()
    place.write_bytes(b"\n".join(lines) + b"\n")
    SidFile.objects.filter(title="Alpha").update(title="Changed")
    before = export(tmp_path / "now")
    with pytest.raises(CommandError, match="Nothing was changed") as refused:
        rebuild(tmp_path)
    assert sentence in str(refused.value)
    assert "classified/tunes.jsonl, line" in str(refused.value)
    assert export(tmp_path / "now") == before


def test_files_that_are_cut_off_doubled_or_not_there_are_told(catalogue: Path, tmp_path: Path) -> None:
    export(tmp_path)
    place = tmp_path / "classified" / "tunes.jsonl"
    whole = place.read_bytes()
    for broken, sentence in (
        (whole[:-9], "is cut off"),
        (b"{\n" + whole, "line 1 is not JSON"),
        (b"\xff\n" + whole, "line 1 is not JSON"),
        (b"[]\n" + whole, "line 1: Input should be a valid dictionary"),
        (whole + whole, "stands in the file twice"),
    ):
        place.write_bytes(broken)
        with pytest.raises(CommandError) as refused:
            rebuild(tmp_path)
        assert sentence in str(refused.value)
    with pytest.raises(CommandError, match="There are no exported files"):
        rebuild(tmp_path / "nowhere")


def test_every_column_is_in_the_files_or_left_out_on_purpose() -> None:
    columns = {field.name for field in SidFile._meta.concrete_fields}
    assert columns - set(FilePart.model_fields) == {"id", "collection", "album", "path", "changed_ns"}
    assert {field.name for field in Track._meta.concrete_fields} == {
        *("id", "album", "public_id", "position", "title", "length_ms"),
    }
    assert {field.name for field in Album._meta.concrete_fields} == {
        "id",
        "title",
        "artist",
        "released",
        "year",
    }
    assert {field.name for field in Collection._meta.concrete_fields} == {
        *("id", "name", "root", "kind", "version", "created_at", "imported_at"),
    }


# All that both databases take: no NUL and no lone surrogate in a column; in JSON neither, on PostgreSQL.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=30)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(titles=st.lists(TEXT, min_size=1, max_size=5), note=TEXT)
def test_whatever_stands_in_a_text_comes_back(tmp_path: Path, titles: list[str], note: str) -> None:
    empty()
    collection = Collection.objects.create(name=note[:20], root="/music", kind="sids")
    for number, title in enumerate(titles):
        artist, _ = Artist.objects.get_or_create(name=title)
        album = Album.objects.create(title=title, artist=artist)
        notes = [{"song": None, "field": "COMMENT", "text": note}]
        SidFile.objects.create(
            collection=collection,
            album=album,
            path=f"{number}{title}",
            md5="",
            size_bytes=1,
            fault="x",
            notes=notes,
        )
        Track.objects.create(album=album, position=1, title=title)
    before, known = export(tmp_path), ids()
    assert before["classified/tunes.jsonl"].count(b"\n") == len(titles)
    empty()
    rebuild(tmp_path)
    assert export(tmp_path) == before
    assert ids() == known


@given(
    document=st.dictionaries(
        st.text(max_size=5),
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists),
        max_size=5,
    )
)
def test_a_line_is_one_line_and_says_the_same(document: dict[str, Any]) -> None:
    line = canonical(document)
    assert line.decode("utf-8").splitlines() == [line.decode("utf-8")[:-1]]
    assert json.loads(line) == document
    assert canonical(json.loads(line)) == line


def test_what_a_comment_holds_comes_back_even_if_no_text_may_hold_it(catalogue: Path, tmp_path: Path) -> None:
    """SQLite's JSON takes halves of surrogate pairs and NUL, PostgreSQL's does not: there it is told."""
    odd = [{"song": None, "field": "COMMENT", "text": "half \ud83d, NUL \0, end \x85\u2028"}]
    written = export(tmp_path)["classified/tunes.jsonl"]
    document = json.loads(written.splitlines()[0])
    document["tuneFile"]["notes"] = odd
    lines = [canonical(document), *(line + b"\n" for line in written.splitlines()[1:])]
    (tmp_path / "classified" / "tunes.jsonl").write_bytes(b"".join(lines))
    if connection.vendor == "postgresql":
        with pytest.raises(CommandError, match=r"classified/tunes.jsonl, lines 1 to"):
            rebuild(tmp_path)
        return
    rebuild(tmp_path)
    assert SidFile.objects.get(path=document["path"]).notes == odd
    assert export(tmp_path / "two")["classified/tunes.jsonl"] == b"".join(lines)


def test_a_file_that_cannot_be_written_to_its_end_stays_as_it_was(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_bytes(b"old")

    def lines() -> Iterator[bytes]:
        yield b"new"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        replace_changed(place, lines())
    assert place.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [place]
