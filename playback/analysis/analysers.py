"""How are all cores kept busy with analysing, whatever a tune does to the process that plays it?

A few children (`playback.analysis.child`), each with a thread here that hands it one file after another.  A child that dies takes one
song with it, which is told as its failure; the rest goes to a new one.  Children live for some thousand songs at most, end when there
is nothing to do, and are killed by the kernel where this process is.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from queue import Empty, Queue
from typing import IO, Any, Final, Self, cast

from core.settings_schema import PROJECT_ROOT
from playback.analysis.recipes import AnalysisSettings

# A song is limited by emulated cycles.  This is for a process that hangs for another reason.
_STUCK_S: Final = 120.0
_IDLE_S: Final = 20.0
_SONGS_OF_A_CHILD: Final = 4000


@dataclass(frozen=True, slots=True)
class Asked:
    """A file below a root, and its songs: (track's number, song, length in ms or None)."""

    root: str
    path: str
    songs: tuple[tuple[int, int, int | None], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one song: `vector` (float32, little-endian), or `failure` with a detail.  Times in CPU seconds."""

    track: int
    md5: str = ""
    vector: bytes = b""
    start_ms: int = 0
    ms: int = 0
    failure: str = ""
    detail: str = ""
    trace_s: float = 0.0
    synth_s: float = 0.0
    features_s: float = 0.0


class AnalysersDownError(Exception):
    """Not even a fresh child begins; the argument is what it said last."""


class Analysers:
    """`count` children.  Use it as a context manager: ask, and take outcomes as they come, in no particular order."""

    def __init__(self, count: int, settings: AnalysisSettings) -> None:
        self._settings = settings
        self._tasks: Queue[Asked | None] = Queue()
        self._found: Queue[Outcome | AnalysersDownError] = Queue()
        self._children: set[_Child] = set()
        self._closing = False
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(max(1, count))]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, task: Asked) -> None:
        """Queues a file."""
        self._tasks.put(task)

    def outcome(self, timeout_s: float) -> Outcome | None:
        """The next one; None where none came in that time.  Raises AnalysersDownError."""
        try:
            found = self._found.get(timeout=timeout_s)
        except Empty:
            return None
        if isinstance(found, AnalysersDownError):
            raise found
        return found

    def close(self) -> None:
        """Ends all children, whatever they are doing; again is harmless."""
        self._closing = True
        for child in list(self._children):
            child.kill()
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        child: _Child | None = None
        while not self._closing:
            try:
                task = self._tasks.get(timeout=_IDLE_S)
            except Empty:
                self._end(child)
                child = None
                continue
            if task is None:
                break
            try:
                child = self._analyse(child, task)
            except AnalysersDownError as error:
                if not self._closing:
                    self._found.put(error)
                child = None
            if child and child.songs >= _SONGS_OF_A_CHILD:
                self._end(child)
                child = None
        self._end(child)

    def _analyse(self, child: "_Child | None", task: Asked) -> "_Child | None":
        """All songs of the file; answers the child that goes on."""
        left = list(task.songs)
        while left and not self._closing:
            child = child or self._begin()
            child.ask(replace(task, songs=tuple(left)))
            while left:
                outcome = child.outcome()
                if outcome is None:
                    break
                self._found.put(outcome)
                left.pop(0)
            if left:
                self._end(child)
                child = None
                if not self._closing:
                    said = "The process that played it ended."
                    self._found.put(Outcome(left.pop(0)[0], failure="crashed", detail=said))
        return child

    def _begin(self) -> "_Child":
        child = _Child(self._settings)
        self._children.add(child)
        child.wait_until_ready()
        return child

    def _end(self, child: "_Child | None") -> None:
        if child:
            child.end()
            self._children.discard(child)


class _Child:
    """One process."""

    def __init__(self, settings: AnalysisSettings) -> None:
        # Short vectors gain nothing from more threads, and sums in another order would be other bytes.
        environ = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        program = [sys.executable, "-m", "playback.analysis.child", json.dumps(asdict(settings))]
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the process
        # Who listens at this moment comes first: `nice`.  The kernel ends the child with us: `setpriv`.
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "nice", "-n", "5", *program],
            cwd=PROJECT_ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._in = cast("IO[str]", self._process.stdin)
        self._out = cast("IO[str]", self._process.stdout)
        self.songs = 0

    def wait_until_ready(self) -> None:
        """Raises AnalysersDownError with the last line of what it said."""
        if self._read() is None:
            self._process.wait()
            self._errors.seek(0)
            said = self._errors.read().strip().rsplit("\n", 1)[-1]
            self.end()
            raise AnalysersDownError(said or "It ended without a word.")

    def ask(self, task: Asked) -> None:
        document = {"root": task.root, "path": task.path, "songs": task.songs}
        try:
            self._in.write(json.dumps(document) + "\n")
            self._in.flush()
        except BrokenPipeError:
            return  # it is dead: there is no outcome

    def outcome(self) -> Outcome | None:
        """The next one; None: it is dead, or hung and was killed."""
        document = self._read()
        if document is None:
            return None
        self.songs += 1
        spent = document.pop("spent", (0.0, 0.0, 0.0))
        vector = base64.b64decode(document.pop("vector", ""))
        return Outcome(vector=vector, trace_s=spent[0], synth_s=spent[1], features_s=spent[2], **document)

    def _read(self) -> dict[str, Any] | None:
        guard = threading.Timer(_STUCK_S, self._process.kill)
        guard.daemon = True
        guard.start()
        try:
            line = self._out.readline()
        finally:
            guard.cancel()
        return json.loads(line) if line.endswith("\n") else None

    def kill(self) -> None:
        """From any thread; the child's own notices that nothing comes any more."""
        self._process.kill()

    def end(self) -> None:
        """Ends it and gives back what it held.  For the thread that reads of it."""
        self._process.kill()
        self._process.wait()
        self._errors.close()
        self._out.close()
        with suppress(BrokenPipeError):
            self._in.close()
