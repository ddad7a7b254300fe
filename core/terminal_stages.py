"""How does a command with several stages tell a person at a terminal how far it is?"""

from typing import Self, TextIO

from core.terminal_progress import TerminalProgress


class TerminalStages:
    """Work in several stages, each with a name and a part that is done: one line, which names the stage it is at."""

    def __init__(self, stream: TextIO, *, wanted: bool = True) -> None:
        self._stream, self._wanted = stream, wanted
        self._label = ""
        self._bar: TerminalProgress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def update(self, label: str, part: float) -> None:
        """Says that of the stage of that name this part, from 0 to 1, is done."""
        if self._bar is None or label != self._label:
            self._end()
            self._label = label
            self._bar = TerminalProgress(self._stream, label=label, total=1, wanted=self._wanted)
        self._bar.update(part)

    def _end(self) -> None:
        if self._bar:
            self._bar.__exit__()
