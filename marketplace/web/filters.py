"""How values become words: money, dates, distances, counts. French by default, English when the page is."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any, Protocol

from flask import Flask
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from jinja2 import pass_context
from markupsafe import Markup

from marketplace.core.clock import PARIS
from marketplace.core.money import Money
from marketplace.web import charts, covers, form_filters, glossary

# Between thousands, before €, %, km. Not the narrow U+202F: both our fonts lack it, and browsers then draw it
# two pixels wide, so that "32 000" reads as one block.
NBSP = "\u00a0"

_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_TONES: Mapping[str, tuple[str, str]] = {
    "success": ("ok", "circle-check"),
    "ok": ("ok", "circle-check"),
    "warning": ("warn", "triangle-alert"),
    "warn": ("warn", "triangle-alert"),
    "error": ("bad", "circle-alert"),
    "bad": ("bad", "circle-alert"),
}


class Named(Protocol):
    """A territory with its name, and that name after "of" in French."""

    @property
    def name(self) -> str:
        """The name: "Le Havre"."""

    @property
    def of_name(self) -> str:
        """The name after "of", in French: "du Havre"."""


def in_english() -> bool:
    """Tell whether the page, or the mail, is in English."""
    locale = get_locale()
    return locale is not None and locale.language == "en"


def count(number: int) -> str:
    """Write a whole number: "1 234" with a no-break space, "1,234" in English."""
    return f"{number:,}" if in_english() else f"{number:,}".replace(",", NBSP)


def siren(number: str) -> str:
    """Write a SIREN or a SIRET as it is printed: "732 829 320", "732 829 320 00074"; another number as it is."""
    if not number.isdecimal() or len(number) not in (9, 14):
        return number
    return NBSP.join(part for part in (number[:3], number[3:6], number[6:9], number[9:]) if part)


def money(amount: Money | int) -> str:
    """Write an amount of cents: "50 €", "12,50 €", "1 234,50 €"; "€50", "€12.50" in English."""
    cents = amount.cents if isinstance(amount, Money) else amount
    sign, (euros, rest) = ("−" if cents < 0 else ""), divmod(abs(cents), 100)
    if in_english():
        return f"{sign}€{count(euros)}" + (f".{rest:02d}" if rest else "")
    return f"{sign}{count(euros)}" + (f",{rest:02d}" if rest else "") + f"{NBSP}€"


def euros(cents: int) -> str:
    """Write an amount of cents as a person types it, for fields and addresses: "50", "12,50"."""
    whole, rest = divmod(cents, 100)
    return f"{whole},{rest:02d}" if rest else str(whole)


def day(value: date | datetime) -> str:
    """Write a day of the Paris calendar: "1er décembre 2026", "1 December 2026"."""
    local = value.astimezone(PARIS).date() if isinstance(value, datetime) else value
    if in_english():
        return f"{local.day} {_MONTHS_EN[local.month - 1]} {local.year}"
    number = "1er" if local.day == 1 else str(local.day)
    return f"{number}{NBSP}{_MONTHS[local.month - 1]} {local.year}"


def month(value: date) -> str:
    """Write a month: "juin 2027", "June 2027"."""
    names = _MONTHS_EN if in_english() else _MONTHS
    return f"{names[value.month - 1]} {value.year}"


def hour(value: datetime) -> str:
    """Write a time of the Paris clock: "23 h 59", "9 h", "23:59"."""
    local = value.astimezone(PARIS)
    if in_english():
        return f"{local:%H:%M}"
    return f"{local.hour}{NBSP}h" + (f"{NBSP}{local:%M}" if local.minute else "")


def instant(value: datetime) -> str:
    """Write an aware moment as people in Paris read it: "23 novembre 2026 à 23 h 59"."""
    return str(_("%(day)s à %(hour)s", day=day(value), hour=hour(value)))


def last_minute(end: datetime) -> str:
    """Write an exclusive end (the next midnight) as the last minute inside it: "23 novembre 2026 à 23 h 59"."""
    return instant(end.astimezone(UTC) - timedelta(minutes=1))


def last_day(end: datetime) -> str:
    """Write the last day before an exclusive end."""
    return day(end.astimezone(UTC) - timedelta(minutes=1))


def iso(value: date | datetime) -> str:
    """Write a date for the `datetime` attribute of a time element."""
    return value.isoformat()


def km(distance: float) -> str:
    """Write a distance in whole kilometres: "7 km"; below one, "moins de 1 km"."""
    if distance < 1:
        return str(_("moins de %(distance)s", distance=f"1{NBSP}km"))
    return f"{count(round(distance))}{NBSP}km"


def percent(value: float) -> str:
    """Write a whole percentage: "67 %", "67%" in English."""
    return f"{count(int(value))}%" if in_english() else f"{count(int(value))}{NBSP}%"


def percent_of(part: int, whole: int) -> str:
    """Write what share ``part`` is of ``whole``, rounded down: 99.9 % is not the goal. May exceed 100."""
    return percent(part * 100 // whole if whole else 0)


def permille(value: int) -> str:
    """Write thousandths as a percentage with one decimal: "21,7 %", "21.7%" in English."""
    whole, tenth = divmod(value, 10)
    return f"{whole}.{tenth}%" if in_english() else f"{whole},{tenth}{NBSP}%"


def days(number: int) -> str:
    """Write how many days are left: "12 jours", "dernier jour"."""
    if number < 1:
        return str(_("dernier jour"))
    return str(ngettext("%(num)s jour", "%(num)s jours", number))


def wait(span: timedelta) -> str:
    """Write how long one waits: "moins d’une heure", "7 heures", "3 jours"; whole, rounded down."""
    hours = int(span.total_seconds() // 3600)
    if hours < 1:
        return str(_("moins d’une heure"))
    if hours < 48:
        return str(ngettext("%(num)s heure", "%(num)s heures", hours))
    return str(ngettext("%(num)s jour", "%(num)s jours", hours // 24))


def days_left(number: int) -> str:
    """Write that the end is near: "Plus que 3 jours", "Dernier jour"."""
    if number < 1:
        return str(_("Dernier jour"))
    return str(ngettext("Plus que %(num)s jour", "Plus que %(num)s jours", number))


def neighbours(number: int) -> str:
    """Write how many people take part: "Aucun voisin", "1 voisin", "148 voisins"."""
    if number == 0:
        return str(_("aucun voisin"))
    return str(ngettext("%(total)s voisin", "%(total)s voisins", number, total=count(number)))


def of_place(place: Named) -> str:
    """Write "of" and a territory: "de Poitiers", "du Havre"; "of Poitiers", "of Le Havre" in English."""
    return f"of {place.name}" if in_english() else place.of_name


def file_size(size: int) -> str:
    """Write the size of a file, rounded up: "240 Ko", "1,3 Mo"; "1.3 MB" in English. size: in bytes."""
    if size <= 999_000:
        return str(_("%(size)s Ko", size=count(-(-size // 1000)))).replace(" ", NBSP)
    whole, tenth = divmod(-(-size // 100_000), 10)
    return str(_("%(size)s Mo", size=f"{whole}.{tenth}" if in_english() else f"{whole},{tenth}")).replace(" ", NBSP)


def french(text: str) -> str:
    """Mark what somebody wrote as French on a page in English, so that it is read out right (WCAG 3.1.2)."""
    return Markup('<span lang="fr">{}</span>').format(text) if text and in_english() else text


def lang_fr() -> Markup:
    """Write the attribute of an element that holds what somebody wrote, in French; nothing on a page in French."""
    return Markup(' lang="fr"') if in_english() else Markup()


def initials(name: str) -> str:
    """Return at most two capitals of a person's name, for the round mark beside it."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def tone(category: str) -> str:
    """Return the look of a flashed message: success, warning and error have theirs, all else is information."""
    return _TONES.get(category, ("info", "info"))[0]


