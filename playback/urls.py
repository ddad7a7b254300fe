"""Which addresses lead to music?"""

from django.urls import path

from playback import views
from playback.api.roms import RomManifestView, RomView
from playback.api.views import PlayView, SidView, TracksView

urlpatterns = [
    path("", views.home, name="home"),
    path("tune/<uuid:public_id>", views.tune, name="tune"),
    path("api/play", PlayView.as_view(), name="play"),
    path("api/playback/<str:session>/sid", SidView.as_view(), name="playback-sid"),
    path("api/playback/<str:session>/rom/<str:kind>", RomView.as_view(), name="playback-rom"),
    path("api/prefs/rom-manifest", RomManifestView.as_view(), name="rom-manifest"),
    path("api/tracks", TracksView.as_view(), name="tracks"),
]
