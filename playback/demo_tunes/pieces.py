"""Which demo tunes are there? The scores, each with its own pulse and mood. Dedicated to the public domain (CC0 1.0)."""

from typing import Final

from playback.demo_tunes.compiling import Piece, Song
from playback.demo_tunes.notation import (
    Line,
    bass,
    broken,
    chords,
    melody,
    played_by,
    rest,
    transposed,
    with_drums,
)

_BEAT: Final = "k..hs..hk.khs..h"
_DISCO: Final = "k.h.k.h.k.h.k.hs"
_ROCK: Final = "k.h.s.h.k.k.s.hh"
_WALTZ: Final = "k...h...h..."


def _copper_sunrise() -> Song:
    """A minor, moving: the tune climbs, the second half answers from above."""
    tune = melody("a4/4 c5/2 e5/4 d5/2 c5/4 f5/6 e5/2 c5/8 g4/4 b4/2 d5/4 c5/2 b4/4 c5/6 d5/2 e5/8")
    answer = melody("a5/6 g5/2 e5/4 g5/4 f5/6 e5/2 c5/4 f5/4 e5/6 d5/2 g4/4 d5/4 e5/4 d5/4 c5/4 b4/4")
    walk, air = "r.r.o.r.f.r.o.f.", "x..x..x.x..x..x."
    names, other = "Am F G C", "Am F G Em"
    low = with_drums(bass(names, walk), _BEAT)
    return Song(
        title="Copper Sunrise",
        frames=6,
        voices=("lead", "arp-minor", "bass"),
        order="IABABCAB",
        sections={
            "I": (rest(64), chords(names, air), low),
            "A": (tune, chords(names, air), low),
            "B": (answer, chords(other, air), with_drums(bass(other, walk), _BEAT)),
            "C": (
                played_by(broken("F G Am C", "8531", octave=4, beats=4), "bell"),
                chords("F G Am C", "x..............."),
                with_drums(bass("F G Am C", "r..r..r.r..r..r."), "k.......s......."),
            ),
        },
        filtered=2,
        resonance=9,
        sweep=((96, 1), (96, -1)),
        listen_for="the filter that opens and closes on the chords while the lead stays dry",
    )


def _raster_rain() -> Song:
    """D minor, slow and soft."""
    drops = "8-53-18-35-3-1--"
    tune = melody("-/8 a4/12 g4/4 f4/8 e4/8 d4/24 -/8 a4/8 c5/8 d5/12 c5/4 a4/24")
    names = "Dm Bb F C Dm Bb Gm A"
    return Song(
        title="Raster Rain",
        frames=8,
        voices=("soft", "bell", "deep"),
        order="IAAI",
        sections={
            "I": (
                rest(128),
                broken(names, drops[:8], octave=5),
                bass(names, "r...............", instrument="deep"),
            ),
            "A": (
                tune,
                broken(names, drops[8:], octave=5),
                bass(names, "r.......f.......", instrument="deep"),
            ),
        },
        listen_for="bells that are triangles with an octave at their beginning",
    )


def _sprite_parade() -> Song:
    """C major, a march for eight small things on a screen."""
    tune = melody(
        "g4/2 c5/2 c5/2 e5/2 d5/3 c5/1 d5/4 e5/2 g5/2 g5/2 e5/2 f5/4 d5/4 "
        "e5/2 c5/2 c5/2 a4/2 b4/3 a4/1 b4/4 c5/2 d5/2 e5/2 d5/2 c5/8"
    )
    second = melody(
        "a5/2 a5/2 g5/2 f5/2 e5/4 c5/4 f5/2 f5/2 e5/2 d5/2 c5/4 a4/4 "
        "d5/2 e5/2 f5/2 d5/2 g5/4 e5/4 d5/2 c5/2 b4/2 d5/2 c5/8"
    )
    names, other = "C G C G", "F F G C"
    march = "r...f...r...f..."
    return Song(
        title="Sprite Parade",
        frames=5,
        voices=("flute", "stab-major", "bass"),
        order="AABAABBA",
        sections={
            "A": (
                tune,
                chords(names, "-.x.-.x.-.x.-.x."),
                with_drums(bass(names, march), "....s.......s.ss"),
            ),
            "B": (
                played_by(second, "brass"),
                chords(other, "-.x.-.x.-.x.-.xx"),
                with_drums(bass(other, march), "k...s...k...s.ss"),
            ),
        },
        listen_for="the snare made of noise and pulse by turns",
    )


