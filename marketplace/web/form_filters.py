"""What the form macros ask of a WTForms field: its kind, its errors, the attributes that tie words to a control."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask_babel import LazyString
from wtforms import BooleanField, Field, FieldList, FileField, FormField, RadioField, SelectField, TextAreaField
from wtforms.form import BaseForm

_KINDS = (
    (BooleanField, "checkbox"),
    (RadioField, "radio"),
    (TextAreaField, "textarea"),
    (SelectField, "select"),
    (FileField, "file"),
)


def control(field: Field) -> str:
    """Return what the field looks like: checkbox, radio, textarea, select, file or input."""
    return next((kind for family, kind in _KINDS if isinstance(field, family)), "input")


def first_error(errors: Any) -> str:
    """Return the first sentence of a field's errors, however deep it is nested."""
    return next(_sentences(errors), "")


def _sentences(errors: Any) -> Iterator[str]:
    if isinstance(errors, Mapping):
        errors = errors.values()
    elif isinstance(errors, (str, LazyString)) or not hasattr(errors, "__iter__"):
        yield str(errors)
        return
    for error in errors:
        yield from _sentences(error)


def described_by(field: Field, hint: object = None, limit: object = None) -> str:
    """Return the ids of the words about a control, in the order they stand on the page."""
    parts = (("hint", hint), ("error", field.errors), ("count", limit))
    return " ".join(f"{field.id}-{name}" for name, present in parts if present)


def aria(field: Field, hint: object = None, limit: object = None) -> dict[str, str]:
    """Return the attributes that tie hint, error and count to a control."""
    attributes = {}
    if described := described_by(field, hint, limit):
        attributes["aria-describedby"] = described
    if field.errors:
        attributes["aria-invalid"] = "true"
    return attributes


def max_length(field: Field) -> int | None:
    """Return the greatest number of characters the field's validators accept."""
    limit: int | None = getattr(field.flags, "maxlength", None)
    return limit


def problems(form: BaseForm) -> list[tuple[str, str]]:
    """Return (id of the control, sentence) for each field that is wrong; an empty id for the form as a whole."""
    return [("", sentence) for sentence in _sentences(form.form_errors)] + _wrong(form)


def _wrong(form: BaseForm) -> list[tuple[str, str]]:
    found = []
    for field in form:
        own, inner = field.errors, []
        if isinstance(field, FieldList) and all(isinstance(line, FormField) for line in field):
            # Its errors are sentences about the whole list, and what is wrong on each line.
            own = [error for error in field.errors if not isinstance(error, Mapping)]
            inner = [fault for line in field for fault in _wrong(line.form)]
        if own:
            target = f"{field.id}-0" if control(field) == "radio" else field.id
            found.append((target, first_error(own)))
        found += inner
    return found


def _single(fields: Iterable[Field]) -> Iterator[Field]:
    """Yield the fields of a form and of the forms inside it, in order."""
    for field in fields:
        first = next(iter(field), None) if isinstance(field, FieldList) else field
        if isinstance(first, FormField):
            yield from _single(field)
        else:
            yield field


FILTERS: Mapping[str, Any] = {
    function.__name__: function for function in (control, first_error, described_by, aria, max_length, problems)
}
