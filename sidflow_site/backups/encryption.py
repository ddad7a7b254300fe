"""How is a backup encrypted?  By gpg, with a passphrase that no command line and no file ever holds.

Debian's gpg in its symmetric mode: AES-256 with a modification check, the key stretched by 65 million bytes of SHA-512.
Anybody reads it again with `gpg --decrypt` and the passphrase.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from sidflow_site.backups.problems import BackupError

_ENCRYPT: Final = [
    "--symmetric",
    "--cipher-algo=AES256",
    "--s2k-digest-algo=SHA512",
    "--s2k-count=65011712",
    "--compress-algo=none",
]
_LONGEST: Final = 1000  # fits into a pipe at once
# The first byte of OpenPGP's packet 3, “symmetric-key encrypted session key” (RFC 4880, 4.2 and 5.3).
_FIRST_BYTES: Final = (b"\x8c", b"\xc3")


def is_encrypted(path: Path) -> bool:
    """Whether the file begins as one that a passphrase opens."""
    with path.open("rb") as file:
        return file.read(1) in _FIRST_BYTES


def refuse_without_gpg() -> None:
    """Raises BackupError that names the package."""
    if not shutil.which("gpg"):
        raise BackupError("Encryption needs gpg, which is not installed: apt-get install gpg")


@contextmanager
def _gpg(
    arguments: list[str], passphrase: str, *, stdin: int | IO[bytes], stdout: int | IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    """gpg with a home of its own that is gone afterwards: nobody's keys, options and agent are touched."""
    refuse_without_gpg()
    if "\n" in passphrase or len(passphrase) > _LONGEST:
        raise BackupError(f"A passphrase is one line of at most {_LONGEST} characters.")
    with tempfile.TemporaryDirectory(prefix="sidflow-gpg-") as home, tempfile.TemporaryFile() as said:
        reader, writer = os.pipe()
        try:
            os.write(writer, passphrase.encode() + b"\n")
        finally:
            os.close(writer)
        command = ["gpg", "--batch", "--quiet", "--no-options", f"--homedir={home}", "--no-autostart"]
        command += ["--pinentry-mode=loopback", f"--passphrase-fd={reader}", "--no-symkey-cache", *arguments]
        try:
            process = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=said, pass_fds=[reader])
        finally:
            os.close(reader)
        try:
            # A pipe that gpg no longer reads: it says why below.
            with contextlib.suppress(BrokenPipeError):
                yield process
                for pipe in (process.stdin, process.stdout):
                    if pipe:
                        pipe.close()
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.wait():
            said.seek(0)
            raise BackupError(_reason(said.read().decode(errors="replace")))


def _reason(said: str) -> str:
    if "No space left" in said:
        return "The disk is full: make room, or choose another folder with --to."
    if "manipulated" in said or "read error" in said:
        return "The backup is damaged or was cut off: gpg cannot decrypt it to its end."
    if "decryption failed" in said or "Bad session key" in said:
        return "The passphrase is not the one that this backup was made with."
    return f"gpg failed: {said.strip() or 'it did not say why'}"


@contextmanager
def encrypting(sink: IO[bytes], passphrase: str) -> Iterator[IO[bytes]]:
    """What is written to the given stream reaches `sink` encrypted; complete only when the block ends without an error."""
    with _gpg(_ENCRYPT, passphrase, stdin=subprocess.PIPE, stdout=sink) as process:
        assert process.stdin  # noqa: S101 - it is a pipe
        yield process.stdin


@contextmanager
def decrypting(source: IO[bytes], passphrase: str) -> Iterator[IO[bytes]]:
    """The plain bytes of `source`.  To be read to their end: only then the block's end tells whether they are genuine."""
    with _gpg(["--decrypt"], passphrase, stdin=source, stdout=subprocess.PIPE) as process:
        assert process.stdout  # noqa: S101 - it is a pipe
        yield process.stdout
