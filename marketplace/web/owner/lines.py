"""Lists of lines on the owner's form: those that are written and a few empty ones."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wtforms import BooleanField, Field, FieldList, Form, FormField, SelectField

from marketplace.web.fields import refuse


class LinesField(FieldList):  # type: ignore[misc]  # wtforms has no types
    """All the lines there may be; the page shows those that are written and a few more.

    most: how many there may be; blank, least: how many stand empty below the last written one, and are shown at least.
    controls: where a problem of the rules stands on a line, when it is not under its own name.
    """

    errors: list[Any]  # sentences about all the lines, and what is wrong on each of them

    def __init__(
        self,
        line: type[Form],
        label: Any,
        *,
        most: int,
        blank: int = 1,
        least: int = 2,
        controls: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(FormField(line), label, min_entries=most, max_entries=most, **options)
        self._most, self._blank, self._least = most, blank, least
        self._controls = controls or {}

    def _extract_indices(self, _prefix: str, _formdata: Iterable[str]) -> Iterator[int]:
        """Yield the numbers of the page's own lines, whatever was sent; each stays where it is."""
        yield from range(self._most)

    def shown(self) -> list[FormField]:
        """Return the lines of the page."""
        last = max((number for number, line in enumerate(self, 1) if typed(line.form)), default=0)
        return list(self.entries[: max(self._least, last + self._blank)])

    def sentences(self) -> list[str]:
        """Return what is wrong with the lines together."""
        return [error for error in self.errors if not isinstance(error, Mapping)]

    def refuse(self, message: str, field: str) -> None:
        """Put the sentence of a problem at "uses" or on a line, at "uses-0-cents"."""
        _all, _, place = field.partition("-")
        if not place:
            self.errors = [*self.errors, message]
            return
        number, _, name = place.partition("-")
        control = self._controls.get(name, name)
        refuse(self.entries[int(number)].form, message, control)
        self.errors = [*self.errors, {control: [message]}]


def typed(form: Form) -> bool:
    """Tell whether anything is typed on a line: a box that is ticked alone says nothing."""
    return any(_said(field) for field in form if not isinstance(field, BooleanField))


def _said(field: Field) -> Any:
    """Return what a field holds: a choice, or what it gives back, read or not."""
    return field.data if isinstance(field, SelectField) else field._value()  # noqa: SLF001
