"""What does a collection of the HVSC's size and shape look like, made of nothing that anybody wrote?

`python -m tests.bench.hvsc_layout FOLDER [FILES]` writes one: valid PSID and RSID files below DEMOS, GAMES and MUSICIANS,
and DOCUMENTS with Songlengths.md5, STIL.txt, BUGlist.txt and HVSC.txt.  The same number of files gives the same bytes.
The mix (songs a tune, models, clocks, how many tunes STIL knows) is about the HVSC's.
"""

import hashlib
import random
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.playback.made_up_sids import sid_bytes

FILES: Final = 60_000
SEED: Final = 64
_SYLLABLES: Final = [
    "ka",
    "ro",
    "mi",
    "ten",
    "sol",
    "ar",
    "vex",
    "lun",
    "do",
    "ri",
    "na",
    "ber",
    "stra",
    "qu",
    "ix",
    "pho",
    "el",
    "gar",
    "tu",
    "wim",
    "zan",
    "os",
    "fre",
    "lo",
    "ma",
    "cy",
    "bel",
    "no",
    "ther",
    "ul",
    "ja",
    "pi",
]
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_GROUPS: Final = ("0-9", "A-F", "G-L", "M-R", "S-Z")


class Tune(NamedTuple):
    """A file of the collection and what the documents say about it."""

    path: str
    md5: str
    songs: int
    title: str


def make_hvsc(root: Path, *, files: int = FILES) -> list[Tune]:
    """Writes the collection; the tunes in the order of their making."""
    chance = random.Random(SEED)
    authors = [f"{word(chance)} {word(chance)}" for _ in range(max(1, files // 20))]
    noise = chance.randbytes(1 << 16)
    tunes = []
    for number in range(files):
        author = authors[int(len(authors) * chance.random() ** 2)]
        title = " ".join(word(chance) for _ in range(chance.choice((1, 1, 2, 2, 3))))[:32]
        folder = _folder(chance, author)
        path = f"{folder}/{title.replace(' ', '_')}_{number}.sid"
        fields = _fields(chance, noise)
        data = sid_bytes(title=title, author=author[:32], released=_released(chance), **fields)
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        tunes.append(Tune(path, hashlib.md5(data, usedforsecurity=False).hexdigest(), fields["songs"], title))
    _write_documents(root / "DOCUMENTS", tunes, chance)
    return tunes


def word(chance: random.Random) -> str:
    """A name that nobody has."""
    return "".join(chance.choices(_SYLLABLES, k=chance.choice((2, 2, 3)))).capitalize()


def _folder(chance: random.Random, author: str) -> str:
    kind = chance.random()
    if kind < 0.2:
        return f"DEMOS/{chance.choice(_GROUPS)}"
    if kind < 0.3:
        return f"GAMES/{chance.choice(_GROUPS)}"
    first, last = author.split(" ", 1)
    return f"MUSICIANS/{last[0]}/{last}_{first}"


def _released(chance: random.Random) -> str:
    year = chance.choice(("19??", "198?", *[str(chance.randint(1982, 2024))] * 18))
    return f"{year} {word(chance)}"[:32]


def _fields(chance: random.Random, noise: bytes) -> dict[str, Any]:
    songs = 1 if chance.random() < 0.88 else chance.randint(2, 9)
    begin = chance.randrange(len(noise) // 2)
    program = b"\x00\x10" + b"\x60" * 6 + noise[begin : begin + chance.randint(600, 8000)]
    fields: dict[str, Any] = {"songs": songs, "start_song": chance.randint(1, songs), "program": program}
    fields["flags"] = chance.choice((4, 4, 4, 4, 8, 12)) | chance.choice((16, 16, 32, 48))
    kind = chance.random()
    if kind < 0.03:
        return fields | {"version": 3, "second": 0x42}
    if kind < 0.04:
        return fields | {"version": 4, "second": 0x42, "third": 0x44}
    if kind < 0.09:
        return fields | {"magic": b"RSID"}
    if kind < 0.1:
        return fields | {"magic": b"RSID", "init": 0, "flags": fields["flags"] | 2}
    return fields


def _write_documents(folder: Path, tunes: list[Tune], chance: random.Random) -> None:
    folder.mkdir(exist_ok=True)
    lengths, stil, bugs = ["[Database]"], ["#  Made up", ""], ["#  Made up", ""]
    folders = sorted({tune.path.rpartition("/")[0] for tune in tunes})
    for some in folders[::10]:
        stil += [f"/{some}/", f"COMMENT: {_sentence(chance)}", ""]
    for tune in sorted(tunes):
        if chance.random() < 0.99:
            lengths += [
                f"; /{tune.path}",
                f"{tune.md5}={' '.join(_length(chance) for _ in range(tune.songs))}",
            ]
        if chance.random() < 0.4:
            stil += _stil_entry(chance, tune)
        if chance.random() < 0.01:
            bugs += [f"/{tune.path}", f"    BUG: {_sentence(chance)}", ""]
    for name, lines in (
        ("Songlengths.md5", lengths),
        ("STIL.txt", stil),
        ("BUGlist.txt", bugs),
        ("HVSC.txt", ["Made up", "Release 99"]),
    ):
        (folder / name).write_bytes("\r\n".join([*lines, ""]).encode("windows-1252"))


def _length(chance: random.Random) -> str:
    return f"{chance.randint(0, 6)}:{chance.randint(0, 59):02}" + chance.choice(("", ".5", ".125"))


def _sentence(chance: random.Random) -> str:
    return (
        f"{' '.join(word(chance) for _ in range(12))}\r\n         {' '.join(word(chance) for _ in range(6))}."
    )


def _stil_entry(chance: random.Random, tune: Tune) -> list[str]:
    lines = [f"/{tune.path}"]
    if tune.songs > 1:
        lines.append(f"(#{chance.randint(1, tune.songs)})")
    if chance.random() < 0.5:
        lines += [f"  TITLE: {word(chance)} [from {word(chance)}]", f" ARTIST: {word(chance)} {word(chance)}"]
    else:
        lines.append(f"   NAME: {word(chance)} {word(chance)}")
    return [*lines, f"COMMENT: {_sentence(chance)}", ""]


if __name__ == "__main__":
    made = make_hvsc(Path(sys.argv[1]), files=int(sys.argv[2]) if len(sys.argv) > 2 else FILES)
    print(f"{len(made)} files, {sum(tune.songs for tune in made)} songs")