def _tape_lullaby() -> Song:
    """F major in three: as long as a tape takes to load."""
    tune = melody(
        "c5/8 a4/4 f4/8 a4/4 g4/8 bb4/4 a4/12 d5/8 bb4/4 g4/8 bb4/4 a4/8 f4/4 g4/12 "
        "c5/8 a4/4 f5/8 e5/4 d5/8 c5/4 bb4/12 a4/8 f4/4 g4/8 e4/4 f4/24"
    )
    names = "F F C F Gm Gm F C F F Bb Gm F C F F"
    return Song(
        title="Tape Loading Lullaby",
        frames=7,
        voices=("soft", "bell", "deep"),
        order="IAA",
        sections={
            "I": (rest(96), broken("F F C F F Bb C F", "135", beats=4), _low_waltz("F F C F F Bb C F")),
            "A": (tune, broken(names, "153", beats=4), _low_waltz(names)),
        },
        listen_for="three beats to the bar, and no drum at all",
    )


def _low_waltz(names: str) -> Line:
    return bass(names, "r...........", instrument="deep")


def _border_breaker() -> Song:
    """E minor, as fast as it gets: sixteenths at 187 beats a minute."""
    riff = melody("e4/1 e5/1 d5/1 e5/1 b4/1 d5/1 e5/1 g5/1 f#5/1 d5/1 b4/1 d5/1 e5/2 b4/2")
    run = melody("c5/1 e5/1 g5/1 e5/1 c5/1 e5/1 g5/1 b5/1 a5/1 f#5/1 d5/1 f#5/1 a5/2 f#5/2")
    tune = melody("b5/6 a5/2 g5/4 f#5/4 e5/6 f#5/2 g5/4 a5/4 b5/6 c6/2 b5/4 a5/4 f#5/8 d#5/8")
    drive, names = "r.or.or.r.or.oo.", "Em C D Em"
    last = "Em G C B7"
    four = riff + run + transposed(run, 2) + riff
    return Song(
        title="Border Breaker",
        frames=4,
        voices=("lead", "stab-minor", "growl"),
        order="IAABBAABBC",
        sections={
            "I": (
                riff * 4,
                rest(64),
                with_drums(bass("Em Em Em Em", drive, instrument="growl"), "k...k...k...k.ss"),
            ),
            "A": (
                four,
                chords(names, "x..x..x..x..x.x."),
                with_drums(bass(names, drive, instrument="growl"), _ROCK),
            ),
            "B": (
                played_by(tune, "brass"),
                chords(last, "x.xx.xx.x.xx.xx."),
                with_drums(bass(last, drive, instrument="growl"), _ROCK),
            ),
            "C": (
                four,
                transposed(chords(names, "x..x..x..x..x.x."), 12),
                with_drums(bass(names, drive, instrument="growl"), "k.hks.hkk.hks.ss"),
            ),
        },
        filtered=4,
        resonance=12,
        sweep=((40, 3), (40, -3)),
        listen_for="a bass that changes its waveform every frame",
    )


def _two_chip_tango() -> Song:
    """G minor for two chips: the tune walks from one side to the other."""
    tune = melody(
        "d5/3 c#5/1 d5/4 bb4/4 g4/4 c5/3 b4/1 c5/4 a4/4 f#4/4 bb4/3 a4/1 bb4/4 g4/4 eb5/4 d5/8 c5/4 a4/4"
    )
    reply = melody("g5/6 f5/2 eb5/4 d5/4 eb5/6 d5/2 c5/4 g4/4 a4/4 bb4/4 c5/4 eb5/4 d5/4 f#5/4 g5/8")
    names, other = "Gm D7 Gm D7", "Eb Cm D7 Gm"
    tango, off = "r.....r.r...f...", "-...x...-.x.x..."
    low = with_drums(bass(names, tango), "k.....s.k...s...")
    high = with_drums(bass(other, tango), "k.....s.k...s...")
    return Song(
        title="Two Chip Tango",
        frames=7,
        voices=("brass", "stab-minor", "bass", "flute", "arp-minor", "pluck"),
        order="ABCB",
        sections={
            "A": (tune, chords(names, off), low, rest(64), chords(names, "x..............."), rest(64)),
            "B": (
                rest(64),
                chords(other, off),
                high,
                reply,
                chords(other, "x...x...x...x..."),
                broken(other, "1358", beats=4),
            ),
            "C": (
                tune,
                chords(names, off),
                low,
                melody("bb4/16 a4/16 g4/16 f#4/16"),
                chords(names, "x.x.x.x.x.x.x.x."),
                broken(names, "8535", beats=4, octave=5),
            ),
        },
        listen_for="two chips: six voices, the second three on the other side",
    )


