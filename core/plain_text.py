"""Which text can every database hold?  Not NUL, which PostgreSQL refuses, nor half of a surrogate pair, which is no character."""

from typing import Any


def plain(value: Any) -> Any:
    """The same, with "\\N{REPLACEMENT CHARACTER}" for what cannot be held; also within lists, and in a dict's names and values."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {plain(name): plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value
