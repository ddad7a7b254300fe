"""Are the demo tunes valid SID files, different music each, and in the catalogue of a site that has nothing else?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from hardware.engine import Synth
from playback.catalogue.importing import import_sids
from playback.catalogue.models import Collection, SidFile, Track
from playback.demo_tunes.compiling import Piece, ScoreError, Song, sid_file
from playback.demo_tunes.folder import bring_demo_tunes, write_demo_tunes
from playback.demo_tunes.notation import bass, chord, melody, pitch, with_drums
from playback.demo_tunes.pieces import pieces
from playback.sidfile import ChipModel, Clock, parse
from tests.engine import comparing
from tests.engine.oracle import play
from tests.playback.made_up_sids import put

PIECES = pieces()
SONGS = [(piece, number) for piece in PIECES for number in range(1, len(piece.songs) + 1)]


def test_there_is_something_for_everybody() -> None:
    headers = [parse(sid_file(piece)) for piece in PIECES]
    assert len(headers) >= 12
    assert any(header.songs > 1 for header in headers)
    assert any(len(header.chips) == 2 for header in headers)
    assert any(header.chips[0].model is ChipModel.MOS8580 for header in headers)
    assert any(header.clock is Clock.NTSC for header in headers)
    assert len({header.title for header in headers}) == len(headers)


@pytest.mark.parametrize(("piece", "number"), SONGS, ids=lambda value: getattr(value, "title", value))
def test_each_song_plays_as_libsidplayfp_plays_it(piece: Piece, number: int) -> None:
    file = sid_file(piece)
    clock_hz = play.NTSC_HZ if piece.is_ntsc else play.PAL_HZ
    ours = comparing.engine_trace(file, song=number, seconds=6)
    theirs = play.trace(file, song=number, seconds=6, clock_hz=clock_hz).writes
    ours, theirs = comparing.without_cut_end(ours, theirs, end_cycles=6 * clock_hz)
    assert comparing.first_difference(ours, theirs) == ""
    assert len(ours) > 1000


@pytest.mark.parametrize(("piece", "number"), SONGS, ids=lambda value: getattr(value, "title", value))
def test_each_song_is_heard_from_beginning_to_end_and_never_too_loud(piece: Piece, number: int) -> None:
    seconds = piece.length_ms(piece.songs[number - 1]) / 1000
    assert 20 < seconds < 180
    sound = comparing.engine_sound(sid_file(piece), song=number, seconds=seconds, synth=Synth.FAST)
    loudness = [sound[at : at + 44100].std() for at in range(44100, len(sound) - 44100, 44100)]
    assert min(loudness) > 100
    assert np.abs(sound.astype(int)).max() < 32767


def test_songs_differ_in_energy() -> None:
    """How much changes from frame to frame: a lullaby has less of it than a chase."""

    def restlessness(title: str) -> float:
        piece = next(piece for piece in PIECES if piece.title == title)
        spectrum = comparing.spectrum(comparing.engine_sound(sid_file(piece), seconds=30, synth=Synth.FAST))
        return float(np.maximum(np.diff(spectrum, axis=0), 0).mean())

    assert restlessness("Tape Loading Lullaby") < 0.8 * restlessness("Border Breaker")


def test_the_first_note_has_its_pitch() -> None:
    song = Song(
        title="A4",
        frames=6,
        voices=("deep", "deep", "deep"),
        order="A",
        sections={"A": (melody("a4/64"), melody("-/64"), melody("-/64"))},
    )
    for is_ntsc in (False, True):
        file = sid_file(Piece(title="A4", songs=(song,), is_ntsc=is_ntsc))
        sound = comparing.engine_sound(file, seconds=4, synth=Synth.FAST)[44100:].astype(float)
        power = np.abs(np.fft.rfft((sound - sound.mean()) * np.hanning(len(sound))))
        assert (np.argmax(power[20:]) + 20) * 44100 / len(sound) == pytest.approx(440, rel=0.005)


def test_notation() -> None:
    assert (pitch("c4"), pitch("f#3"), pitch("bb2")) == (48, 42, 34)
    assert (chord("F#m").root, chord("F#m").kind, chord("Bb").root) == (6, "minor", 10)
    line = bass("Am", "r..f")
    assert [(note.pitch, note.beats) for note in line] == [(33, 3), (40, 1)]
    drummed = with_drums(line, "-k--")
    assert [(note.instrument, note.beats) for note in drummed] == [
        ("bass", 1),
        ("kick", 1),
        ("bass", 1),
        ("bass", 1),
    ]


def test_lines_of_different_length_are_refused() -> None:
    lines = (melody("a4/4"), melody("a4/4"), melody("a4/5"))
    song = Song(title="Wrong", frames=6, voices=("deep",) * 3, order="A", sections={"A": lines})
    with pytest.raises(ScoreError, match=r"Wrong, section A: \[4, 4, 5\] beats"):
        sid_file(Piece(title="Wrong", songs=(song,)))


def test_the_folder_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    def contents(folder: Path) -> dict[str, bytes]:
        return {
            str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()
        }

    write_demo_tunes(tmp_path / "one")
    write_demo_tunes(tmp_path / "two")
    (tmp_path / "two" / "Old.sid").write_bytes(b"")
    write_demo_tunes(tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert len(list((tmp_path / "one").glob("*.sid"))) == len(PIECES)


@pytest.mark.django_db
def test_a_site_without_music_gets_them_once(tmp_path: Path) -> None:
    assert bring_demo_tunes(tmp_path / "tunes") == len(PIECES)
    assert bring_demo_tunes(tmp_path / "tunes") == 0
    assert not SidFile.objects.exclude(fault="").exists()
    assert not Track.objects.filter(length_ms=None).exists()
    level = SidFile.objects.get(path="Level_Select.sid")
    assert level.notes[0] == {
        "song": None,
        "field": "COMMENT",
        "text": "The music of a game that nobody wrote.",
    }
    assert level.album.tracks.get(position=2).title == "Level Select: level 1"


@pytest.mark.django_db
def test_a_site_with_music_of_its_own_is_left_alone(tmp_path: Path) -> None:
    put(tmp_path / "mine", "A.sid")
    import_sids(tmp_path / "mine")
    assert bring_demo_tunes(tmp_path / "tunes") == 0
    assert not Collection.objects.filter(name="Demo tunes").exists()


@pytest.mark.django_db
def test_older_demo_tunes_are_brought_up_to_date(tmp_path: Path) -> None:
    folder = tmp_path / "tunes"
    bring_demo_tunes(folder)
    (folder / ".made-from").write_text("an older version")
    put(folder, "Copper_Sunrise.sid")
    import_sids(folder)
    track = Track.objects.get(album__sid_file__path="Copper_Sunrise.sid").public_id
    assert bring_demo_tunes(folder) == 1
    assert Track.objects.get(album__sid_file__path="Copper_Sunrise.sid").public_id == track


def test_the_command_writes_them_anywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_demo_tunes", tmp_path / "tunes")
    assert len(capsys.readouterr().out.splitlines()) == len(PIECES)


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("mine")
    with pytest.raises(CommandError, match="choose a folder that is empty or new"):
        call_command("make_demo_tunes", tmp_path)
    assert (tmp_path / "diary.txt").read_text() == "mine"