def _datasette_dance() -> Song:
    """C minor disco."""
    tune = melody(
        "g5/2 -/1 g5/1 f5/2 eb5/2 f5/4 -/2 c5/2 eb5/2 -/1 eb5/1 d5/2 c5/2 bb4/4 -/4 "
        "g5/2 -/1 g5/1 f5/2 eb5/2 f5/4 -/2 g5/2 ab5/4 g5/4 f5/4 d5/4"
    )
    names, up = "Cm Ab Bb Gm", "Ab Bb Cm Cm"
    octaves = "r.o.r.o.r.o.r.o."
    return Song(
        title="Datasette Dance",
        frames=6,
        voices=("lead", "arp-minor", "bass"),
        order="IAABBAAB",
        sections={
            "I": (rest(64), chords(names, "-.x.-.x.-.x.-.x."), with_drums(bass(names, octaves), _DISCO)),
            "A": (tune, chords(names, "-.x.-.x.-.x.-.x."), with_drums(bass(names, octaves), _DISCO)),
            "B": (
                broken(up, "8538", octave=5, beats=4),
                chords(up, "x.xx.x.xx.xx.x.x"),
                with_drums(bass(up, octaves), _DISCO),
            ),
        },
        filtered=2,
        resonance=13,
        mode=2,
        sweep=((64, 2), (64, -2)),
        listen_for="a band-pass that makes the chords say wow",
    )


def _nine_pin_blues() -> Song:
    """Twelve bars in A, swung: long and short eighths of four and two beats."""
    names = "A7 A7 A7 A7 D7 D7 A7 A7 E7 D7 A7 E7"
    lick = "e5/4 g5/2 a5/4 c6/2 a5/4 g5/2 e5/4 d5/2 "
    line = "c5/4 e5/2 d5/4 c5/2 a4/12 "
    tune = melody(
        lick
        + line
        + lick
        + line
        + "a5/4 c6/2 d6/4 c6/2 a5/12 "
        + line
        + lick
        + line
        + "b5/12 g#5/6 e5/6 a5/12 f#5/6 d5/6 e5/4 c5/2 a4/4 c5/2 a4/12 b4/4 d5/2 e5/4 g#5/2 b5/12"
    )
    walk = "r...r.t...t.f...f.t...t."
    return Song(
        title="Nine Pin Blues",
        frames=4,
        voices=("organ", "stab-seventh", "bass"),
        order="IAA",
        sections={
            "I": (
                rest(288),
                chords(names, "-.....x...x.-.....x....."),
                with_drums(bass(names, walk), _SWING),
            ),
            "A": (tune, chords(names, "-.....x...x.-.....x....."), with_drums(bass(names, walk), _SWING)),
        },
        listen_for="the swing: every second eighth comes late",
    )


_SWING: Final = "k...h.s...h.k...h.s...hh"


def _cold_boot() -> Song:
    """No key to speak of: wind, a drone, and three notes that come when they like."""
    signs = melody("-/40 e5/8 -/24 b5/8 -/48 f#5/8 -/56 e5/8 -/16 d5/24 -/16")
    return Song(
        title="Cold Boot",
        frames=9,
        voices=("bell", "wind", "drone"),
        order="AA",
        sections={
            "A": (
                signs,
                melody("c3/64 -/16 g3/48 -/32 d3/64 -/32"),
                melody("e2/64 e2/64 c2/64 d2/64"),
            )
        },
        filtered=6,
        resonance=10,
        sweep=((120, 1), (60, 0), (120, -1), (30, 0)),
        listen_for="noise through a filter that breathes",
    )


def _pixel_fugue() -> Song:
    """D minor in three voices: the subject comes high, low, and lowest, each time against what came before."""
    subject = melody("d5/4 a5/4 f5/4 d5/4 c#5/4 d5/2 e5/2 f5/4 f5/1 g5/1 f5/1 e5/1")
    counter = melody("d5/2 e5/2 f5/2 g5/2 a5/4 d5/4 g5/2 f5/2 e5/2 g5/2 f5/2 e5/2 d5/2 c#5/2")
    free = melody("f5/2 d5/2 a4/4 d5/2 f5/2 e5/2 d5/2 e5/4 a4/4 d5/4 c#5/2 d5/2")
    close = melody("a5/4 g5/4 f5/4 e5/4 d5/16")
    return Song(
        title="Pixel Fugue",
        frames=7,
        voices=("pluck", "organ", "deep"),
        order="ABCBCD",
        sections={
            "A": (subject, rest(32), rest(32)),
            "B": (counter, transposed(subject, -5), rest(32)),
            "C": (free, transposed(counter, -12), transposed(subject, -24)),
            "D": (close, melody("f4/8 d4/8 f#4/16"), melody("d2/8 a2/8 d2/16")),
        },
        listen_for="one subject in three octaves",
    )


