"""Every form of the site, filled in with what nobody expects: the forms of the pages, and what a browser would send."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from tests import trees

TYPED = {"text", "search", "email", "tel", "url", "number", "date", "time", "datetime-local", ""}
# What is never written back into a page, whatever was wrong with it.
SECRET = {"password", "file"}
HOSTILE = {
    "empty": "",
    "long": "é" * 6_000,
    "markup": "\"'><script>alert(1)</script>{{ 7*7 }}%s%(x)s{0}[x](javascript:alert(1))",
    "control": "a\x00b\x07c\x1b[31m\u202egro\u200b\ud7ff\ufffe\N{BAGUETTE BREAD}",
    "digits": "9" * 400,
    "negative": "-1,005",
    "infinite": "1e309",
    "no_such_day": "2026-02-30",
}
# What a program sends, also where nobody may write. A commune that was chosen starts with "insee:".
FORGED = (HOSTILE["control"], HOSTILE["digits"], "insee:'")


@dataclass(frozen=True)
class Form:
    """A form as a page shows it, with one of its buttons.

    given: what a browser sends when nobody touches it; typed: names one may write in; button: its name and value.
    """

    method: str
    action: str
    given: tuple[tuple[str, str], ...]
    typed: frozenset[str]
    secret: frozenset[str]
    chosen: frozenset[str]
    button: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """Say what makes two forms the same to whoever receives them."""
        fields = " ".join(sorted(self.typed | self.secret | self.chosen))
        pressed = "".join(f" [{name}={value}]" for name, value in self.button)
        return f"{self.method} {self.action}{pressed}: {fields}"

    def filled(self, value: str) -> list[tuple[str, str]]:
        """Return what is sent when one writes `value` everywhere one may."""
        writable = self.typed | self.secret
        kept = [(name, one) for name, one in self.given if name not in writable]
        return [*kept, *self.button, *((name, value) for name in sorted(writable))]

    def forged(self, value: str) -> list[tuple[str, str]]:
        """Return what a program sends that also invents choices and hidden values; the token and buttons are right."""
        forged = [(name, one if name == "csrf_token" else value) for name, one in self.given]
        return [*forged, *self.button, *((name, value) for name in sorted(self.secret))]


@dataclass
class _Draft:
    given: list[tuple[str, str]] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)
    secret: set[str] = field(default_factory=set)
    chosen: set[str] = field(default_factory=set)


def forms(page: str, path: str) -> Iterator[Form]:
    """Yield the forms of a page, one for each button that sends it somewhere. path: of the page."""
    tree = trees.as_it_is(page)
    for form in tree.iter("form"):
        draft = _Draft()
        for control in form.iter():
            _read(control, draft)
        yield from _by_button(form, draft, path)


def _by_button(form: Element, draft: _Draft, path: str) -> Iterator[Form]:
    buttons = [one for one in form.iter("button") if one.get("type", "submit") == "submit"]
    for button in buttons or [form]:
        name = button.get("name")
        yield Form(
            method=(button.get("formmethod") or form.get("method") or "get").upper(),
            action=button.get("formaction") or form.get("action") or path,
            given=tuple(draft.given),
            typed=frozenset(draft.typed),
            secret=frozenset(draft.secret),
            chosen=frozenset(draft.chosen),
            button=((name, button.get("value", "")),) if name and button is not form else (),
        )


def _read(control: Element, draft: _Draft) -> None:
    name = control.get("name")
    if not name or control.get("disabled") is not None:
        return
    if control.tag == "textarea":
        draft.typed.add(name)
        draft.given.append((name, "".join(control.itertext())))
    elif control.tag == "select":
        options = list(control.iter("option"))
        picked = next((one for one in options if one.get("selected") is not None), options[0] if options else None)
        draft.chosen.add(name)
        if picked is not None:
            draft.given.append((name, picked.get("value", "".join(picked.itertext()))))
    elif control.tag == "input":
        _read_input(control, name, control.get("type", "text"), draft)


def _read_input(control: Element, name: str, kind: str, draft: _Draft) -> None:
    if kind in SECRET:
        draft.secret.add(name)
    elif kind in TYPED:
        draft.typed.add(name)
        draft.given.append((name, control.get("value", "")))
    elif kind in {"radio", "checkbox"}:
        draft.chosen.add(name)
        if control.get("checked") is not None:
            draft.given.append((name, control.get("value", "on")))
    elif kind == "hidden":
        draft.given.append((name, control.get("value", "")))


def written_in(page: str) -> dict[str, list[str]]:
    """Return what a page shows in each control that one may write in."""
    found: dict[str, list[str]] = {}
    for control in trees.as_it_is(page).iter():
        name = control.get("name")
        if not name:
            continue
        if control.tag == "textarea":
            # A browser drops the first line feed of a text area.
            found.setdefault(name, []).append("".join(control.itertext()))
        elif control.tag == "input" and control.get("type", "text") in TYPED:
            found.setdefault(name, []).append(control.get("value", ""))
    return found
