#!/usr/bin/env python3
"""Which tables in docs/ follow from the code? Writes them between their marks; `--check` only compares.

docs/configuration.md: every setting. docs/errors.md: every problem. docs/features.md: every figure that is measured of a song.
"""

import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sidflow_site.settings")

BEGIN, END = "<!-- begin: {} (scripts/docs_tables.py) -->", "<!-- end: {} -->"


def _default(value: Any) -> str:
    if value is None or value == []:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def settings_table(*, later: bool) -> str:
    """The settings that work today, or those whose feature comes later."""
    from core.configuration import all_settings

    head = ["| key | variable | default | meaning |", "|---|---|---|---|"]
    if later:
        head = ["| key | variable | default | meaning | feature |", "|---|---|---|---|---|"]
    rows = []
    for setting in all_settings():
        if bool(setting.feature) is not later:
            continue
        cells = [f"`{setting.file_key}`", f"`{setting.variable}`", _default(setting.field.default)]
        cells += [str(setting.field.description), *([str(setting.feature)] if later else [])]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(head + rows)


def problems_table() -> str:
    """Every problem, with its class's docstring."""
    from core.problems import catalogue

    head = ["| code | status | title | when |", "|---|---|---|---|"]
    rows = []
    for kind in catalogue():
        when = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
        rows.append(f"| `{kind.code}` | {int(kind.status)} | {kind.title} | {when} |")
    return "\n".join(head + rows)


def features_table() -> str:
    """Every feature, in the order of the vector."""
    from playback.analysis.features.specs import FEATURES

    rows = ["| feature | unit | range | group | how it is made | source |", "|---|---|---|---|---|---|"]
    for spec in FEATURES:
        cells = [
            f"`{spec.name}`",
            spec.unit,
            f"{spec.low:g} to {spec.high:g}",
            spec.group,
            spec.meaning,
            spec.source,
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def replaced(text: str, name: str, table: str) -> str:
    """The page with the named table put between its marks. Raises ValueError where a mark is missing."""
    begin, end = BEGIN.format(name), END.format(name)
    before, _, rest = text.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"the marks of {name} are missing")
    return f"{before}{begin}\n{table}\n{end}{after}"


def pages() -> dict[Path, str]:
    """Each page and what it should say."""
    import django

    django.setup()
    from django.urls import get_resolver

    _ = get_resolver().url_patterns  # loads every view, and with them every problem
    configuration = ROOT / "docs" / "configuration.md"
    errors = ROOT / "docs" / "errors.md"
    features = ROOT / "docs" / "features.md"
    text = replaced(configuration.read_text(encoding="utf-8"), "settings", settings_table(later=False))
    text = replaced(text, "settings for later", settings_table(later=True))
    return {
        configuration: text,
        errors: replaced(errors.read_text(encoding="utf-8"), "problems", problems_table()),
        features: replaced(features.read_text(encoding="utf-8"), "features", features_table()),
    }


def main() -> int:
    """Write or compare."""
    old = {page: text for page, text in pages().items() if page.read_text(encoding="utf-8") != text}
    if "--check" not in sys.argv:
        for page, text in old.items():
            page.write_text(text, encoding="utf-8")
        return 0
    for page in old:
        print(f"{page.relative_to(ROOT)} is old: run .venv/bin/python scripts/docs_tables.py")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
