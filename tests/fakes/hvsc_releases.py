"""Which releases of a made-up HVSC do the tests publish?  Trees as bytes by path, and archives of them by the real 7z.

The codecs are those of the real archives: PPMd for most, BCJ2 with LZMA for programs, several solid blocks.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.playback.made_up_sids import sid_bytes

Files = dict[str, bytes]


def tune(title: str, seed: int = 0, **fields: object) -> bytes:
    """A SID file that no other seed makes."""
    program = b"\x00\x10" + b"\x60" * 6 + hashlib.shake_128(f"{title}{seed}".encode()).digest(300)
    return sid_bytes(**{"title": title, "author": "Ada Example", "program": program, **fields})


def tunes(release: int) -> Files:
    """The tunes of a release: some of each folder."""
    names = ("Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot")
    files = {f"DEMOS/A-F/{name}.sid": tune(name) for name in names[:3]}
    files |= {f"GAMES/A-F/{name}.sid": tune(name, songs=3) for name in names[3:5]}
    files |= {"MUSICIANS/E/Example_Ada/Foxtrot.sid": tune("Foxtrot")}
    return files | {f"MUSICIANS/E/Example_Ada/New_in_{release}.sid": tune(f"New in {release}")}


def whole(release: int, files: Mapping[str, bytes], **documents: bytes) -> Files:
    """The files with DOCUMENTS: HVSC.txt, Songlengths.md5 and others by name (`Update84_hvs=` for Update84.hvs)."""
    lengths = ["[Database]"]
    for path, data in sorted(files.items()):
        lengths += [f"; /{path}", f"{hashlib.md5(data).hexdigest()}=1:02 0:30.5 2:00"]
    whole = dict(files)
    whole["DOCUMENTS/HVSC.txt"] = f"The collection\r\n\r\n   Release {release}\r\n".encode()
    whole["DOCUMENTS/Songlengths.md5"] = "\r\n".join([*lengths, ""]).encode()
    whole["DOCUMENTS/STIL.txt"] = b"#  Made up\r\n"
    return whole | {f"DOCUMENTS/{'.'.join(name.rsplit('_', 1))}": data for name, data in documents.items()}


def write(files: Mapping[str, bytes], folder: Path) -> Path:
    """The files on disk."""
    for path, data in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder


def read(folder: Path) -> Files:
    """The files that are on disk."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def archive(
    files: Mapping[str, bytes],
    root: str = "C64Music",
    renames: Mapping[str, str] | None = None,
    options: tuple[str, ...] = ("-m0=PPMd",),
) -> bytes:
    """A 7z archive of the files below a folder `root`; `renames` gives names that no disk would."""
    return _archive(tuple(sorted(files.items())), root, tuple(sorted((renames or {}).items())), options)


@cache
def _archive(
    files: tuple[tuple[str, bytes], ...],
    root: str,
    renames: tuple[tuple[str, str], ...],
    options: tuple[str, ...],
) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(dict(files), folder / root)
        program = folder / root / "DOCUMENTS" / "tool.exe"
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_bytes(Path(sys.executable).resolve().read_bytes()[:20_000])
        packed = folder / "made.7z"
        seven_zip("a", *options, "-x!" + f"{root}/DOCUMENTS/tool.exe", packed, root, cwd=folder)
        bcj2 = ("-m0=BCJ2", "-m1=LZMA:d20", "-m2=LZMA:d16", "-m3=LZMA:d16", "-mb0:1", "-mb0s1:2", "-mb0s2:3")
        seven_zip("a", *bcj2, packed, f"{root}/DOCUMENTS/tool.exe", cwd=folder)
        for old, new in renames:
            seven_zip("rn", packed, old, new, cwd=folder)
        return packed.read_bytes()


def seven_zip(*words: object, cwd: Path) -> None:
    """Runs it."""
    program = shutil.which("7z") or shutil.which("7zz") or "7z"
    subprocess.run([program, *map(str, words)], cwd=cwd, check=True, stdout=subprocess.DEVNULL)
