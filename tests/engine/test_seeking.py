"""Is the sound after a seek the sound that an unbroken render has there?"""

from __future__ import annotations

import numpy as np
import pytest

from hardware.engine import Option, Synth, TunePlayer
from tests.engine import comparing
from tests.engine.corpus import Song, first_songs
from tests.engine.tunes.made import made_tune

RATE_HZ = 44100
SETTLED_S = 0.5
SYNTHS = [Synth.FAST, Synth.REFERENCE]
PATHS = [pytest.param(False, id="chosen"), pytest.param(True, id="full")]
TUNES = {
    "vertical_blank_pal": made_tune("vertical_blank_pal").file,
    "multi_speed": made_tune("multi_speed").file,
    "digi_beside_a_raster_player": made_tune("digi_beside_a_raster_player").file,
    "raster_four_times_a_frame": made_tune("raster_four_times_a_frame").file,
    "three_chips": made_tune("three_chips").file,
}


def started(file: bytes, synth: Synth, *, full_machine: bool, song: int = 0) -> TunePlayer:
    """A player at a song's beginning."""
    player = TunePlayer(file)
    player.set_option(Option.SYNTH, synth)
    player.set_option(Option.PATH, int(full_machine))
    player.start(song)
    return player


def goes_on(after_seek: np.ndarray, unbroken: np.ndarray) -> bool:
    """Whether it sounds the same from half a second on, without any shift: the place must be right too.

    Between the partials of a steady tone there is only rounding, which the spectrum's logarithm shows as loud as the
    tone and which begins anew with a seek: there the waves themselves are compared.
    """
    settled = round(SETTLED_S * RATE_HZ)
    pair = after_seek[settled:], unbroken[settled:]
    same_wave = np.corrcoef(*pair)[0, 1] >= 0.9999
    return bool(same_wave or comparing.spectral_correlation(*pair, shifts=0) >= comparing.SAME_SOUND)


@pytest.mark.parametrize("full_machine", PATHS)
@pytest.mark.parametrize("synth", SYNTHS)
@pytest.mark.parametrize("name", TUNES)
def test_made_tunes_go_on_as_if_unbroken(name: str, synth: Synth, full_machine: bool) -> None:
    with started(TUNES[name], synth, full_machine=full_machine) as player:
        unbroken = player.render(seconds=8)
        # Backwards from the end, then forwards from there.
        for position in (2.0, 5.25, 1.0):
            player.seek(position)
            assert player.position_s == pytest.approx(position, abs=1 / RATE_HZ)
            sound = player.render(seconds=2.5)
            at = round(position * RATE_HZ)
            assert goes_on(sound, unbroken[at : at + len(sound)])


@pytest.mark.parametrize("song", [*first_songs()], ids=str)
def test_real_tunes_go_on_as_if_unbroken(song: Song) -> None:
    with started(song.file, Synth.REFERENCE, full_machine=False, song=song.number) as player:
        unbroken = player.render(seconds=12)
        for position in (8.0, 3.5):
            player.seek(position)
            sound = player.render(seconds=3)
            at = round(position * RATE_HZ)
            assert goes_on(sound, unbroken[at : at + len(sound)])


@pytest.mark.parametrize("synth", SYNTHS)
def test_a_seek_to_the_beginning_is_a_new_start(synth: Synth) -> None:
    file = TUNES["digi_beside_a_raster_player"]
    with started(file, synth, full_machine=False) as player:
        beginning = player.render(seconds=1)
        player.seek(0)
        assert (player.render(seconds=1) == beginning).all()


def test_a_seek_far_ahead_arrives() -> None:
    with started(TUNES["multi_speed"], Synth.FAST, full_machine=False) as player:
        player.seek(3600)
        assert player.position_s == pytest.approx(3600, abs=1 / RATE_HZ)
        assert player.render(seconds=0.5).std() > 10


def test_a_seek_before_the_first_render_is_the_same_as_one_after_it() -> None:
    file = TUNES["raster_four_times_a_frame"]
    with started(file, Synth.FAST, full_machine=False) as player:
        player.seek(4)
        early = player.render(seconds=1.5)
    with started(file, Synth.FAST, full_machine=False) as player:
        player.render(seconds=6)
        player.seek(4)
        late = player.render(seconds=1.5)
    assert goes_on(early, late)


@pytest.mark.parametrize("synth", SYNTHS)
@pytest.mark.parametrize("rate_hz", [8000, 96000, 192000])
def test_any_sample_rate_can_be_sought_in(synth: Synth, rate_hz: int) -> None:
    """The machine stops up to seven cycles late, which is more than a sample of 192 kHz takes."""
    with TunePlayer(TUNES["digi_beside_a_raster_player"]) as player:
        player.set_option(Option.SYNTH, synth)
        player.set_option(Option.SAMPLE_RATE, rate_hz)
        player.start()
        for step in range(1, 12):
            player.seek(step / 7)
            assert player.render(frames=500).shape == (500,)
