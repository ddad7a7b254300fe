"""Does the reference synth sound like libsidplayfp's reSIDfp, and is the fast synth the same music?"""

from __future__ import annotations

import numpy as np
import pytest

from hardware.engine import Option, Synth, TunePlayer
from tests.engine import comparing
from tests.engine.corpus import ABSENT, CORPUS, Song, first_songs
from tests.engine.oracle import play
from tests.engine.tunes.made import made_tune

SECONDS = 8.5
# Ta-Boo reads OSC3 and the first Giana song's digis race its player: neither has a trace, sound is all there is. The
# others are there for what the first songs lack: noise, combined waveforms, a quiet effect.
MORE = [
    Song("Ta-Boo", 1),
    *(Song("Great_Giana_Sisters", number) for number in (1, 3, 5, 8)),
    *(Song("Super_Mario_Bros_64_2SID", number) for number in (12, 19)),
]
SONGS = [*MORE, *first_songs()] if CORPUS.exists() else []


def oracle_sound(song: Song, *, seconds: float = SECONDS) -> np.ndarray:
    """The yardstick: the sidplayfp command; RSIDs need the small KERNAL, which only the oracle program has."""
    if song.is_psid:
        return play.command_line_sound(song.file, song=song.number, seconds=seconds)
    return play.sound(song.file, song=song.number, seconds=seconds)


@pytest.mark.parametrize("song", SONGS, ids=str)
def test_reference_synth_sounds_like_residfp(song: Song) -> None:
    ours = comparing.engine_sound(song.file, song=song.number, seconds=SECONDS)
    assert comparing.spectral_correlation(ours, oracle_sound(song)) >= comparing.SAME_SOUND


@pytest.mark.parametrize(
    "name",
    [
        "multi_speed",
        "vertical_blank_ntsc",
        "digi_beside_a_raster_player",
        "three_chips",
        "raster_four_times_a_frame",
    ],
)
def test_made_tunes_sound_like_residfp(name: str) -> None:
    tune = made_tune(name)
    ours = comparing.engine_sound(tune.file, song=tune.song, seconds=SECONDS)
    theirs = play.sound(tune.file, song=tune.song, seconds=SECONDS, kernal=tune.kernal)
    assert comparing.spectral_correlation(ours, theirs) >= comparing.SAME_SOUND


def test_without_its_filter_a_chip_sounds_the_same_to_the_bit() -> None:
    """Oscillators, envelopes, DACs, resampler and the mixer's noise: one sample in a hundred may round another way."""
    tune = made_tune("vertical_blank_pal")
    ours = comparing.engine_sound(tune.file, song=tune.song, seconds=SECONDS)
    theirs = play.sound(tune.file, song=tune.song, seconds=SECONDS)
    shorter = min(len(ours), len(theirs))
    assert np.mean(ours[:shorter] == theirs[:shorter]) > 0.99


def test_another_song_is_told_apart() -> None:
    """The yardstick can fail: two different songs are not "the same sound"."""
    first = comparing.engine_sound(made_tune("multi_speed").file, seconds=SECONDS)
    other = comparing.engine_sound(made_tune("vertical_blank_pal").file, seconds=SECONDS)
    assert comparing.spectral_correlation(first, other) < comparing.SAME_SOUND


def test_the_test_tone_is_a_c4_on_both_synths() -> None:
    path = CORPUS / "test-tone-c4.sid"
    if not path.exists():
        pytest.skip(ABSENT)
    for synth in (Synth.REFERENCE, Synth.FAST):
        samples = comparing.engine_sound(path.read_bytes(), seconds=4, synth=synth)[22050:]
        power = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
        peak_hz = np.argmax(power[10:]) + 10
        assert peak_hz * 44100 / len(samples) == pytest.approx(261.6, rel=0.01)


def test_the_left_chip_is_louder_on_the_left() -> None:
    """Two chips, told apart by their notes: with stereo each leans to its side, at no separation they are in the middle."""
    file = made_tune("two_chips_at_d420").file
    with TunePlayer(file) as player:
        player.set_option(Option.SYNTH, Synth.FAST)
        player.set_option(Option.CHANNELS, 2)
        player.set_option(Option.SEPARATION, 0)
        player.start()
        middle = player.render(seconds=1)
        assert (middle[:, 0] == middle[:, 1]).all()


def test_a_muted_voice_is_silent() -> None:
    file = made_tune("vertical_blank_pal").file
    with TunePlayer(file) as player:
        player.set_option(Option.SYNTH, Synth.FAST)
        player.start()
        loud = player.render(seconds=1)
        player.set_option(Option.MUTE, 0b111)
        player.start()
        quiet = player.render(seconds=1)
    # The voices' standing level goes in the first half second, unheard.
    assert quiet[-8192:].std() < loud[-8192:].std() / 50
