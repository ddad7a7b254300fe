"""Which file that came is one that went: the same music at another path?

The same bytes tell it (md5).  Where they were changed on the way, too, the header tells it, if title, author, release, songs
and addresses are those of one lost file only and of one new file only.
"""

from collections import Counter, defaultdict
from collections.abc import Collection as Group
from collections.abc import Iterable, Mapping
from typing import Any, Final

from playback.catalogue.folders import FoundFile
from playback.catalogue.models import SidFile
from playback.catalogue.reading import UnreadableError, read_file

_HEADER: Final = ("title", "author", "released", "songs", "init_address", "play_address")
_SAYS_NOTHING: Final = ("", "<?>")
_Header = tuple[Any, ...]


def recognise(root: str, arrivals: Iterable[FoundFile], lost: Mapping[int, str]) -> dict[str, int]:
    """The id of a lost row by the path at which its file is now.  `lost` has md5 by id, in order; arrivals are read."""
    if not lost:
        return {}
    came = _read(root, arrivals)
    by_md5: dict[str, list[int]] = defaultdict(list)
    for pk, md5 in lost.items():
        if md5:
            by_md5[md5].append(pk)
    found = {path: by_md5[md5].pop(0) for path, (md5, _) in came.items() if by_md5.get(md5)}
    rest = {path: header for path, (_, header) in came.items() if path not in found and header}
    return found | _by_header(rest, lost.keys() - set(found.values()))


def _read(root: str, arrivals: Iterable[FoundFile]) -> dict[str, tuple[str, _Header | None]]:
    """What tells each file that can be read."""
    told: dict[str, tuple[str, _Header | None]] = {}
    for file in arrivals:
        try:
            columns = read_file(root, file).columns or {}
        except UnreadableError:
            continue
        told[file.path] = (columns["md5"], _header(columns))
    return told


def _by_header(came: Mapping[str, _Header], lost: Group[int]) -> dict[str, int]:
    if not came:
        return {}
    rows = SidFile.objects.filter(pk__in=lost).exclude(format="").values("pk", *_HEADER)
    went: dict[_Header, list[int]] = defaultdict(list)
    for row in rows:
        if header := _header(row):
            went[header].append(row["pk"])
    times = Counter(came.values())
    return {
        path: went[header][0]
        for path, header in came.items()
        if times[header] == 1 and len(went.get(header, ())) == 1
    }


def _header(columns: Mapping[str, Any]) -> _Header | None:
    """None where the header is too poor to tell anything."""
    if columns["title"] in _SAYS_NOTHING or columns["author"] in _SAYS_NOTHING:
        return None
    return tuple(columns[name] for name in _HEADER)
