"""How does a song become files?  Samples of an engine, then one measurement, then each format, each with its row."""

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from core.configuration import configuration
from hardware import encoding, hls, pcm, sidplayfp
from hardware.engine import EngineError, Rom
from hardware.programs import ProgramFailedError, ProgramMissingError, Run, run_here
from playback.catalogue.models import SidFile, Track
from playback.delivery.sid_bytes import read_sid
from playback.rendering import storage
from playback.rendering.assets import asset_recipe, made_asset, place_of
from playback.rendering.models import RenderedAsset
from playback.rendering.problems import NoDevice, RenderFailed, RenderNoRoom, RenderProgramMissing
from playback.rendering.settings import ENGINE_NAMES, RenderSettings, settings_for
from playback.roms.bundles import active_bundle
from playback.roms.storage import read_rom
from playback.sidfile import ChipModel

Format = RenderedAsset.Format
Progress = Callable[[float], None]
# Of a song's work: how much of it is its samples.  Encoding is quick beside them.
_SAMPLES_SHARE = 0.9


def render(
    track: Track,
    *,
    formats: Sequence[str],
    settings: RenderSettings | None = None,
    run: Run = run_here,
    progress: Progress | None = None,
    force: bool = False,
) -> list[RenderedAsset]:
    """Makes the song's files that are not there yet (`force`: all), and answers the rows of all of them, in the order asked for.

    `track` was fetched `with_file()`.  `run` runs programs (`Work.run` in a job); `progress` hears 0..1 often, and what it raises
    ends the work.  Nothing half done is left.  Raises FileGone, RenderFailed, RenderProgramMissing, RenderNoRoom, NoDevice.
    """
    settings = settings or settings_for()
    made = {} if force else {name: made_asset(track, name, settings) for name in formats}
    missing = [name for name in dict.fromkeys(formats) if made.get(name) is None]
    if not missing:
        return [asset for asset in made.values() if asset]
    with _told(), storage.new_run() as work:
        song = _Song(track, settings, work, run, progress or (lambda _: None))
        made |= {asset.format: asset for asset in song.make(missing)}
    return [asset for name in dict.fromkeys(formats) if (asset := made[name])]


@contextmanager
def _told() -> Iterator[None]:
    """What engines, programs and the disk say, as problems."""
    try:
        yield
    except EngineError as error:
        raise RenderFailed(error.message) from error
    except ProgramMissingError as error:
        raise RenderProgramMissing(str(error), package=error.package) from error
    except ProgramFailedError as error:
        if "No space left" in str(error):
            raise RenderNoRoom("The disk is full.") from error
        raise RenderFailed(str(error)) from error
    except OSError as error:
        why = "The disk is full." if error.errno in (errno.ENOSPC, errno.EDQUOT) else f"{error.strerror}."
        raise RenderNoRoom(why) from error


