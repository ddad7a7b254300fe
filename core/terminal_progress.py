"""How does a command tell a person at a terminal how far it is?"""

from __future__ import annotations

import shutil
import time
from typing import Final, Protocol, Self

_BAR_WIDTH: Final = 30
_QUIET_S: Final = 1.0
_BETWEEN_S: Final = 0.1


class _Stream(Protocol):
    def isatty(self) -> bool: ...
    def write(self, text: str, /) -> object: ...
    def flush(self) -> None: ...


class TerminalProgress:
    """One line that is rewritten in place: shown on a terminal only, and only once the work takes longer than a second."""

    def __init__(self, stream: _Stream, *, label: str, total: float, wanted: bool = True) -> None:
        """`total` is the amount of work, in whatever unit `update` counts; not `wanted`: nothing is shown."""
        self._stream = stream
        self._label = label
        self._total = max(total, 1e-9)
        self._shown = False
        self._next = time.monotonic() + _QUIET_S if wanted and stream.isatty() else float("inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def update(self, done: float, message: str = "") -> None:
        """Says that `done` of the total is done; `message` stands behind the bar."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _BETWEEN_S
        self._shown = True
        part = min(max(done / self._total, 0.0), 1.0)
        bar = "#" * round(part * _BAR_WIDTH)
        room = max(shutil.get_terminal_size().columns - len(self._label) - _BAR_WIDTH - 10, 0)
        self._stream.write(f"\r{self._label} [{bar:<{_BAR_WIDTH}}] {part:4.0%} {message[:room]}\x1b[K")
        self._stream.flush()