def _vanilla() -> Song:
    """E minor funk for the 8580, whose filter can be trusted."""
    tune = melody(
        "e5/3 d5/1 -/2 b4/2 d5/2 e5/2 -/4 g5/3 e5/1 -/2 d5/2 e5/2 b4/2 -/4 "
        "a5/3 g5/1 -/2 e5/2 g5/2 a5/2 -/4 b5/4 a5/2 g5/2 e5/2 d5/2 b4/4"
    )
    names, other = "Em Em Am Am", "C D Em Em"
    slap = "r..ro..r-.r.o.r."
    funk = "k..h..k.s..h.k.h"
    return Song(
        title="Vanilla Filter",
        frames=6,
        voices=("organ", "stab-minor", "bass"),
        order="IAABAAB",
        sections={
            "I": (rest(64), rest(64), with_drums(bass(names, slap), funk)),
            "A": (tune, chords(names, "-...x..x-.x.-..."), with_drums(bass(names, slap), funk)),
            "B": (
                broken(other, "1583", octave=5, beats=4),
                chords(other, "x..x..x.x..x..x."),
                with_drums(bass(other, slap), funk),
            ),
        },
        filtered=4,
        resonance=15,
        sweep=((24, 4), (24, -4)),
        listen_for="full resonance on the bass; on a 6581 it would sound another way",
    )


def _sixty_cycles() -> Song:
    """G major at 60 frames a second: the fastest legs are American."""
    tune = melody(
        "d5/2 g5/2 b5/2 a5/2 g5/4 d5/4 e5/2 a5/2 c6/2 b5/2 a5/4 e5/4 "
        "f#5/2 a5/2 d6/2 c6/2 b5/2 a5/2 g5/2 f#5/2 g5/4 b5/4 g5/8"
    )
    names = "G Am D7 G"
    return Song(
        title="Sixty Cycles",
        frames=6,
        voices=("lead", "arp-major", "bass"),
        order="AABABB",
        sections={
            "A": (
                tune,
                chords(names, "x.x.x.x.x.x.x.x."),
                with_drums(bass(names, "r.f.o.f.r.f.o.f."), _DISCO),
            ),
            "B": (
                played_by(tune, "flute"),
                chords("Em C D7 G", "x...x...x...x.x."),
                with_drums(bass("Em C D7 G", "r...o...f...o..."), _ROCK),
            ),
        },
        listen_for="an NTSC machine: 59.8 frames a second, and its own table of pitches",
    )


def _level_title() -> Song:
    names = "Dm C Bb A"
    return Song(
        title="Level Select: the title",
        frames=6,
        voices=("brass", "arp-minor", "bass"),
        order="AAB",
        sections={
            "A": (
                melody("d5/6 e5/2 f5/4 a5/4 g5/6 f5/2 e5/8 d5/6 c5/2 bb4/4 d5/4 c#5/12 -/4"),
                chords(names, "x.x.xx.xx.x.xx.x"),
                with_drums(bass(names, "r.rrr.rrr.rrr.rr"), "k...s...k...s..."),
            ),
            "B": (
                melody("f5/8 a5/8 g5/8 e5/8 f5/8 d5/8 e5/8 a5/8"),
                chords("F C Dm A", "x..............."),
                with_drums(bass("F C Dm A", "r.......r......."), "k.......k......."),
            ),
        },
        listen_for="the first of four songs in one file",
    )


def _level_one() -> Song:
    names = "C Am F G"
    return Song(
        title="Level Select: level 1",
        frames=5,
        voices=("pluck", "arp-major", "bass"),
        order="AB",
        sections={
            "A": (
                melody(
                    "c5/2 e5/2 g5/2 c6/2 b5/2 g5/2 e5/2 g5/2 a5/2 e5/2 c5/2 e5/2 a5/4 g5/4 "
                    "f5/2 a5/2 c6/2 a5/2 f5/2 a5/2 g5/2 f5/2 d5/2 g5/2 b5/2 g5/2 d5/4 b4/4"
                ),
                chords(names, "-.x.-.x.-.x.-.x."),
                with_drums(bass(names, "r...o...r...o..."), "k.h.s.h.k.h.s.h."),
            ),
            "B": (
                broken("F G Em Am", "1358", beats=4, octave=5),
                chords("F G Em Am", "-.x.-.x.-.x.-.x."),
                with_drums(bass("F G Em Am", "r.r.f.r.o.r.f.r."), _BEAT),
            ),
        },
        listen_for="running sixteenths",
    )


