"""What is the site's configuration, once `.sidflow.json` and the environment are read and everything unknown is refused?"""

import difflib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, InitSettingsSource, PydanticBaseSettingsSource

from core.settings_schema import PROJECT_ROOT, SidflowSettings

CONFIG_VARIABLE = "SIDFLOW_CONFIG"
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class ConfigurationError(Exception):
    """The configuration is wrong: one sentence per mistake, for the person who wrote it."""


def to_camel(name: str) -> str:
    """`m4a_bitrate` as the file writes it: `m4aBitrate`. (Pydantic's own would make it `m4ABitrate`.)"""
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


@dataclass(frozen=True, slots=True)
class Setting:
    """One leaf of the schema: where it stands in Python, in the file and in the environment."""

    path: tuple[str, ...]
    field: FieldInfo

    @property
    def file_key(self) -> str:
        """Its name in `.sidflow.json`, with dots between sections: `render.ultimate64.host`."""
        return ".".join(to_camel(part) for part in self.path)

    @property
    def variable(self) -> str:
        """Its name in the environment: `SIDFLOW_RENDER__ULTIMATE64__HOST`, or its own well-known one."""
        alias = self.field.validation_alias
        return alias if isinstance(alias, str) else "SIDFLOW_" + "__".join(self.path).upper()

    @property
    def feature(self) -> str | None:
        """The feature that will use it, or None when it is used today."""
        extra = self.field.json_schema_extra
        return str(extra["later"]) if isinstance(extra, dict) and "later" in extra else None


def _section(field: FieldInfo | None) -> type[BaseModel] | None:
    """The schema of a group of settings, or None for a single setting."""
    annotation: Any = field.annotation if field else None
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def settings_in(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[Setting]:
    """Yield every leaf of a schema, in the order of its declaration."""
    for name, field in model.model_fields.items():
        if section := _section(field):
            yield from settings_in(section, (*above, name))
        else:
            yield Setting((*above, name), field)


def all_settings() -> list[Setting]:
    """Every setting there is."""
    return list(settings_in(SidflowSettings))


def _suggestion(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""


def _replace_variables(value: Any, key: str, environ: Mapping[str, str]) -> Any:
    """Put the environment's values where `${NAME}` stands; a variable that is not there is a mistake."""
    if isinstance(value, dict):
        return {name: _replace_variables(inner, f"{key}.{name}", environ) for name, inner in value.items()}
    if isinstance(value, list):
        return [_replace_variables(inner, key, environ) for inner in value]
    if not isinstance(value, str):
        return value

    def lookup(match: re.Match[str]) -> str:
        if match[1] not in environ:
            raise ConfigurationError(
                f"{key.lstrip('.')} wants ${{{match[1]}}}, and the environment has no {match[1]}."
            )
        return environ[match[1]]

    return _PLACEHOLDER.sub(lookup, value)


def _to_python_names(document: dict[str, Any], model: type[BaseModel], above: str = "") -> dict[str, Any]:
    """Turn the file's camelCase keys into field names; a key that the schema has not is refused by its name."""
    names = {to_camel(name): name for name in model.model_fields}
    result: dict[str, Any] = {}
    for key, value in document.items():
        if key not in names:
            hint = _suggestion(key, list(names))
            raise ConfigurationError(f"There is no setting {above}{key}.{hint}")
        if section := _section(model.model_fields[names[key]]):
            if not isinstance(value, dict):
                raise ConfigurationError(f"{above}{key} is a section: write an object with its keys.")
            result[names[key]] = _to_python_names(value, section, f"{above}{key}.")
        else:
            result[names[key]] = value
    return result


def config_file(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The file to read: the one that SIDFLOW_CONFIG names, which must be there, or the project's, which may be."""
    if named := environ.get(CONFIG_VARIABLE):
        path = Path(named)
        if not path.is_file():
            raise ConfigurationError(f"{CONFIG_VARIABLE} names {named}, and there is no such file.")
        return path
    path = PROJECT_ROOT / ".sidflow.json"
    return path if path.is_file() else None


def read_file(path: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    """Read a configuration file into field names and values, `${NAME}` replaced. Raises ConfigurationError."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read as JSON: {error}.") from error
    if not isinstance(document, dict):
        raise ConfigurationError(f"{path} must hold one JSON object.")
    try:
        return _to_python_names(_replace_variables(document, "", environ), SidflowSettings)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from None


def _refuse_unclaimed(environ: Mapping[str, str]) -> None:
    known = [setting.variable for setting in all_settings()] + [CONFIG_VARIABLE]
    for name in sorted(environ):
        if name.startswith("SIDFLOW_") and name not in known:
            raise ConfigurationError(f"There is no setting {name}.{_suggestion(name, known)}")


def _sentence(error: ValidationError) -> str:
    """Say each mistake in one line, with the setting's name as the file writes it."""
    by_path = {setting.path: setting for setting in all_settings()}
    by_alias = {setting.variable: setting for setting in all_settings()}
    lines = []
    for mistake in error.errors(include_url=False, include_input=False):
        path = tuple(part for part in mistake["loc"] if isinstance(part, str))
        setting = by_path.get(path) or by_alias.get(path[0] if path else "")
        name = f"{setting.file_key} ({setting.variable})" if setting else ".".join(map(to_camel, path))
        message = mistake["msg"].removeprefix("Value error, ")
        lines.append(f"{name}: {message}." if name else f"{message[0].upper()}{message[1:]}.")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, and which of them somebody set on purpose."""

    settings: SidflowSettings
    chosen: frozenset[tuple[str, ...]]


def _leaves(
    values: Mapping[str, Any], model: type[BaseModel], above: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    for name, value in values.items():
        section = _section(model.model_fields.get(name))
        if section and isinstance(value, dict):
            yield from _leaves(value, section, (*above, name))
        else:
            yield (*above, name)


def load(environ: Mapping[str, str] = os.environ) -> Loaded:
    """Read the configuration: environment over file over defaults.

    Raises ConfigurationError with a sentence that names the file, the key or the variable at fault.
    """
    _refuse_unclaimed(environ)
    path = config_file(environ)
    from_file = read_file(path, environ) if path else {}

    class Reader(SidflowSettings):
        """The schema with its two sources: the environment as it was given to us, over the file."""

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            del init_settings, env_settings, dotenv_settings, file_secret_settings
            variables = EnvSettingsSource(settings_cls)
            variables.env_vars = {name.lower(): value for name, value in environ.items() if value}
            return variables, InitSettingsSource(settings_cls, from_file)

    try:
        settings = Reader()
    except ValidationError as error:
        raise ConfigurationError(_sentence(error)) from None
    from_environ = {setting.path for setting in all_settings() if setting.variable in environ}
    return Loaded(settings, frozenset({*_leaves(from_file, SidflowSettings), *from_environ}))


@cache
def configuration() -> SidflowSettings:
    """The running site's settings, read once."""
    return _loaded().settings


@cache
def _loaded() -> Loaded:
    return load()


def chosen_early() -> list[Setting]:
    """Settings that somebody set although the feature that uses them is not there yet."""
    chosen = _loaded().chosen
    return [setting for setting in all_settings() if setting.path in chosen and setting.feature]