@dataclass(frozen=True, slots=True)
class _Song:
    """One song on its way."""

    track: Track
    settings: RenderSettings
    work: storage.Run
    run: Run
    progress: Progress

    def make(self, formats: list[str]) -> list[RenderedAsset]:
        sound = self._sound()
        samples = self._samples(sound)
        loudness = encoding.measure(samples, log=self._log, run=self.run)
        assets = []
        for number, name in enumerate(sorted(formats, key=Format.values.index)):
            self.progress(_SAMPLES_SHARE + (1 - _SAMPLES_SHARE) * number / len(formats))
            made = self._encoded(name, samples, loudness.gain_db)
            assets.append(self._registered(name, made, sound, loudness))
        return assets

    @property
    def _log(self) -> Path:
        return self.work.folder / "program.log"

    def _sound(self) -> pcm.Sound:
        rate = self.settings.sample_rate_hz
        file = self.track.album.sid_file
        return pcm.Sound(
            song=self.track.position,
            frames=round(self.settings.duration_for(self.track) * rate / 1000),
            sample_rate_hz=rate,
            channels=self.settings.channels_for(self.track),
            chip=self.settings.chip if _names_no_chip(file) else 0,
            roms=_roms(),
        )

    def _samples(self, sound: pcm.Sound) -> encoding.Pcm:
        """By the engine that the settings name."""
        file = read_sid(self.track.album.sid_file)
        out = self.work.folder / "samples.pcm"

        def progress(part: float) -> None:
            self.progress(part * _SAMPLES_SHARE)

        if self.settings.engine == "ultimate64":
            raise NoDevice("Configure render.ultimate64.host.")
        if self.settings.engine == "sidplayfp-cli":
            scratch = self.work.folder / "sidplayfp-home"
            scratch.mkdir()
            chosen = configuration().sidplay_path
            sidplayfp.render_pcm(
                file, sound, out, scratch=scratch, chosen=chosen, run=self.run, progress=progress
            )
        else:
            pcm.render_pcm(file, sound, out, progress=progress)
        fade = round(
            self.settings.fade_ms(self.settings.duration_for(self.track)) * sound.sample_rate_hz / 1000
        )
        return encoding.Pcm(
            path=out,
            sample_rate_hz=sound.sample_rate_hz,
            channels=sound.channels,
            frames=sound.frames,
            fade_frames=fade,
        )

    def _encoded(self, name: str, samples: encoding.Pcm, gain_db: float) -> Path:
        """The file (for HLS the folder) in the run's own folder."""
        out = self.work.folder / f"made.{name}"
        if name == Format.HLS:
            out.mkdir()
            hls.make_hls(self._m4a(samples, gain_db), out, log=self._log, run=self.run)
        elif name == Format.M4A:
            self._encode_m4a(samples, out, gain_db)
        elif name == Format.FLAC:
            level, tags = self.settings.flac_level, tags_of(self.track)
            encoding.encode_flac(
                samples, out, gain_db=gain_db, level=level, tags=tags, log=self._log, run=self.run
            )
        else:
            encoding.encode_wav(samples, out, gain_db=gain_db, log=self._log, run=self.run)
        return out

    def _m4a(self, samples: encoding.Pcm, gain_db: float) -> Path:
        """The M4A of these settings, made just now or before: nothing is encoded twice."""
        there = made_asset(self.track, Format.M4A, self.settings)
        if there:
            return storage.root() / there.path
        m4a = self.work.folder / "for-hls.m4a"
        self._encode_m4a(samples, m4a, gain_db)
        return m4a

    def _encode_m4a(self, samples: encoding.Pcm, out: Path, gain_db: float) -> None:
        encoding.encode_m4a(
            samples,
            out,
            gain_db=gain_db,
            bitrate_bps=self.settings.bitrate_bps,
            tags=tags_of(self.track),
            log=self._log,
            run=self.run,
        )

    def _registered(
        self, name: str, made: Path, sound: pcm.Sound, loudness: encoding.Loudness
    ) -> RenderedAsset:
        """Renamed, then written down; what stood in its row before loses its file."""
        path = place_of(self.track, name, self.settings)
        self.work.publish(made, path)
        sha256, size = storage.fingerprint(path)
        duration_ms = self.settings.duration_for(self.track)
        values = {
            "format": name,
            "recipe": asset_recipe(self.settings),
            "engine": ENGINE_NAMES[self.settings.engine],
            "file_md5": self.track.album.sid_file.md5,
            "path": path,
            "size_bytes": size,
            "duration_ms": duration_ms,
            "sample_rate_hz": sound.sample_rate_hz,
            "channels": sound.channels,
            "bitrate_bps": None if name == Format.WAV else round(size * 8000 / duration_ms),
            "loudness_lufs": loudness.integrated_lufs,
            "sha256": sha256,
            "rendered_at": timezone.now(),
            "used_at": timezone.now(),
        }
        try:
            return _write_row(self.track, values, self.work)
        except IntegrityError:  # another run was as far at the same moment: its row is there now
            return _write_row(self.track, values, self.work)


def _write_row(track: Track, values: dict[str, object], work: storage.Run) -> RenderedAsset:
    """The one row for this path and for this song, format and recipe."""
    with transaction.atomic():
        same = Q(path=values["path"]) | Q(track=track, format=values["format"], recipe=values["recipe"])
        rows = sorted(
            RenderedAsset.objects.select_for_update().filter(same), key=lambda row: row.path != values["path"]
        )
        old = [row.path for row in rows if row.path != values["path"]]
        work.promise(old)
        RenderedAsset.objects.filter(pk__in=[row.pk for row in rows[1:]]).delete()
        if rows:
            RenderedAsset.objects.filter(pk=rows[0].pk).update(**values)
            asset = RenderedAsset.objects.get(pk=rows[0].pk)
        else:
            asset = RenderedAsset.objects.create(track=track, **values)
    for path in old:
        storage.remove(path)
    return asset


def _names_no_chip(file: SidFile) -> bool:
    return all(chip.model in (ChipModel.UNKNOWN, ChipModel.BOTH) for chip in file.chips)


def _roms() -> dict[Rom, bytes]:
    """The site's own ROMs, for tunes that want them; without them our engine has a stand-in for the KERNAL."""
    bundle = active_bundle()
    kinds = {"kernal": Rom.KERNAL, "basic": Rom.BASIC, "chargen": Rom.CHARGEN}
    roms = {}
    for kind, sha256 in bundle.roms.items() if bundle else ():
        with suppress(OSError):  # a ROM that is gone is one that the site has not
            roms[kinds[kind]] = read_rom(sha256)
    return roms


def tags_of(track: Track) -> dict[str, str]:
    """What a player shows of the file."""
    album, file = track.album, track.album.sid_file
    tags = {"title": track.display_title, "album": album.title}
    if album.artist:
        tags["artist"] = album.artist.name
    if album.year:
        tags["date"] = str(album.year)
    tags["track"] = f"{track.position}/{file.songs}"
    return tags
