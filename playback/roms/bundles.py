"""How does a bundle of ROMs come, become the one that browsers get, and go?"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q

from playback.catalogue.models import Obstacle, SidFile
from playback.roms.checking import checked_rom
from playback.roms.models import RomBundle
from playback.roms.storage import remove_rom, store_rom

_WHAT_TO_DO = "This site has none; choose files of your own under “Your own ROMs”."


def active_bundle() -> RomBundle | None:
    """The bundle that browsers get: one query."""
    return RomBundle.objects.filter(is_active=True).first()


def add_bundle(name: str, *, roms: Mapping[str, bytes], active: bool = False) -> RomBundle:
    """Keeps a bundle of "kernal", "basic" and perhaps "chargen".  Raises RomError, and then keeps nothing."""
    hashes = {f"{kind}_sha256": checked_rom(kind, data) for kind, data in roms.items()}
    for data in roms.values():
        store_rom(data)
    with transaction.atomic():
        bundle = RomBundle.objects.create(name=name, **hashes)
        if active:
            activate(bundle)
    return bundle


def activate(bundle: RomBundle) -> None:
    """Browsers get this one from now on, and no other."""
    with transaction.atomic():
        RomBundle.objects.filter(is_active=True).exclude(pk=bundle.pk).update(is_active=False)
        RomBundle.objects.filter(pk=bundle.pk).update(is_active=True)
    bundle.is_active = True


def remove_bundle(bundle: RomBundle) -> None:
    """Forgets a bundle, and those of its files that no other bundle has."""
    hashes = set(bundle.roms.values())
    bundle.delete()
    for sha256 in hashes:
        others = Q(kernal_sha256=sha256) | Q(basic_sha256=sha256) | Q(chargen_sha256=sha256)
        if not RomBundle.objects.filter(others).exists():
            remove_rom(sha256)


def bundle_for(files: list[SidFile]) -> RomBundle | None:
    """The active bundle where one of these files needs ROMs: no query where none does."""
    return active_bundle() if any(file.needs_basic and not file.fault for file in files) else None


def obstacle_given(file: SidFile, bundle: RomBundle | None) -> Obstacle | None:
    """Why a file cannot be played with (or without) this bundle, and what a listener can do about it; or None."""
    obstacle = file.obstacle
    if obstacle is None or obstacle.code != "needs_roms":
        return obstacle
    return None if bundle else Obstacle(obstacle.code, f"{obstacle.message} {_WHAT_TO_DO}")
