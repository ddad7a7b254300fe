"""How is a voice written down? Strings of a bar or more become notes with lengths.

melody("e5/4 g5/2 -/2 a5/8")              notes of so many beats; - is a rest (a beat is a sixteenth here)
bass("Am F", "r..r..o.")                  a pattern over each chord: r root, f fifth, o octave, t third, . hold, - rest
chords("Am F", "x...x.x.")                x: the chord as a fast arpeggio, by the instrument of its kind
with_drums(bass(...), "k...s...")         k kick, s snare, h hat take the beats where they stand
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

_STEPS: Final = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_KINDS: Final = {"": "major", "m": "minor", "7": "seventh", "sus": "suspended", "dim": "diminished"}
_THIRDS: Final = {"major": 4, "minor": 3, "seventh": 4, "suspended": 5, "diminished": 3}
_DRUMS: Final = {"k": "kick", "s": "snare", "h": "hat"}
LOWEST, HIGHEST = 0, 95


@dataclass(frozen=True, slots=True)
class Note:
    """A pitch in semitones from C0 (None: silence) for some beats; `instrument` None: the voice's own."""

    pitch: int | None
    beats: int
    instrument: str | None = None


Line = list[Note]


@dataclass(frozen=True, slots=True)
class Chord:
    """A root within an octave, and the kind of chord on it."""

    root: int
    kind: str

    @property
    def third(self) -> int:
        """Semitones from the root to the chord's second note."""
        return _THIRDS[self.kind]

    @property
    def fifth(self) -> int:
        """Semitones from the root to the chord's third note."""
        return 6 if self.kind == "diminished" else 7


def pitch(name: str) -> int:
    """ "c4" as 48, "f#3" as 42, "bb2" as 34."""
    letter, octave = name[0], int(name[-1])
    shift = name.count("#") - name[1:].count("b")
    return octave * 12 + _STEPS[letter] + shift


def chord(name: str) -> Chord:
    """ "Am", "F#7", "Bbsus"."""
    length = 2 if name[1:2] in ("#", "b") else 1
    root = _STEPS[name[0].lower()] + {"#": 1, "b": -1}.get(name[1:length], 0)
    return Chord(root % 12, _KINDS[name[length:]])


def melody(text: str, *, instrument: str | None = None) -> Line:
    """Notes with their lengths."""
    line = []
    for word in text.split():
        name, _, beats = word.partition("/")
        line.append(Note(None if name == "-" else pitch(name), int(beats or 1), instrument))
    return line


def bass(names: str, pattern: str, *, octave: int = 2, instrument: str = "bass") -> Line:
    """The pattern over each chord."""
    line: Line = []
    for name in names.split():
        harmony = chord(name)
        low = octave * 12 + harmony.root
        pitches = {"r": low, "f": low + harmony.fifth, "o": low + 12, "t": low + harmony.third}
        for mark in pattern:
            if mark == "." and line:
                line[-1] = replace(line[-1], beats=line[-1].beats + 1)
            else:
                line.append(Note(pitches.get(mark), 1, instrument))
    return line


def chords(names: str, pattern: str, *, octave: int = 4, prefix: str = "arp") -> Line:
    """The pattern over each chord, sounded by the instrument `prefix`-kind."""
    line: Line = []
    for name in names.split():
        harmony = chord(name)
        for mark in pattern:
            if mark == "." and line:
                line[-1] = replace(line[-1], beats=line[-1].beats + 1)
            else:
                at = octave * 12 + harmony.root if mark == "x" else None
                line.append(Note(at, 1, f"{prefix}-{harmony.kind}"))
    return line


def broken(names: str, order: str, *, octave: int = 4, instrument: str = "pluck", beats: int = 2) -> Line:
    """Each chord's notes one after another: 1 root, 3, 5, 8 octave, - rest."""
    line: Line = []
    for name in names.split():
        harmony = chord(name)
        steps = {"1": 0, "3": harmony.third, "5": harmony.fifth, "8": 12}
        for mark in order:
            at = None if mark == "-" else octave * 12 + harmony.root + steps[mark]
            line.append(Note(at, beats, instrument))
    return line


def with_drums(line: Line, pattern: str) -> Line:
    """The pattern, again and again, over the line: its drums take their beat, the rest of a note goes on after it."""
    result: Line = []
    beat = 0
    for note in line:
        begun = False
        for _ in range(note.beats):
            drum = _DRUMS.get(pattern[beat % len(pattern)])
            if drum:
                result.append(Note(pitch("c4"), 1, drum))
                begun = False
            elif begun:
                result[-1] = replace(result[-1], beats=result[-1].beats + 1)
            else:
                result.append(replace(note, beats=1))
                begun = True
            beat += 1
    return result


def transposed(line: Line, semitones: int) -> Line:
    """The same, higher or lower; drums and rests stay."""
    drums = set(_DRUMS.values())
    return [
        note
        if note.pitch is None or note.instrument in drums
        else replace(note, pitch=note.pitch + semitones)
        for note in line
    ]


def played_by(line: Line, instrument: str) -> Line:
    """The same by another instrument."""
    return [replace(note, instrument=instrument) for note in line]


def rest(beats: int) -> Line:
    """Silence."""
    return [Note(None, beats)]


def length(line: Sequence[Note]) -> int:
    """In beats."""
    return sum(note.beats for note in line)
