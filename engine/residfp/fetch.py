# SPDX-License-Identifier: GPL-3.0-or-later
"""Where does reSIDfp's source come from? From the pinned pyresidfp source distribution, made ready to compile.

    python3 -m engine.residfp.fetch engine/build/residfp

downloads by pip's ordinary client (version and SHA-256 below; nothing of it is built or installed), unpacks src/residfp
and src/sidcxx11.h below the given folder, makes config.h and siddefs-fp.h from their templates and applies `edits.py`.
A kept archive is used again, so that a second build needs no network.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from engine.residfp.edits import EditError, edit_tree

VERSION = "0.17.0"
SHA256 = "4a805c7a08b157dcc759012d21d5de1f9eb5b5427aa2fee47e72bc2c1d9a707f"
ARCHIVE = f"pyresidfp-{VERSION}.tar.gz"

# What cmake would find out; the code is C++17 and calls no processor-specific instructions.
DEFINED = {
    "HAVE_CXX17": "",
    "HAVE_BUILTIN_EXPECT": "1",
    "RESID_BRANCH_HINTS": "1",
    "RESID_INLINING": "1",
    "RESID_INLINE": "inline",
}

# pip asks a source distribution's build system for its name and version before it keeps the file. That would install
# cmake and ninja for nothing, so this stand-in for the build system answers.
STAND_IN = f"""\
from pathlib import Path


def get_requires_for_build_wheel(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = Path(metadata_directory) / "pyresidfp-{VERSION}.dist-info"
    folder.mkdir()
    folder.joinpath("METADATA").write_text("Metadata-Version: 2.1\\nName: pyresidfp\\nVersion: {VERSION}\\n")
    return folder.name
"""


class FetchError(Exception):
    """One sentence for the person who builds."""


def is_intact(archive: Path) -> bool:
    """Whether the archive is there and is the pinned one."""
    return archive.is_file() and hashlib.sha256(archive.read_bytes()).hexdigest() == SHA256


def pip_environment(scratch: Path) -> dict[str, str]:
    """The environment in which pip finds the stand-in where it looks for the build system."""
    backend = scratch / "stand-in" / "scikit_build_core"
    backend.mkdir(parents=True)
    backend.joinpath("__init__.py").write_text("")
    backend.joinpath("build.py").write_text(STAND_IN)
    return {**os.environ, "PYTHONPATH": str(backend.parent), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def download(folder: Path) -> Path:
    """The pinned archive in `folder`, downloaded where it is missing; raises FetchError."""
    archive = folder / ARCHIVE
    if is_intact(archive):
        return archive
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        wanted = scratch / "requirements.txt"
        wanted.write_text(f"pyresidfp=={VERSION} --hash=sha256:{SHA256}\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-build-isolation"]
        command += [
            "--no-binary",
            ":all:",
            "--require-hashes",
            "-r",
            str(wanted),
            "-d",
            str(scratch / "kept"),
        ]
        try:
            answer = subprocess.run(
                command,
                env=pip_environment(scratch),
                capture_output=True,
                text=True,
                timeout=600,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise FetchError(
                "downloading reSIDfp took longer than ten minutes: is the network up?"
            ) from error
        if answer.returncode != 0:
            raise FetchError(reason(answer.stderr))
        part = folder / f"{ARCHIVE}.part"
        shutil.copy(scratch / "kept" / ARCHIVE, part)
        part.replace(archive)
    return archive


def reason(stderr: str) -> str:
    """What went wrong with pip, in one sentence."""
    if "DO NOT MATCH THE HASHES" in stderr or "HashMismatch" in stderr:
        return f"the pyresidfp {VERSION} that the package index offers is not the pinned one (SHA-256 {SHA256[:12]}...)"
    if "No module named pip" in stderr:
        return f"{sys.executable} has no pip, which is needed to download reSIDfp's source"
    lines = [line for line in stderr.strip().splitlines() if line.startswith("ERROR")] or ["no answer"]
    return f"pip could not download pyresidfp {VERSION} (is the network up?): {lines[-1]}"


def filled_in(template: str) -> str:
    """A cmake template with the values of DEFINED."""

    def definition(match: re.Match[str]) -> str:
        as_number, name = match.group(1) == "01", match.group(2)
        if as_number:
            return f"#define {name} {DEFINED.get(name, '0')}"
        return f"#define {name} {DEFINED[name]}" if name in DEFINED else f"/* no {name} */"

    text = re.sub(r"#cmakedefine(01)? (\w+).*", definition, template)
    return text.replace("@PACKAGE_VERSION@", VERSION)


def unpack(archive: Path, folder: Path) -> None:
    """Fills `folder` with the sources that we compile, edited; raises FetchError."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    root = f"pyresidfp-{VERSION}/src/"
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            name = member.name.removeprefix(root)
            if not member.isfile() or not re.fullmatch(r"residfp/[\w./-]+|sidcxx11\.h|config\.h\.in", name):
                continue
            source = tar.extractfile(member)
            if source is None or ".." in name:
                continue
            target = folder / name.removeprefix("residfp/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read())
    for template in ("config.h.in", "siddefs-fp.h.in"):
        made = folder / template.removesuffix(".in")
        made.write_text(filled_in((folder / template).read_text(encoding="utf-8")), encoding="utf-8")
    try:
        edit_tree(folder)
    except EditError as error:
        raise FetchError(str(error)) from error


def main() -> int:
    """The command line; answers the exit code."""
    parser = argparse.ArgumentParser(description="Fetch reSIDfp's source and make it ready to compile.")
    parser.add_argument("folder", type=Path, help="where to put the archive and, in src/, the sources")
    folder: Path = parser.parse_args().folder
    try:
        unpack(download(folder), folder / "src")
    except (FetchError, OSError, KeyError, tarfile.TarError) as error:
        print(f"reSIDfp: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
