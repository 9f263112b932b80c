"""A form that drops what cannot be shown: control characters would make the page that gives them back invalid."""

import unicodedata
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage, MultiDict

_LAST_OF_PLANE = 0xFFFE


class CleanForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A form whose texts hold no control character but line ends and tabs, and nothing that is no character."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # same
        """How the form reads what was sent."""

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """Return what was sent, cleaned; a file is left as it is."""
            sent = super().wrap_formdata(form, formdata)
            if not isinstance(sent, MultiDict):
                return sent
            # A body of JSON may hold anything: what is neither text nor file was not sent by a form of ours.
            return MultiDict(
                [
                    (name, clean(value) if isinstance(value, str) else value)
                    for name, value in sent.items(multi=True)
                    if isinstance(value, str | FileStorage)
                ]
            )


def clean(text: str) -> str:
    """Return a text without what HTML cannot hold. Source: HTML living standard §13.2.3.5."""
    return "".join(char for char in text if char in "\n\r\t" or not _unshowable(char))


def _unshowable(char: str) -> bool:
    return (
        unicodedata.category(char) in {"Cc", "Cs"}
        or 0xFDD0 <= ord(char) <= 0xFDEF
        or ord(char) & _LAST_OF_PLANE == _LAST_OF_PLANE
    )
