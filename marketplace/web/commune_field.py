"""A field in which a person types a commune: its name or its postal code."""

from typing import Any, Protocol

from flask_babel import gettext as _
from wtforms import Field, ValidationError
from wtforms.widgets import TextInput

from marketplace.territories import queries
from marketplace.territories.queries import Match, Resolution
from marketplace.web.context import reading

# What the value of a radio button starts with; no commune's name looks like it.
CHOSEN = "insee:"
LONGEST = 200  # no name is, and none is looked for


class Directory(Protocol):
    """Where a field looks communes up."""

    def resolve(self, text: str) -> Resolution:
        """Return the commune that a text names, or those to choose from."""
        ...

    def label(self, code: str) -> str | None:
        """Return the unmistakable name of a commune, None for a code of none."""
        ...


class CurrentRelease:
    """The communes of the database; a session lasts as long as one look-up."""

    def resolve(self, text: str) -> Resolution:
        """Return the commune that a text names, or those to choose from."""
        with reading() as session:
            return queries.resolve(session, text)

    def label(self, code: str) -> str | None:
        """Return "Poitiers (Vienne)" for "86194"."""
        with reading() as session:
            commune = queries.commune(session, code)
        return None if commune is None else commune.label


class CommuneField(Field):  # type: ignore[misc]  # wtforms has no types
    """A commune: what was typed comes back, ``data`` is its INSEE code, None when it is missing or refused.

    When several communes fit, the field is refused and ``choices`` holds them: `macros/commune.html` shows one radio
    button each, under the same name as the text. inhabited: refuse the communes where nobody lives.
    """

    widget = TextInput()
    choices: tuple[Match, ...] = ()

    def __init__(self, *args: Any, inhabited: bool = False, directory: Directory | None = None, **kwargs: Any) -> None:
        keywords = {"spellcheck": "false", **(kwargs.pop("render_kw", None) or {})}
        super().__init__(*args, render_kw=keywords, **kwargs)
        self.inhabited = inhabited
        self.directory = directory or CurrentRelease()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Look up what was typed, or take the choice made among its meanings.

        Raises ValidationError: nothing, or several communes, are called so; or nobody lives there.
        """
        self.data = None
        text = _typed(valuelist)
        if not text:
            return
        found = self.directory.resolve(text) if len(text) <= LONGEST else Resolution(None, (), exact=False)
        communes = {match.commune_code: match for match in found.matches}
        picked = [value.removeprefix(CHOSEN) for value in valuelist if value.startswith(CHOSEN)]
        code = found.code or next((choice for choice in picked if choice in communes), None)
        if code is None:
            self.choices = found.matches
            raise ValidationError(_question(found, text))
        if self.inhabited and not communes[code].inhabited:
            raise ValidationError(_("Personne n’habite cette commune. Saisissez celle où vous vivez."))
        self.data = code

    def _value(self) -> str:
        if self.raw_data:
            return _typed(self.raw_data)
        return "" if self.data is None else self.directory.label(self.data) or ""


def _typed(values: list[str]) -> str:
    text = next((value for value in values if not value.startswith(CHOSEN)), "")
    return "".join(letter for letter in text if letter.isprintable()).strip()


def _question(found: Resolution, text: str) -> str:
    if not found.matches:
        return str(_("Aucune commune ne porte ce nom ni ce code postal. Saisissez par exemple Poitiers ou 86000."))
    if not found.exact:
        return str(_("Aucune commune ne porte exactement ce nom. Choisissez la vôtre, ou corrigez votre saisie."))
    if text.isdecimal():
        return str(_("Plusieurs communes ont ce code postal. Choisissez la vôtre."))
    return str(_("Plusieurs communes portent ce nom. Choisissez la vôtre."))
