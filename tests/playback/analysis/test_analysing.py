"""What does a whole analysis answer, for real songs, for songs made to be known, and for songs with nothing to hear?"""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from playback.analysis.analysing import Analysis, AnalysisSettings, CannotAnalyse, analyse
from playback.analysis.features.specs import FEATURES, NAMES
from tests.engine.corpus import Song, first_songs
from tests.engine.tunes.made import all_made_tunes, build, made_tune
from tests.playback.analysis.made_signals import FRAME_HZ, PULSE, Writes, melody, note, silence_before
from tests.playback.analysis.made_songs import digi_song, jamming_song, song, song_without_writes

SETTINGS = AnalysisSettings()
C_MAJOR = [60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60, 60]


def analysis_of(
    file: bytes, *, length_ms: int | None = None, settings: AnalysisSettings = SETTINGS
) -> Analysis:
    """The analysis of a file's start song."""
    return analyse(file, song=0, length_ms=length_ms, settings=settings)


def figures_of(analysis: Analysis) -> dict[str, float]:
    """The vector with its names."""
    return dict(zip(NAMES, analysis.vector.tolist(), strict=True))


def code_of(file: bytes, *, song: int = 0, length_ms: int | None = None) -> str:
    """Why a file cannot be analysed."""
    with pytest.raises(CannotAnalyse) as caught:
        analyse(file, song=song, length_ms=length_ms, settings=SETTINGS)
    assert caught.value.message == str(caught.value) != ""
    return caught.value.code


@pytest.mark.parametrize("song", first_songs(), ids=str)
def test_a_song_of_the_corpus_has_a_sound_vector(song: Song) -> None:
    analysis = analyse(song.file, song=song.number, length_ms=None, settings=SETTINGS)
    assert analysis.vector.shape == (len(FEATURES),)
    assert analysis.vector.dtype == np.float32
    assert np.isfinite(analysis.vector).all()
    assert 0 < analysis.window_s <= SETTINGS.window_s
    assert analysis.window_start_s + analysis.window_s <= SETTINGS.trace_s
    figures = figures_of(analysis)
    for spec in FEATURES:
        assert spec.low <= figures[spec.name] <= spec.high * (1 + 1e-6), spec.name
    for name in (
        "rms",
        "noteRate",
        "pitchMean",
        "onsetRate",
        "polyphony",
        "writesPerFrame",
        "spectralCentroid",
    ):
        assert figures[name] > 0, name


def test_a_scale_is_heard_as_it_was_written() -> None:
    frames = 24 * 100
    figures = figures_of(analysis_of(song(melody(C_MAJOR * 8, frames=24, sounding=20), frames=frames)))
    assert figures["keyRoot"] == 0
    assert figures["minorness"] < 0
    assert figures["polyphony"] == pytest.approx(1, abs=0.01)
    assert figures["noteRate"] == pytest.approx(FRAME_HZ / 24, rel=0.02)
    # Notes come every 24 frames: 125.3 a minute.
    assert figures["bpm"] == pytest.approx(60 * FRAME_HZ / 24, rel=0.005)
    assert figures["onsetRate"] == pytest.approx(FRAME_HZ / 24, rel=0.1)
    # A triangle has little beside its fundamental: middle C and the octave above.
    assert 250 < figures["spectralCentroid"] < 600
    assert figures["waveTriangle"] == pytest.approx(1)
    assert figures["sids"] == 1


def pulsing(frames: int) -> Writes:
    """A held chord whose pulse width moves."""
    writes = silence_before()
    for voice, pitch in enumerate((48, 55, 64)):
        writes += [*note(0, pitch, frames=frames, voice=voice, wave=PULSE), (0, voice * 7 + 3, 8)]
    return writes + [(frame, 2, frame % 256) for frame in range(frames)]


def test_the_song_ends_where_its_length_says() -> None:
    file = song(pulsing(1000), frames=1000)
    for length_ms in (400, 3000, 12_000):
        analysis = analysis_of(file, length_ms=length_ms)
        assert analysis.window_start_s + analysis.window_s <= length_ms / 1000
        assert analysis.window_s == pytest.approx(length_ms / 1000, abs=0.05)
        assert figures_of(analysis)["duration"] == pytest.approx(length_ms / 1000)


def test_the_intro_is_skipped_and_silence_is_left_out() -> None:
    held = note(0, 60, frames=3000)
    assert analysis_of(song(silence_before() + held, frames=3000)).window_start_s == pytest.approx(
        15, abs=0.1
    )
    late = [(frame + 1400, reg, value) for frame, reg, value in held]
    assert analysis_of(song(silence_before() + late, frames=3000)).window_start_s > 27.9
    early = song(silence_before() + note(0, 60, frames=100), frames=3000)
    assert analysis_of(early).window_start_s + analysis_of(early).window_s < 2.1
    assert figures_of(analysis_of(early))["duration"] < 2.1