def _level_boss() -> Song:
    low = "Ddim Ddim Ebdim Ddim"
    return Song(
        title="Level Select: who lives at its end",
        frames=4,
        voices=("growl", "stab-diminished", "growl"),
        order="AAB",
        sections={
            "A": (
                melody("d4/2 eb4/2 d4/2 ab4/2 g4/2 eb4/2 d4/4") * 4,
                chords(low, "x.....x.....x..."),
                with_drums(bass(low, "rrr.rrr.rrr.rrrr", instrument="growl"), _ROCK),
            ),
            "B": (
                melody("ab4/8 g4/8 f4/8 eb4/8 d4/8 f4/8 ab4/8 b4/8"),
                chords(low, "xx.xx.xx.xx.xx.x"),
                with_drums(bass(low, "r.r.r.r.r.r.r.r.", instrument="growl"), "kkhhsshhkkhhsshh"),
            ),
        },
        filtered=5,
        resonance=14,
        sweep=((20, 5), (20, -5)),
        listen_for="diminished chords and a filter in a hurry",
    )


def _level_over() -> Song:
    return Song(
        title="Level Select: game over",
        frames=8,
        voices=("flute", "pad-minor", "deep"),
        order="A",
        sections={
            "A": (
                melody("a5/4 g5/4 f5/4 e5/4 d5/8 a4/8 bb4/4 c5/4 d5/8 c#5/8 d5/24"),
                chords("Dm Bb Gm A Dm", "x...............", prefix="pad"),
                bass("Dm Bb Gm A Dm", "r...............", instrument="deep"),
            )
        },
        listen_for="a plagal sigh at the end",
    )


def _high_score_hymn() -> Song:
    """Eb major, four parts by three voices: the pads carry two of them."""
    tune = melody(
        "eb5/8 f5/8 g5/12 f5/4 eb5/8 c5/8 bb4/16 c5/8 eb5/8 f5/12 g5/4 ab5/8 g5/8 f5/16 "
        "g5/8 ab5/8 bb5/12 ab5/4 g5/8 eb5/8 c5/16 ab5/8 g5/8 f5/12 eb5/4 f5/8 d5/8 eb5/16"
    )
    names = "Eb Eb Ab Eb Ab Bb Fm Bb Eb Eb Cm Ab Ab Bb Bb Eb"
    return Song(
        title="High Score Hymn",
        frames=6,
        voices=("organ", "pad-major", "deep"),
        order="AA",
        sections={
            "A": (
                tune,
                chords(names, "x...............", prefix="pad"),
                bass(names, "r.......f.......", instrument="deep"),
            )
        },
        listen_for="a hymn for whoever came first",
    )


def pieces() -> tuple[Piece, ...]:
    """All demo tunes, in the order in which they are listed."""
    return (
        Piece(title="Copper Sunrise", songs=(_copper_sunrise(),), comment="Where to begin."),
        Piece(title="Raster Rain", songs=(_raster_rain(),), comment="For late evenings."),
        Piece(title="Sprite Parade", songs=(_sprite_parade(),), comment="Eight little marchers."),
        Piece(title="Tape Loading Lullaby", songs=(_tape_lullaby(),), comment="Sleeps before it is loaded."),
        Piece(title="Border Breaker", songs=(_border_breaker(),), comment="Not for late evenings."),
        Piece(title="Two Chip Tango", songs=(_two_chip_tango(),), is_stereo=True, comment="Two SIDs dance."),
        Piece(title="Datasette Dance", songs=(_datasette_dance(),), comment="Press play on tape."),
        Piece(title="Nine Pin Blues", songs=(_nine_pin_blues(),), comment="The printer has it again."),
        Piece(title="Cold Boot", songs=(_cold_boot(),), comment="38911 bytes free, and nobody there."),
        Piece(title="Pixel Fugue", songs=(_pixel_fugue(),), comment="Counterpoint in one kilobyte."),
        Piece(title="Vanilla Filter", songs=(_vanilla(),), is_8580=True, comment="For the newer chip."),
        Piece(title="Sixty Cycles", songs=(_sixty_cycles(),), is_ntsc=True, comment="From over there."),
        Piece(
            title="Level Select",
            songs=(_level_title(), _level_one(), _level_boss(), _level_over()),
            comment="The music of a game that nobody wrote.",
        ),
        Piece(title="High Score Hymn", songs=(_high_score_hymn(),), comment="Please rise."),
    )