def tone_icon(category: str) -> str:
    """Return the icon of a flashed message."""
    return _TONES.get(category, ("info", "info"))[1]


FILTERS: Mapping[str, Any] = {
    function.__name__: function
    for function in (
        count,
        siren,
        money,
        euros,
        day,
        month,
        hour,
        instant,
        last_minute,
        last_day,
        iso,
        km,
        percent,
        percent_of,
        permille,
        days,
        days_left,
        wait,
        neighbours,
        of_place,
        file_size,
        french,
        initials,
        tone,
        tone_icon,
        charts.share,
    )
}


def use(app: Flask, filters: Mapping[str, Callable[..., Any]]) -> None:
    """Give filters to every template.

    None runs before there is a page: Jinja would write that of a constant once, in the language of the first reader.
    """
    app.jinja_env.filters.update({name: _at_every_page(write) for name, write in filters.items()})


def _at_every_page(write: Callable[..., Any]) -> Callable[..., Any]:
    @pass_context
    @wraps(write)
    def written(_context: object, *values: Any, **options: Any) -> Any:
        return write(*values, **options)

    return written


def install(app: Flask) -> None:
    """Give the filters, the covers and the charts to every template."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    use(app, FILTERS)
    use(app, form_filters.FILTERS)
    app.jinja_env.globals.update(cover=covers.cover, ring_chart=charts.ring_chart, chart_parts=charts.parts)
    app.jinja_env.globals["lang_fr"] = lang_fr
    app.jinja_env.globals["glossary"] = glossary.TERMS
