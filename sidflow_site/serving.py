"""How do web server and background worker run as one foreground program?"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

TOLD_GRACE_S = 3.0
STOP_GRACE_S = 10.0
_LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}
# Linux's prctl(2)
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


class _Stopped(BaseException):
    """Somebody stops us, by this signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class CannotServe(Exception):
    """A sentence for the person at the terminal."""


def is_local(host: str) -> bool:
    """Is this an address that only this machine reaches?"""
    return host in _LOOPBACK_NAMES or host.startswith("127.")


def refuse_taken_port(host: str, port: int) -> None:
    """Raise CannotServe when nobody can listen there; says why."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise CannotServe(f"{host} is not an address of this machine: choose another with HOST=.") from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError:
            raise CannotServe(f"Port {port} is for root only: choose one above 1023 with PORT=.") from None
        except OSError as error:
            if error.errno == 98:  # EADDRINUSE
                raise CannotServe(
                    f"Port {port} on {host} is taken by another program: stop that, or choose another port, "
                    f"for example PORT={port + 1}."
                ) from None
            raise CannotServe(f"Cannot listen on {host} port {port}: {error.strerror}.") from None


def own_addresses() -> list[str]:
    """This machine's names and addresses, for a server that listens on all of them."""
    names = {socket.gethostname(), socket.getfqdn()}
    shown = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False)
    return sorted(names | {f"[{part}]" if ":" in part else part for part in shown.stdout.split()})


def hosts_to_allow(host: str) -> list[str]:
    """Host names that a site served at `host` answers to, when nobody configured them."""
    local = ["localhost", "127.0.0.1", "[::1]"]
    if is_local(host):
        return local
    if host in ("0.0.0.0", "::"):  # noqa: S104  somebody asked for it
        return local + own_addresses()
    return [*local, f"[{host}]" if ":" in host else host]


def address(host: str, port: int) -> str:
    """The address to open in a browser."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}/"


def greeting(host: str, port: int) -> str:
    """What to tell the person who started the server."""
    lines = [
        f"SIDFlow is at {address(host, port)}   (administration: {address(host, port)}admin/; Ctrl-C stops it)"
    ]
    if not is_local(host):
        lines += [
            "Other machines reach it over plain http, and there browsers keep back AudioWorklet, SharedArrayBuffer,",
            "service workers and hashing: those are for https and localhost only. Tunes still play, with less comfort.",
            "For https put a proxy with a certificate in front, for example nginx or caddy, name it in",
            "SIDFLOW_TRUSTED_PROXIES and let it send X-Forwarded-Proto; docs/serving-https.md shows how.",
        ]
    return "\n".join(lines)


def die_with_parent() -> None:
    """Let the kernel kill this process when its parent is gone, however that came.

    Not by asking: django-q's cluster can lock itself up in its handler when it is asked while it starts.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the programs that make up the site."""

    name: str
    command: Sequence[str]


def parts(host: str, port: int) -> list[Part]:
    """The web server and the background worker, run by this same Python."""
    # Daphne's own access log is off: the proxy in front writes one, and play addresses hold signatures.
    web = [
        "-m",
        "sidflow_site.web",
        "-b",
        host,
        "-p",
        str(port),
        "-v",
        "0",
        "--no-server-name",
        "sidflow_site.asgi:application",
    ]
    return [
        Part("web server", [sys.executable, *web]),
        Part("background worker", [sys.executable, "manage.py", "work"]),
    ]


def _wait(running: Iterable[subprocess.Popen[bytes]], seconds: float) -> bool:
    """Wait until all have ended; False when the time is over first."""
    deadline = time.monotonic() + seconds
    for process in running:
        try:
            process.wait(timeout=max(0.01, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return False
    return True


def _stop(running: Collection[subprocess.Popen[bytes]], *, told_already: bool) -> None:
    """End all programs: ask, wait, and at last kill, also what they left behind.

    Where the terminal has told them already (Ctrl-C reaches the whole group), they get a moment before we ask too:
    django-q's cluster can lock itself up when a second signal arrives inside its handler of the first.
    """
    if told_already and _wait(running, TOLD_GRACE_S):
        return _end_orphans()
    for process in running:
        if process.poll() is None:
            process.terminate()
    if not _wait(running, STOP_GRACE_S):
        for process in running:
            process.kill()
            process.wait()
    return _end_orphans()


def _own_children() -> list[int]:
    return [int(pid) for pid in Path("/proc/thread-self/children").read_text(encoding="ascii").split()]


def _end_orphans() -> None:
    """Kill grandchildren whose parent is gone: being their reaper, we have inherited them."""
    while children := _own_children():
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _interrupted(number: int, _frame: FrameType | None) -> None:
    raise _Stopped(number)


def run(programs: Sequence[Part], *, environ: Mapping[str, str], folder: str) -> str | None:
    """Run all programs until one ends or somebody stops us (Ctrl-C, SIGTERM).

    They stay in this process group, so a terminal's Ctrl-C reaches each. Returns None after a stop that was asked for,
    else a sentence about the program that ended by itself.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    running: dict[str, subprocess.Popen[bytes]] = {}
    told_already = False
    try:
        for part in programs:
            running[part.name] = subprocess.Popen(
                part.command,
                env={**os.environ, **environ},
                cwd=folder,
                preexec_fn=die_with_parent,  # noqa: PLW1509  no thread is running yet
            )
        while True:
            for name, process in running.items():
                if process.poll() is not None:
                    return f"The {name} ended by itself (exit {process.returncode}), so everything stops."
            time.sleep(0.2)
    except _Stopped as stopped:
        told_already = stopped.number == signal.SIGINT
        return None
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        _stop(running.values(), told_already=told_already)
