"""What can be wrong with the configuration that a type cannot know?"""

from typing import Any

from django.core.checks import CheckMessage, Error, Info, Tags, register

from core.configuration import chosen_early, configuration


@register(Tags.compatibility)
def accepted_early(**_options: Any) -> list[CheckMessage]:
    """core.I001: a setting is known, but the feature that uses it is not there yet."""
    return [
        Info(
            f"{setting.file_key} is accepted; nothing uses it yet.",
            hint=f"It takes effect when this feature is there: {setting.feature}.",
            id="core.I001",
        )
        for setting in chosen_early()
    ]


@register(Tags.compatibility)
def one_name_each(**_options: Any) -> list[CheckMessage]:
    """core.E001: an older name of a setting is used beside the current one."""
    chosen = configuration()
    u64 = chosen.render.ultimate64
    pairs: list[tuple[str, object, str, object]] = [
        ("wavCachePath", chosen.wav_cache_path, "audioCachePath", chosen.audio_cache_path),
        ("render.ultimate64.audioPort", u64.audio_port, "render.ultimate64.capturePort", u64.capture_port),
    ]
    return [
        Error(f"{old} and {new} name the same thing and differ.", hint=f"Keep {new}.", id="core.E001")
        for old, old_value, new, new_value in pairs
        if old_value is not None and new_value is not None and old_value != new_value
    ]
