"""Which file of an asset does an address name, and how is it sent?

No part of an address is ever part of a path on the disk: it is compared with what rows and patterns say.
"""

import re
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from playback.delivery.file_response import file_response
from playback.delivery.problems import NotRendered
from playback.delivery.streams import CONTENT_TYPES, HASH_SHOWN, PLAYLIST
from playback.rendering.assets import asset_path, touch
from playback.rendering.models import RenderedAsset

# What stands beside a playlist.
_PIECE: Final = re.compile(r"init\.mp4|seg\d{1,6}\.m4s", re.ASCII)


def is_piece(name: str) -> bool:
    """Is it a name that a file of an HLS folder can have: the playlist, its beginning, a segment?"""
    return name == PLAYLIST or _PIECE.fullmatch(name) is not None


def send(
    request: HttpRequest, asset: RenderedAsset, *, piece: str = "", for_ever: bool = False
) -> HttpResponseBase:
    """The asset's file, for HLS the named one beside the playlist, as the request wants it.

    Raises NotRendered where it cannot be read any more, and RangeNotSatisfiable.
    """
    inside = PurePosixPath(asset.path)
    path = asset_path(asset)
    if piece:
        inside, path = inside.with_name(piece), path.with_name(piece)
    try:
        found = path.stat()
        response = file_response(
            request,
            path,
            content_type=CONTENT_TYPES[inside.suffix.lstrip(".")],
            # The row's hash is that of one file; for its neighbours, and where staff copied files around, time and size tell.
            etag=f'"{asset.sha256[:HASH_SHOWN]}-{found.st_mtime_ns:x}-{found.st_size:x}"',
            inside=str(inside),
            for_ever=for_ever,
        )
    except OSError:
        raise NotRendered("It was here, and cannot be read at the moment.") from None
    if response.status_code != HTTPStatus.NOT_MODIFIED:
        touch(asset)
    return response


def asset_with(short_hash: str, path: str) -> tuple[RenderedAsset, str]:
    """The asset whose content's hash begins so, by its path or that of a file beside its playlist; and that file's name.

    Raises NotRendered.
    """
    wanted = PurePosixPath(path)
    piece = wanted.name if is_piece(wanted.name) else ""
    row = str(wanted.with_name(PLAYLIST)) if piece else path
    asset = RenderedAsset.objects.filter(path=row).first()
    if asset is None or len(short_hash) != HASH_SHOWN or not asset.sha256.startswith(short_hash):
        raise NotRendered
    return asset, piece
