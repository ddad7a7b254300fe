"""Where does the signing key come from when nobody set one?"""

import os
import secrets
from pathlib import Path


def secret_key(path: Path) -> str:
    """Read the key in this file, which only we may read; the first time, make one.

    Two processes that start together agree: each writes a file of its own and links it to the name, and only the first link holds.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")
