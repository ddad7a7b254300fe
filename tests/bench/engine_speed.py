"""How fast is the engine beside libsidplayfp? In seconds of C64 time per CPU second, and as ratios within one run."""

import resource
import statistics
from pathlib import Path

from hardware.engine import Option, Synth, TunePlayer
from tests.bench.figures import alternating, cpu_seconds, tell, tell_ratio
from tests.bench.webassembly import fast_synth_speed
from tests.engine.corpus import ABSENT, Song, first_songs, recorded_songs
from tests.engine.oracle import play

TRACE_S = 100.0
FULL_S = 30.0
SOUND_S = 20.0
SONG_S = 180.0


def trace_speed(song: Song, seconds: float = TRACE_S, *, full_machine: bool = False) -> float:
    """Times real time of a trace, starting the song included."""
    with TunePlayer(song.file) as player:
        player.set_option(Option.SYNTH, Synth.NONE)
        player.set_option(Option.PATH, int(full_machine))

        def work() -> None:
            player.start(song.number)
            for _ in player.iter_trace(seconds):
                pass

        return seconds / cpu_seconds(work)


def sound_speed(song: Song, synth: Synth, rate_hz: int, seconds: float = SOUND_S) -> float:
    """Times real time of rendering; the reference synth's tables are built before."""
    with TunePlayer(song.file) as player:
        player.set_option(Option.SYNTH, synth)
        player.set_option(Option.SAMPLE_RATE, rate_hz)
        player.start(song.number)
        player.render(seconds=0.5)
        return seconds / cpu_seconds(lambda: player.render(seconds=seconds))


def seek_ms(song: Song, *, full_machine: bool = False, synth: Synth = Synth.REFERENCE) -> float:
    """CPU milliseconds from the song's beginning to three minutes in, first sound included."""
    with TunePlayer(song.file) as player:
        player.set_option(Option.SYNTH, synth)
        player.set_option(Option.PATH, int(full_machine))
        player.start(song.number)
        player.render(seconds=0.5)

        def work() -> None:
            player.seek(SONG_S)
            player.render(frames=1024)

        return 1000 * cpu_seconds(work)


def oracle_speed(song: Song, synth: str, rate_hz: int, seconds: float) -> float:
    """Times real time of Debian's libsidplayfp."""
    return play.cpu_time(song.file, song=song.number, seconds=seconds, synth=synth, rate_hz=rate_hz)


def traces(psids: list[Song]) -> None:
    """Every PSID song of the corpus; the comparison on the first song of each file."""
    speeds = [trace_speed(song) for song in psids]
    tell("trace.psid.median", statistics.median(speeds), "times real time (wanted: 4000)")
    tell("trace.psid.slowest", min(speeds), "times real time")
    tell("trace.psid.fastest", max(speeds), "times real time")


def against_null_synth(firsts: list[Song]) -> None:
    """The machine alone, both ways."""
    ratios: dict[str, list[float]] = {"trace": [], "full": []}
    for song in firsts:
        ours, full, theirs = alternating(
            [
                lambda song=song: trace_speed(song),  # type: ignore[misc]
                lambda song=song: trace_speed(song, FULL_S, full_machine=True),  # type: ignore[misc]
                lambda song=song: oracle_speed(song, "none", 44100, 20),  # type: ignore[misc]
            ],
            rounds=3,
        )
        ratios["full"].append(full / theirs)
        if song.is_psid:
            ratios["trace"].append(ours / theirs)
    tell("trace.psid.against_null_synth", statistics.median(ratios["trace"]), "times (wanted: 50)")
    tell("full_machine.against_null_synth", statistics.median(ratios["full"]), "times (wanted: 5)")
    tell("full_machine.against_null_synth.worst", min(ratios["full"]), "times")


def synths(song: Song) -> None:
    """Sound of a one-SID tune."""
    for rate_hz, wanted in ((44100, 20), (22050, 30)):
        ours, theirs, resampled = alternating(
            [
                lambda rate_hz=rate_hz: sound_speed(song, Synth.FAST, rate_hz),  # type: ignore[misc]
                lambda rate_hz=rate_hz: oracle_speed(song, "interpolate", rate_hz, SOUND_S),  # type: ignore[misc]
                lambda rate_hz=rate_hz: oracle_speed(song, "resample", rate_hz, SOUND_S),  # type: ignore[misc]
            ]
        )
        tell(f"fast_synth.{rate_hz}.{song}", ours, "times real time")
        tell_ratio(f"fast_synth.{rate_hz}.{song}.against_residfp", ours, theirs, wanted=wanted)
        # libsidplayfp's other sampling method, the one that the reference synth uses and is compared with.
        tell_ratio(f"fast_synth.{rate_hz}.{song}.against_residfp_resampling", ours, resampled, wanted=wanted)
    ours, theirs = alternating(
        [
            lambda: sound_speed(song, Synth.REFERENCE, 44100),
            lambda: oracle_speed(song, "resample", 44100, SOUND_S),
        ]
    )
    tell(f"reference_synth.{song}", ours, "times real time")
    tell_ratio(f"reference_synth.{song}.against_residfp", ours, theirs, wanted=1)
    ours, theirs = alternating(
        [lambda: fast_synth_speed(song, SOUND_S), lambda: oracle_speed(song, "interpolate", 44100, SOUND_S)],
        rounds=3,
    )
    tell_ratio(f"fast_synth.webassembly.{song}.against_residfp", ours, theirs, wanted=8)


def resident_mib() -> float:
    """Resident memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def player_memory(song: Song) -> None:
    """What ten more players cost, each, in resident memory."""
    players = []

    def one() -> None:
        player = TunePlayer(song.file)
        player.set_option(Option.SYNTH, Synth.REFERENCE)
        player.start(song.number)
        player.render(seconds=2)
        players.append(player)

    one()
    before = resident_mib()
    for _ in range(10):
        one()
    tell("player.memory", (resident_mib() - before) / 10, "MiB (wanted: below 8)")
    for player in players:
        player.close()


def run() -> None:
    """All figures of the engine."""
    firsts, songs = first_songs(), recorded_songs()
    if not songs:
        print(f"no figures of the engine: {ABSENT}")
        return
    by_name = {song.name: song for song in firsts}
    traces([song for song in songs if song.is_psid])
    against_null_synth(firsts)
    player_memory(by_name["10_Orbyte"])
    for name in ("10_Orbyte", "Lully_Marche_Ceremonie_Turcs_Wip", "Superman_Pt02_Theme"):
        synths(by_name[name])
    for song in firsts:
        tell(f"seek.{song}", seek_ms(song), "ms CPU (wanted: 150)")
    for song in firsts:
        tell(f"seek.full_machine.{song}", seek_ms(song, full_machine=True), "ms CPU (wanted: 800)")
