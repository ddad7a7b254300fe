"""What does a whole analysis answer, for real songs and for songs with nothing to hear?"""

from __future__ import annotations

import numpy as np
import pytest

from playback.analysis.analysing import Analysis, AnalysisSettings, analyse
from playback.analysis.features.specs import FEATURES, NAMES
from tests.engine.corpus import Song, first_songs

SETTINGS = AnalysisSettings()


def figure(analysis: Analysis, name: str) -> float:
    """One feature of an analysis."""
    return float(analysis.vector[NAMES.index(name)])


@pytest.mark.parametrize("song", first_songs(), ids=str)
def test_every_song_of_the_corpus_has_a_sound_vector(song: Song) -> None:
    analysis = analyse(song.file, song=song.number, length_ms=None, settings=SETTINGS)
    assert analysis.vector.shape == (len(FEATURES),)
    assert analysis.vector.dtype == np.float32
    assert np.isfinite(analysis.vector).all()
    assert 0 < analysis.window_s <= SETTINGS.window_s
    assert analysis.window_start_s + analysis.window_s <= SETTINGS.trace_s
    for name in ("rms", "noteRate", "pitchMean", "onsetRate", "polyphony", "writesPerFrame"):
        assert figure(analysis, name) > 0, name
