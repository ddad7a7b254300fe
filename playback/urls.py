"""Which addresses lead to music?"""

from django.urls import path

from playback.api.availability import CheckView, InvalidateView
from playback.api.classify_progress import ClassifyProgressView
from playback.api.public_sids import PublicSidView
from playback.api.roms import RomManifestView, RomView
from playback.api.search import TunesView
from playback.api.similar import SimilarView
from playback.api.staff_tracks import StaffTrackView
from playback.api.streams import CliView, DetectView, HlsView, PublicAssetView, RenderView, StreamView
from playback.api.views import PlayView, SidView, TracksView
from playback.pages import authors, folders, sitemaps
from playback.pages.home import home
from playback.pages.similar import similar
from playback.pages.tune import tune

urlpatterns = [
    path("", home, name="home"),
    path("tune/<uuid:public_id>", tune, name="tune"),
    path("tune/<uuid:public_id>/similar", similar, name="tune-similar"),
    path("folders", folders.collections, name="collections"),
    path("folders/<int:collection>", folders.folder, name="folder"),
    path("folders/<int:collection>/<path:path>", folders.folder, name="folder"),
    path("authors", authors.authors, name="authors"),
    path("authors/<int:pk>", authors.author, name="author"),
    path("sitemap.xml", sitemaps.index, name="sitemap-index"),
    path("sitemap-<int:page>.xml", sitemaps.section, name="sitemap"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("api/play", PlayView.as_view(), name="play"),
    path("api/playback/<str:session>/sid", SidView.as_view(), name="playback-sid"),
    path("api/playback/<str:session>/rom/<str:kind>", RomView.as_view(), name="playback-rom"),
    path("api/playback/<str:session>/stream.<str:format>", StreamView.as_view(), name="playback-stream"),
    path("api/playback/<str:session>/cli.m4a", CliView.as_view(), name="playback-cli"),
    path("api/playback/<str:session>/hls/<str:name>", HlsView.as_view(), name="playback-hls"),
    path("api/playback/<str:session>/render/<str:what>", RenderView.as_view(), name="playback-render"),
    path("api/playback/detect", DetectView.as_view(), name="playback-detect"),
    path("api/prefs/rom-manifest", RomManifestView.as_view(), name="rom-manifest"),
    path("sid/<str:md5>.sid", PublicSidView.as_view(), name="public-sid"),
    path("asset/<str:hash>/<path:path>", PublicAssetView.as_view(), name="public-asset"),
    path("api/tracks", TracksView.as_view(), name="tracks"),
    path("api/classify/progress", ClassifyProgressView.as_view(), name="classify-progress"),
    path("api/tracks/<uuid:public_id>/similar", SimilarView.as_view(), name="similar"),
    path("api/admin/tracks/<uuid:public_id>", StaffTrackView.as_view(), name="staff-track"),
    path("api/availability/check", CheckView.as_view(), name="availability-check"),
    path("api/availability/invalidate", InvalidateView.as_view(), name="availability-invalidate"),
    path("api/tunes", TunesView.as_view(), name="tunes"),
]
