"""Which form does a kind of job need?  Its fields are made of the kind's own parameters, so a new kind has its form at once."""

from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from django import forms
from pydantic.fields import FieldInfo

from core.problems import InvalidInput
from jobs.kinds import Kind, checked
from jobs.models import Job


class JobForm(forms.Form):
    """A kind's parameters; after `is_valid()`, `told` has all of them, as a job holds them."""

    def __init__(self, kind: Kind, data: Any = None, *, values: dict[str, Any] | None = None) -> None:
        super().__init__(data, prefix="p", initial=_as_shown(values or {}))
        self.kind = kind
        self.told: dict[str, Any] = {}
        for name, info in kind.parameters.model_fields.items():
            self.fields[name] = _field(name, info)

    def clean(self) -> dict[str, Any]:
        """Asks the kind itself; what it refuses stands at its field."""
        values = super().clean() or {}
        if not self.errors:
            try:
                self.told = checked(self.kind, self._typed())
            except InvalidInput as error:
                for one in error.members.get("errors", []):
                    name = one["field"].split(".")[0]
                    self.add_error(name if name in self.fields else None, one["message"])
        return values

    def _typed(self) -> dict[str, Any]:
        """What was typed; fields that were left empty are the kind's own to fill."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        lists = {
            name for name, info in self.kind.parameters.model_fields.items() if _is_list(info.annotation)
        }
        return {name: _split(value) if name in lists else value for name, value in given.items()}


class UrgencyForm(forms.Form):
    """How urgent a job is."""

    priority = forms.TypedChoiceField(
        choices=[(value, f"{label} ({value})") for value, label in reversed(Job.Priority.choices)],
        coerce=int,
        initial=Job.Priority.HIGH,
        label="Urgency",
    )


def _field(name: str, info: FieldInfo) -> forms.Field:
    annotation = _without_none(info.annotation)
    words: dict[str, Any] = {
        "label": info.title or name.replace("_", " ").capitalize(),
        "help_text": info.description or "",
        "required": info.is_required(),
    }
    if not info.is_required():
        words["initial"] = _as_shown({name: info.get_default(call_default_factory=True)})[name]
    if annotation is bool:
        return forms.BooleanField(**words | {"required": False})
    if annotation is int:
        return forms.IntegerField(**words)
    if annotation is float:
        return forms.FloatField(**words)
    if get_origin(annotation) is Literal:
        choices = [(value, value) for value in get_args(annotation)]
        return forms.ChoiceField(choices=choices if info.is_required() else [("", "—"), *choices], **words)
    if _is_list(info.annotation):
        words["help_text"] = f"{words['help_text']} Separated by commas.".strip()
    return forms.CharField(**words)


def _without_none(annotation: Any) -> Any:
    """`int | None` is an int that may be left out."""
    if get_origin(annotation) in (Union, UnionType):
        rest = [part for part in get_args(annotation) if part is not NoneType]
        return rest[0] if len(rest) == 1 else str
    return annotation


def _is_list(annotation: Any) -> bool:
    return get_origin(_without_none(annotation)) in (list, tuple)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _as_shown(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        for name, value in values.items()
    }
