"""How do the tests get a real PostgreSQL and a real Redis? They start their own, in a temporary folder, and stop them.

`python -m tests.services COMMAND…` runs a command with DATABASE_URL and REDIS_URL pointing at them.
"""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
_PATIENCE_S = 180.0
_PORTS_OF_THE_KERNEL = Path("/proc/sys/net/ipv4/ip_local_port_range")


class ServiceError(Exception):
    """A server did not start; says what it said."""


def _as_nobody(command: list[str]) -> list[str]:
    """The same command without root's rights, where we have them."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", f"--reuid={_UNPRIVILEGED}", f"--regid={_nobody_group()}", "--clear-groups", *command]


def _nobody_group() -> str:
    return str(_nobody()[1])


def _nobody() -> tuple[int, int]:
    import pwd

    entry = pwd.getpwnam(_UNPRIVILEGED)
    return entry.pw_uid, entry.pw_gid


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    """A temporary folder that the unprivileged user owns; its path is short enough for a socket's name."""
    path = Path(tempfile.mkdtemp(prefix=f"sf-{name}-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            os.chown(path, *_nobody())
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def free_port() -> int:
    """A port that nobody listens on just now, and that nobody will be given by chance before a program of ours takes it.

    The kernel chooses ports for others (every connection has one) from a range of its own: ours lies below.
    """
    chance = random.SystemRandom()  # pytest-randomly seeds the other one alike in all of xdist's workers
    lowest = int(_PORTS_OF_THE_KERNEL.read_text(encoding="ascii").split()[0])
    while True:
        port = chance.randrange(min(10_000, lowest // 2), lowest)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _postgres_programs() -> Path:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if not versions:
        raise ServiceError("PostgreSQL is not installed: apt-get install postgresql")
    return versions[-1]


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own; yields its URL. It listens on a socket in its folder only."""
    programs = _postgres_programs()
    with _folder("pg") as folder:
        data, log = folder / "data", folder / "log"
        environ = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        for name in [name for name in environ if name.startswith("PG")]:
            del environ[name]
        initialise = [
            f"{programs}/initdb",
            "-D",
            str(data),
            "-U",
            "sidflow",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        done = subprocess.run(
            _as_nobody(initialise), cwd=folder, env=environ, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ServiceError(f"initdb: {done.stderr}")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        control = [f"{programs}/pg_ctl", "-D", str(data), "-l", str(log), "-w", "-t", str(int(_PATIENCE_S))]
        started = subprocess.run(
            _as_nobody([*control, "-o", options, "start"]),
            cwd=folder,
            env=environ,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if started.returncode:
            raise ServiceError(f"PostgreSQL does not start: {log.read_text() if log.exists() else 'no log'}")
        try:
            yield f"postgres://sidflow@/postgres?host={folder}"
        finally:
            stop = [*control, "-m", "immediate", "stop"]
            subprocess.run(_as_nobody(stop), cwd=folder, env=environ, stdout=subprocess.DEVNULL, check=False)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


@contextmanager
def redis() -> Iterator[str]:
    """A Redis of our own that keeps nothing; yields its URL."""
    if not shutil.which("redis-server"):
        raise ServiceError("Redis is not installed: apt-get install redis-server")
    with _folder("redis") as folder:
        port = free_port()
        command = [
            "redis-server",
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        process = subprocess.Popen(_as_nobody([*command, "--dir", str(folder)]), stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + _PATIENCE_S
            while not _answers(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise ServiceError(f"Redis does not start on port {port}.")
                time.sleep(0.05)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait()


def main(command: list[str]) -> int:
    """Run the command beside both; its exit code is ours."""
    with postgres() as database_url, redis() as redis_url:
        environ = {**os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url}
        return subprocess.run(command, env=environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
