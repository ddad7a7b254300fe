"""How do staff upload, activate and remove ROM bundles?"""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin import AuditedAdmin
from playback.roms.bundles import activate, add_bundle, remove_bundle
from playback.roms.checking import ROM_NAMES, ROM_SIZES, RomError, checked_rom, is_sha256, wrong_size
from playback.roms.models import RomBundle

_OPTIONAL = {"chargen"}


class RomFileField(forms.FileField):
    """A ROM of one kind, of its exact size; its value is the bytes."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            label=f"{ROM_NAMES[kind]} ROM",
            required=kind not in _OPTIONAL,
            help_text=f"{ROM_SIZES[kind]} bytes, without a load address.",
        )
        self.kind = kind

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The bytes, or None where no file was chosen.  A file of another size is not even read."""
        upload = super().clean(data, initial)
        if not isinstance(upload, UploadedFile):
            return None
        if complaint := wrong_size(self.kind, upload.size or 0):
            raise ValidationError(complaint)
        return upload.read()


class ExpectedHashField(forms.CharField):
    """What a ROM's SHA-256 must be, where staff know it."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            label=f"{ROM_NAMES[kind]} ROM's expected SHA-256",
            required=False,
            help_text="64 hexadecimal digits; empty: any file of the right size is taken.",
        )

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).strip().lower()
        if text and not is_sha256(text):
            raise ValidationError("A SHA-256 is 64 hexadecimal digits.")
        return text


class NewBundleForm(forms.ModelForm[RomBundle]):
    """A bundle that is uploaded."""

    kernal = RomFileField("kernal")
    kernal_expected = ExpectedHashField("kernal")
    basic = RomFileField("basic")
    basic_expected = ExpectedHashField("basic")
    chargen = RomFileField("chargen")
    chargen_expected = ExpectedHashField("chargen")
    # Not the row's field: that one would have to be free, and activating takes it from the bundle that has it.
    active = forms.BooleanField(
        required=False,
        help_text="Browsers get these ROMs for tunes that need them; the bundle that was active is not any more.",
    )

    class Meta:
        model = RomBundle
        fields = ["name"]

    def clean(self) -> dict[str, Any]:
        """Every file is what staff expect it to be."""
        cleaned = super().clean() or self.cleaned_data
        for kind in ROM_SIZES:
            data, expected = cleaned.get(kind), cleaned.get(f"{kind}_expected", "")
            if data is None:
                if expected and kind not in self.errors:
                    self.add_error(kind, "A SHA-256 is expected, and there is no file.")
                continue
            try:
                checked_rom(kind, data, expected_sha256=expected)
            except RomError as error:
                self.add_error(kind, str(error))
        return cleaned


class KnownBundleForm(forms.ModelForm[RomBundle]):
    """A bundle that is there: another name, or active or not.  Other ROMs are another bundle."""

    class Meta:
        model = RomBundle
        fields = ["name"]


@admin.register(RomBundle)
class RomBundleAdmin(AuditedAdmin):
    """Sets of ROMs for tunes that are BASIC programs."""

    list_display = ["name", "is_active", "created_at"]
    actions = ["activate_selected", "deactivate_selected"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Files are for a new one."""
        kwargs["form"] = KnownBundleForm if obj else NewBundleForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, _request: HttpRequest, obj: Any = None) -> Any:
        """A bundle that is there shows what it holds."""
        if obj:
            return ["name", "is_active", "kernal_sha256", "basic_sha256", "chargen_sha256", "created_at"]
        uploads = [name for kind in ROM_SIZES for name in (kind, f"{kind}_expected")]
        return ["name", *uploads, "active"]

    def get_readonly_fields(self, _request: HttpRequest, obj: Any = None) -> Any:
        """What is in it never changes."""
        return ["is_active", "kernal_sha256", "basic_sha256", "chargen_sha256", "created_at"] if obj else []

    def save_model(self, request: HttpRequest, obj: RomBundle, form: Any, change: bool) -> None:
        """A new one's files are kept with it."""
        if change:
            super().save_model(request, obj, form, change)
            return
        chosen = form.cleaned_data
        roms = {kind: chosen[kind] for kind in ROM_SIZES if chosen[kind] is not None}
        made = add_bundle(chosen["name"], roms=roms, active=chosen["active"])
        obj.pk, obj.is_active = made.pk, made.is_active

    def delete_model(self, _request: HttpRequest, obj: RomBundle) -> None:
        """Its files go too."""
        remove_bundle(obj)

    def delete_queryset(self, _request: HttpRequest, queryset: QuerySet[RomBundle]) -> None:
        """Their files go too."""
        for bundle in queryset:
            remove_bundle(bundle)

    @admin.action(description="Give the selected bundle to browsers", permissions=["change"])
    def activate_selected(self, request: HttpRequest, queryset: QuerySet[RomBundle]) -> None:
        """One of them, that is."""
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(request, "Choose one: there is one active bundle at most.", "ERROR")
            return
        activate(chosen[0])
        self._note(request, "activate", chosen[0])
        self.message_user(request, f"Browsers get {chosen[0]} from now on.", "SUCCESS")

    @admin.action(description="Give the selected bundle to nobody", permissions=["change"])
    def deactivate_selected(self, request: HttpRequest, queryset: QuerySet[RomBundle]) -> None:
        """Tunes that need ROMs say so again."""
        for bundle in queryset:
            if RomBundle.objects.filter(pk=bundle.pk, is_active=True).update(is_active=False):
                self._note(request, "deactivate", bundle)
        self.message_user(request, "Done.", "SUCCESS")
