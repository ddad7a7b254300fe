"""Which sets of ROMs did staff upload, and which of them do browsers get?"""

from django.db import models
from django.db.models import Q


class RomBundle(models.Model):
    """A KERNAL and a BASIC that belong together, with a character ROM where there is one.

    The row names them by their SHA-256 in lower case; `playback.roms.storage` has the bytes.  Browsers get the active
    one, and there is at most one.
    """

    name = models.CharField(max_length=80, unique=True)
    kernal_sha256 = models.CharField("KERNAL's SHA-256", max_length=64)
    basic_sha256 = models.CharField("BASIC's SHA-256", max_length=64)
    chargen_sha256 = models.CharField("character ROM's SHA-256", max_length=64, blank=True)
    is_active = models.BooleanField("active", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "ROM bundle"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="rom_bundle_active_once", fields=["is_active"], condition=Q(is_active=True)
            ),
            models.CheckConstraint(name="rom_bundle_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="rom_bundle_has_both", condition=~Q(kernal_sha256="") & ~Q(basic_sha256="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def roms(self) -> dict[str, str]:
        """The SHA-256 of each ROM that it has, by kind."""
        hashes = {"basic": self.basic_sha256, "kernal": self.kernal_sha256, "chargen": self.chargen_sha256}
        return {kind: sha256 for kind, sha256 in hashes.items() if sha256}
