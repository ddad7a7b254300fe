"""How are durations, numbers and values written on the pages of the administration?"""

import json

from django import template

register = template.Library()

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


@register.filter
def duration(ms: int | None) -> str:
    """12,345 → "12 s", 3,723,000 → "1 h 2 min"; "" for nothing."""
    if not ms:
        return ""
    seconds = round(ms / 1000)
    if seconds < 1:
        return f"{ms} ms"
    for index, (size, unit) in enumerate(_UNITS):
        if seconds >= size:
            whole, rest = divmod(seconds, size)
            smaller, name = _UNITS[index + 1] if index + 1 < len(_UNITS) else (1, "s")
            return f"{whole} {unit} {rest // smaller} {name}"
    return f"{seconds} s"


@register.filter
def as_json(value: object) -> str:
    """As programs would read it."""
    return json.dumps(value, ensure_ascii=False, indent=2)


@register.filter
def unlocalize_number(value: float) -> str:
    """50.0 → "50", 33.3 → "33.3"."""
    return f"{value:g}"


@register.filter
def bytes_in_words(size: int | None) -> str:
    """1,536 → "1.5 KiB"; "" for nothing known."""
    if size is None:
        return ""
    amount = float(size)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"
