"""Do `manage.py render_tune` and `manage.py trace_tune` do what issue 2 says of them, as a person would call them?"""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.engine import comparing
from tests.engine.corpus import RECORDED_CYCLES, Song, first_songs
from tests.engine.oracle.play import ROOT, writes_from_lines
from tests.engine.test_bad_input import JAMMING
from tests.engine.tunes.made import made_tune


def manage(*arguments: object, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """Runs manage.py with a database that cannot be reached: nobody may want one."""
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment["DATABASE_URL"] = "postgres://nobody@127.0.0.1:1/nothing"
    command = [sys.executable, "manage.py", *(str(argument) for argument in arguments)]
    return subprocess.run(
        command, cwd=ROOT, env=environment, input=stdin, capture_output=True, timeout=120, check=False
    )


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    path = tmp_path / "tune.sid"
    path.write_bytes(made_tune("digi_beside_a_raster_player").file)
    return path


def read_wav(path: Path) -> tuple[int, np.ndarray]:
    with wave.open(str(path)) as wav:
        samples = np.frombuffer(wav.readframes(wav.getnframes()), "<i2")
        assert wav.getsampwidth() == 2
        return wav.getframerate(), samples.reshape(-1, wav.getnchannels())


@pytest.mark.parametrize("song", first_songs()[1:4], ids=str)
def test_a_trace_has_the_lines_of_the_recording(song: Song, tmp_path: Path) -> None:
    path = tmp_path / "tune.sid"
    path.write_bytes(song.file)
    result = manage("trace_tune", path, "--song", song.number, "--seconds", 10)
    assert (result.returncode, result.stderr) == (0, b"")
    ours = writes_from_lines(result.stdout.decode())
    assert comparing.values(ours[ours["cycle"] < RECORDED_CYCLES]) == comparing.values(song.recording)


def test_trace_lines_look_like_the_recorded_ones(tune: Path) -> None:
    result = manage("trace_tune", tune, "--seconds", "0.01")
    lines = result.stdout.decode().splitlines()
    assert lines[:3] == ["0 0 18 0f", "6 0 05 00", "15 0 06 f0"]
    assert all(int(line.split()[0]) < 9853 for line in lines)
    assert int(lines[-1].split()[0]) > 9700


def test_a_trace_reads_standard_input(tune: Path) -> None:
    assert (
        manage("trace_tune", "-", "--seconds", 1, stdin=tune.read_bytes()).stdout
        == manage("trace_tune", tune, "--seconds", 1).stdout
    )


@pytest.mark.parametrize(
    ("options", "rate_hz", "shape"),
    [
        (["--seconds", "1.5"], 44100, (66150, 1)),
        (["--seconds", "0.7", "--rate", "22050", "--synth", "fast", "--stereo"], 22050, (15435, 2)),
        (["--seconds", "0", "--synth", "fast"], 44100, (0, 1)),
        (["--seconds", "1", "--start", "2", "--synth", "reference", "--song", "1"], 44100, (44100, 1)),
    ],
)
def test_a_render_is_exactly_as_long_as_told(
    tune: Path, tmp_path: Path, options: list[str], rate_hz: int, shape: tuple[int, int]
) -> None:
    out = tmp_path / "out.wav"
    result = manage("render_tune", tune, *options, "--out", out)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    rate, samples = read_wav(out)
    assert (rate, samples.shape) == (rate_hz, shape)
    assert shape[0] == 0 or samples[-4000:].std() > 10
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.wav", "tune.sid"]


def test_a_render_equals_the_engine_called_directly(tune: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    manage("render_tune", tune, "--seconds", 1, "--out", out)
    direct = comparing.engine_sound(tune.read_bytes(), seconds=1)
    assert (read_wav(out)[1][:, 0] == direct).all()


@pytest.mark.parametrize(
    ("command", "arguments", "words"),
    [
        ("trace_tune", ["--song", "2"], "song"),
        ("render_tune", ["--song", "0"], "song"),
        ("trace_tune", ["--seconds", "-1"], "seconds"),
        ("render_tune", ["--seconds", "nan"], "seconds"),
        ("render_tune", ["--rate", "7999"], "option"),
    ],
)
def test_bad_arguments_get_a_sentence(
    command: str, arguments: list[str], words: str, tune: Path, tmp_path: Path
) -> None:
    out = ["--out", tmp_path / "out.wav"] if command == "render_tune" else []
    result = manage(command, tune, *arguments, *out)
    assert result.returncode != 0
    assert words in result.stderr.decode().lower()
    assert b"Traceback" not in result.stderr
    assert not (tmp_path / "out.wav").exists()


@pytest.mark.parametrize(
    ("command", "content", "words"),
    [
        ("trace_tune", b"", "header"),
        ("trace_tune", None, "No such file"),
        ("render_tune", b"RIFF" + bytes(300), "PSID"),
        ("render_tune", None, "No such file"),
    ],
)
def test_bad_files_get_a_sentence(command: str, content: bytes | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.sid"
    if content is not None:
        path.write_bytes(content)
    result = manage(command, path, *(["--out", tmp_path / "out.wav"] if command == "render_tune" else []))
    error = result.stderr.decode()
    assert result.returncode != 0
    assert words in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out.wav").exists()


def test_a_render_of_a_jammed_tune_keeps_the_sound_and_says_so(tmp_path: Path) -> None:
    path, out = tmp_path / "jam.sid", tmp_path / "out.wav"
    path.write_bytes(JAMMING)
    result = manage("render_tune", path, "--seconds", 3, "--synth", "fast", "--out", out)
    assert result.returncode == 1
    assert str(out) in result.stderr.decode()
    assert read_wav(out)[1][44100:66150].std() > 100


@pytest.mark.parametrize("out", ["missing/out.wav", "folder"])
def test_a_place_that_cannot_be_written_gets_a_sentence(tune: Path, tmp_path: Path, out: str) -> None:
    (tmp_path / "folder").mkdir()
    result = manage("render_tune", tune, "--seconds", 1, "--synth", "fast", "--out", tmp_path / out)
    assert result.returncode == 1
    assert "Cannot write" in result.stderr.decode()
    assert b"Traceback" not in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "tune.sid"]


def test_an_older_render_stays_when_a_new_one_fails(tune: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    out.write_bytes(b"older")
    manage("render_tune", tune, "--song", "9", "--out", out)
    assert out.read_bytes() == b"older"


def test_a_closed_pipe_is_quiet(tune: Path) -> None:
    command = f"{sys.executable} manage.py trace_tune {tune} --seconds 60 | head -2"
    result = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert result.stderr == b""
    assert result.stdout.decode().splitlines() == ["0 0 18 0f", "6 0 05 00"]


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_shown_on_a_terminal_only(terminal: bool, tune: Path, tmp_path: Path) -> None:
    """A minute and a half with the reference synth takes longer than a second."""
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "manage.py",
        "render_tune",
        tune,
        "--seconds",
        "90",
        "--out",
        tmp_path / "out.wav",
    ]
    with subprocess.Popen(
        [str(part) for part in command], cwd=ROOT, stderr=theirs if terminal else subprocess.PIPE
    ) as process:
        os.close(theirs)
        shown = read_terminal(ours) if terminal else process.communicate()[1]
        assert process.wait() == 0
    os.close(ours)
    assert (b"%" in shown) == terminal


def read_terminal(descriptor: int) -> bytes:
    """What a program shows until it ends; Linux tells the end of a terminal by an input error."""
    shown = b""
    while True:
        try:
            shown += os.read(descriptor, 4096)
        except OSError:
            return shown
