"""Invented campaigns, read from data/campaigns.toml; what some say besides, from data/details.toml."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from marketplace.projects import details as more_of
from marketplace.projects import terms as of_instrument
from marketplace.projects.details import Details, Member, Need, Promises
from marketplace.projects.terms import Terms

DATA = Path(__file__).parent / "data" / "campaigns.toml"
DETAILS = DATA.with_name("details.toml")


@dataclass(frozen=True)
class Plan:
    """A campaign to make. Amounts in whole euros.

    owner: login of a person. state: where its life stands: draft, submitted, changes_requested, refused, live, closing,
    funded or failed. opened: days since publication; opens: days from publication to its first day, 0 to open at once;
    lasts: days from publication to the end. raised: what its neighbours have promised, or think of before it opens.
    around: communes they come from, nearest first. backers: logins of people one may sign in as who promised too. uses:
    what the money is for, how many euros of it, and the INSEE code of the commune where, "" for not chosen yet;
    suppliers: who is paid, one for each line, when they are known. questions: who asks what, and the answer, "" for
    none yet. terms: of its instrument, in cents. siren: of the organisation that carries the project and names it,
    "" for none.
    """

    owner: str
    name: str
    commune: str
    sector: str
    legal_form: str
    title: str
    summary: str
    story: str
    instrument: str
    threshold: int
    goal: int
    cap: int
    preset: str
    state: str
    opened: int = 0
    opens: int = 0
    lasts: int = 60
    raised: int = 0
    minimum: int = 10
    months: int | None = None
    around: tuple[str, ...] = ()
    backers: tuple[str, ...] = ()
    note: str = ""
    siren: str = ""
    uses: tuple[tuple[str, int, str], ...] = ()
    suppliers: tuple[str, ...] = ()
    questions: tuple[tuple[str, str, str], ...] = ()
    details: Details = more_of.NONE
    terms: Terms = of_instrument.NONE


def plans() -> list[Plan]:
    """Return every campaign of the demonstration, in the order of the file."""
    known = {field.name for field in fields(Plan)}
    details = tomllib.loads(DETAILS.read_text(encoding="utf-8"))
    found = []
    for table in tomllib.loads(DATA.read_text(encoding="utf-8"))["campaign"]:
        assert table.keys() <= known, table.keys() - known
        lists = {name: tuple(table.get(name, ())) for name in ("around", "backers")}
        lists["uses"] = tuple((label, euros, commune) for label, euros, commune in table.get("uses", ()))
        said = details.pop(table["name"], {})
        more = {
            "suppliers": tuple(said.get("suppliers", ())),
            "details": _details(said),
            "questions": tuple((login, asked, told) for login, asked, told in said.get("questions", ())),
            "terms": Terms.from_json(table.get("terms", {})),
        }
        found.append(Plan(**{**table, **lists, **more, "story": table["story"].strip()}))
    assert not details, details.keys()
    return found


def _details(said: dict[str, Any]) -> Details:
    return Details(
        team=tuple(Member(*one) for one in said.get("team", ())),
        risks=said.get("risks", {}),
        promises=Promises(**said.get("promises", {})),
        needs=tuple(Need(kind, label, hours or None) for kind, label, hours in said.get("needs", ())),
    )
