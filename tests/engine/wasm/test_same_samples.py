"""Do the native and the WebAssembly build give the same, bit for bit, and does each give the same twice?"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.engine.corpus import ABSENT, CORPUS, recorded_songs
from tests.engine.tunes.made import made_tune
from tests.engine.wasm.fingerprints import Answer, Job, answer_of_native, answers_of_webassembly

FAST, REFERENCE = 1, 2
RATES = (8000, 11025, 22050, 44100, 48000, 96000, 192000)
needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason=ABSENT)


def tune_files() -> list[str]:
    """Every SID file of the corpus."""
    return sorted(map(str, CORPUS.rglob("*.sid")))


def assert_alike(jobs: list[Job]) -> list[Answer]:
    """Both builds answer alike, the native one also a second time and in another order; all answers are returned."""
    ours = [answer_of_native(job) for job in jobs]
    again = {
        place: answer_of_native(jobs[place]) for place in random.sample(range(len(jobs)), len(jobs) // 2)
    }
    theirs = answers_of_webassembly(jobs)
    assert len(theirs) == len(jobs)
    for place, job in enumerate(jobs):
        assert ours[place] == theirs[place], f"{job}: native and WebAssembly differ"
        assert again.get(place, ours[place]) == ours[place], f"{job}: a second run in one process differs"
    return ours


@needs_corpus
def test_traces_of_every_song() -> None:
    songs = {
        file: [song.number for song in recorded_songs() if song.name == Path(file).stem]
        for file in tune_files()
    }
    jobs = [
        Job(file=file, song=song, kind="trace", seconds=4) for file in songs for song in songs[file] or [1]
    ]
    jobs += [Job(file=file, kind="trace", seconds=2, options={"path": 1}) for file in songs]
    hashes = {answer["hash"] for answer in assert_alike(jobs)}
    assert len(hashes) > len(jobs) / 3, "songs are told apart"


@needs_corpus
@pytest.mark.parametrize("synth", [FAST, REFERENCE])
def test_samples_of_every_file(synth: int) -> None:
    answers = assert_alike([Job(file=file, options={"synth": synth}, seconds=2) for file in tune_files()])
    assert len({answer["hash"] for answer in answers}) == len(tune_files())


@needs_corpus
@pytest.mark.parametrize("synth", [FAST, REFERENCE])
def test_samples_at_every_rate(synth: int) -> None:
    files = random.sample(tune_files(), 3)
    assert_alike(
        [
            Job(file=file, options={"synth": synth, "sampleRate": rate}, seconds=0.3)
            for file in files
            for rate in RATES
        ]
    )


@needs_corpus
@pytest.mark.parametrize("synth", [FAST, REFERENCE])
def test_samples_with_every_option(synth: int) -> None:
    options = [
        {"channels": 2, "separation": 100},
        {"chipModel": 6581, "clock": 2},
        {"chipModel": 8580, "clock": 1},
        {"filter": 0, "chipModel": 6581},
        {"mute": 0b010, "taps": 1},
        {"mute": 0b1000000001},
        {"path": 1},
    ]
    file = random.choice(tune_files())
    answers = assert_alike(
        [Job(file=file, options={"synth": synth, **chosen}, seconds=0.7) for chosen in options]
    )
    assert len({answer["hash"] for answer in answers}) > 3, "options are heard"


@needs_corpus
@pytest.mark.parametrize("synth", [FAST, REFERENCE])
def test_samples_after_a_seek(synth: int) -> None:
    assert_alike(
        [
            Job(file=file, options={"synth": synth}, start=start, seconds=0.5)
            for file in tune_files()
            for start in (0.5, 7.3)
        ]
    )


@pytest.mark.parametrize("name", ["multi_speed", "digi_by_nmi", "three_chips"])
def test_samples_of_our_own_tunes(tmp_path: Path, name: str) -> None:
    tune = made_tune(name)
    file = tmp_path / "made.sid"
    file.write_bytes(tune.file)
    assert_alike(
        [
            Job(file=str(file), song=tune.song, options={"synth": synth}, seconds=1)
            for synth in (FAST, REFERENCE)
        ]
    )


def test_refusals(tmp_path: Path) -> None:
    """What cannot be played is refused with the same words."""
    file = made_tune("multi_speed").file
    bad = {"empty": b"", "magic": b"XSID" + file[4:], "short": file[:100], "header": file[:0x7C]}
    jobs = []
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
        jobs.append(Job(file=str(tmp_path / name)))
    (tmp_path / "good").write_bytes(file)
    jobs += [
        Job(file=str(tmp_path / "good"), song=9999),
        Job(file=str(tmp_path / "good"), options={"sampleRate": 7999}),
    ]
    answers = assert_alike(jobs)
    assert all(answer["message"] for answer in answers)
    assert len({answer["code"] for answer in answers}) >= 4