def test_the_volume_is_up_before_a_psid_begins() -> None:
    figures = figures_of(analysis_of(song(note(0, 60, frames=100), frames=100)))
    assert figures["volumeMean"] == 1
    assert figures["polyphony"] == 1


def test_a_digi_is_sound_although_no_voice_plays() -> None:
    figures = figures_of(analysis_of(digi_song()))
    assert figures["digiActivity"] > 0.9
    assert figures["rms"] > 0.001
    assert figures["polyphony"] == 0


def test_a_song_that_only_seems_to_sound_is_listened_to_elsewhere() -> None:
    # The first half: a voice of a frequency far below what is heard, most of the time. Then, shorter, a tone.
    deaf = [(0, 24, 15), (0, 0, 1), (0, 6, 0xF0), (0, 4, 0x11)]
    tone = note(1500, 60, frames=300, voice=1)
    analysis = analysis_of(song(deaf + tone, frames=2500))
    assert analysis.window_start_s + analysis.window_s >= 15
    assert figures_of(analysis)["rms"] > 0.01


def test_songs_without_sound_say_why() -> None:
    assert code_of(song_without_writes()) == "no-writes"
    assert code_of(song([(0, 24, 0)], frames=10)) == "silent"
    quiet = [(0, 24, 0), *note(0, 60, frames=100)]
    assert code_of(song(quiet, frames=100)) == "silent"


def test_a_jam_after_enough_sound_keeps_the_song() -> None:
    assert code_of(jamming_song(after_calls=20)) == "jammed"
    analysis = analysis_of(jamming_song(after_calls=500))
    assert analysis.window_start_s + analysis.window_s < 500 / FRAME_HZ + 0.1
    # What comes behind a song's end is no matter.
    assert analysis_of(jamming_song(after_calls=60), length_ms=1000).window_s == pytest.approx(1, abs=0.05)


def test_files_that_do_not_play_say_why() -> None:
    assert code_of(b"") == "truncated"
    assert code_of(b"no SID file at all" * 20) == "bad-magic"
    assert code_of(song_without_writes(), song=2) == "song-range"
    assert code_of(build("init: jmp init\nplay: rts\n")) == "init-timeout"
    assert code_of(build("init: jam\nplay: rts\n")) == "jammed"


def test_a_reason_crosses_processes() -> None:
    again = pickle.loads(pickle.dumps(CannotAnalyse("silent", "Nothing.")))
    assert (again.code, again.message) == ("silent", "Nothing.")


def test_a_song_costs_no_more_cycles_than_it_may() -> None:
    file = song(pulsing(1000), frames=1000)
    with pytest.raises(CannotAnalyse, match="cycles") as caught:
        analysis_of(file, settings=replace(SETTINGS, cycle_limit=60_000_000))
    assert caught.value.code == "over-limit"
    small = analysis_of(file, length_ms=1000, settings=replace(SETTINGS, cycle_limit=60_000_000))
    assert small.window_s > 0.9


@pytest.mark.parametrize("tune", all_made_tunes(), ids=lambda tune: tune.name)
def test_every_made_tune_has_a_vector_or_a_reason(tune: object) -> None:
    made = made_tune(tune.name)  # type: ignore[attr-defined]
    try:
        analysis = analyse(made.file, song=made.song, length_ms=2000, settings=SETTINGS)
    except CannotAnalyse as problem:
        assert problem.code in {"silent", "no-writes", "jammed", "needs-roms"}  # noqa: PT017
        return
    assert np.isfinite(analysis.vector).all()
    assert analysis.window_start_s + analysis.window_s <= max(2.0, 10)


def test_another_rate_gives_nearly_the_same_figures() -> None:
    file = song(melody(C_MAJOR * 8, frames=24, sounding=20), frames=2400)
    low, high = (
        figures_of(analysis_of(file, settings=replace(SETTINGS, sample_rate_hz=rate)))
        for rate in (11025, 22050)
    )
    for name in ("spectralCentroid", "rms", "bpm", "onsetRate", "noteRate", "mfccMean1"):
        assert low[name] == pytest.approx(high[name], rel=0.05), name


def test_the_cpu_time_is_told_apart() -> None:
    spent = analysis_of(song(pulsing(500), frames=500)).spent
    assert min(spent.trace_s, spent.synth_s, spent.features_s) > 0
