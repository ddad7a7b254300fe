"""Why can a song not be analysed?"""

from __future__ import annotations


class CannotAnalyse(Exception):
    """`code` is one word for counting (`silent`, `no-writes`, `jammed`, `over-limit`, `not-finite`, or the engine's own
    word for a file or song that it refuses), `message` a sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[CannotAnalyse], tuple[str, str]]:
        """Crosses a process boundary whole."""
        return type(self), (self.code, self.message)
