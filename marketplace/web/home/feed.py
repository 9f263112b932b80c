"""What the page "near me" shows, put together from several domains."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import cos, radians
from uuid import UUID

from marketplace.accounts.organisation_queries import Acting
from marketplace.matching import queries as matching
from marketplace.matching.queries import Met, resident
from marketplace.pledges import portfolio
from marketplace.pledges.chronicle import Happening
from marketplace.pledges.portfolio import Gathered, Holding
from marketplace.residency.queries import Lives
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune, Place
from marketplace.web import cards, parties, remembered
from marketplace.web.cards import Card
from marketplace.web.context import Me, Session
from marketplace.web.home import wishes
from marketplace.web.home.bodies import Body
from marketplace.web.home.wishes import PAGE, Asked, Choices, Ends
from marketplace.web.messages.residence import STANDINGS
from marketplace.web.reasons import Asking

FURTHER = 6
# As many points as the drawing of the surroundings holds without hiding each other.
SPOTS = 8
KM_PER_DEGREE = 111.2
LAST_PLEDGES = 3
NEWS, NEWS_FOR = 5, timedelta(days=120)
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Spot:
    """A campaign on the drawing of the surroundings. x, y: kilometres east and north of home."""

    x: float
    y: float
    label: str
    number: int


@dataclass(frozen=True)
class Share:
    """What somebody has engaged. mean_km: between their commune and the projects', None when it cannot be told."""

    amount_cents: int
    projects: int
    mean_km: int | None
    last: Sequence[Holding]


@dataclass(frozen=True)
class Address:
    """What an address is worth to the rule. standing: in one word; title, worth: in words. lives: None when unknown."""

    lives: Lives | None
    standing: str
    title: str
    worth: str
    expired: bool


@dataclass(frozen=True)
class Aside:
    """What stands beside the list for somebody who is signed in. acting: organisations they may look for."""

    share: Share | None
    news: Sequence[Happening]
    address: Address
    acting: Sequence[Acting]


@dataclass(frozen=True)
class Feed:
    """What the page shows. total: how many campaigns are open to home whatever the filters; near: one page of them.

    oneself: whether home is the reader's own; whole: address of the list without filters. organisation: for which they
    look, where it is not for themselves.
    """

    home: Commune | None
    oneself: bool
    near: Sequence[Card]
    total: int
    whole: str
    choices: Choices
    further: Sequence[Card]
    spots: Sequence[Spot]
    gathered: Gathered | None
    departement: Place | None
    organisation: Body | None = None


def load(
    session: Session, code: str | None, level: int, asked: Asked, at: datetime, *, work_code: str | None = None
) -> Feed:
    """Read the list of people of a commune, None where nothing is known of them. level: of their proof.

    work_code: the commune where they work, which counts for the campaigns that say so; each is listed once.

    Three statements: figures of the filters, campaigns, their words and sums. What surrounds them ("a little further",
    the figures of the département, names of places) is asked now and then: `remembered`.
    """
    home = remembered.home(session, code) if code else None
    return _listed(session, _neighbour(session, home, level, work_code) if home else None, asked, at)


def _neighbour(session: Session, home: Commune, level: int, work_code: str | None) -> Asking:
    work = remembered.home(session, work_code) if work_code else None
    tie = matching.tie(work, investor="person", link="work", level=1) if work else None
    return Asking(home, level, ties=(*resident(home, max(level, 1)).ties, tie) if tie else ())


def of_organisation(session: Session, body: Body, asked: Asked, at: datetime) -> Feed:
    """Read what an organisation may fund by all its places, each campaign once. Statements as `load`."""
    found = _listed(session, body.asking, replace(asked, organisation=body.id), at)
    return replace(found, organisation=body)


def of_commune(session: Session, home: Commune, asked: Asked, at: datetime) -> Feed:
    """Read what people from a commune may fund, for whoever wants to know. Statements as `load` of a visitor."""
    return _listed(session, Asking(home, oneself=False), asked, at)


def _listed(session: Session, asking: Asking | None, asked: Asked, at: datetime) -> Feed:
    home = asking.home if asking else None
    kinds = matching.kinds(session, asking.reader if asking else None)
    asked = wishes.within(asked, kinds)
    met, ends = _met(session, asking, asked)
    near_ids = list(met) if asking else matching.live(session, wish=asked.wish, limit=PAGE, offset=asked.offset)
    further_ids = remembered.closed_to(session, asking.reader, wish=asked.wish, limit=FURTHER) if asking else []
    # What was further away a minute ago may have been opened to home since.
    further_ids = [campaign_id for campaign_id in further_ids if campaign_id not in met]
    built = cards.build(session, near_ids + further_ids, asking=asking, met=met, now=at)
    gathered = remembered.gathered(session, home.departement_code, since=at - YEAR) if home else None
    # Only one's own page has the drawing that the numbers of cards belong to.
    drawn = home if asking is not None and asking.oneself else None
    near, further = _numbered(built[: len(near_ids)], drawn), built[len(near_ids) :]
    return Feed(
        home=home,
        oneself=asking is None or asking.oneself,
        near=near,
        total=wishes.total(kinds, matching.ANYTHING),
        whole=asked.again(wish=matching.ANYTHING, order="").url(),
        choices=wishes.choices(asked, kinds, sortable=home is not None, ends=ends),
        further=further,
        spots=_spots(drawn, near) if drawn else [],
        gathered=gathered,
        departement=remembered.departement(session, home.departement_code) if home and gathered else None,
    )


def _met(session: Session, asking: Asking | None, asked: Asked) -> tuple[dict[UUID, Met], Ends | None]:
    """Return the campaigns of a page that are open to somebody, in order, and how the page is turned."""
    if asking is None:
        return {}, None
    if asked.order:
        order = wishes.order_of(asked)
        found = matching.sorted_by(session, asking.reader, order, wish=asked.wish, limit=PAGE, offset=asked.offset)
        return {one.campaign_id: one for one in found}, None
    page = matching.page(session, asking.reader, wish=asked.wish, cursor=asked.cursor, limit=PAGE)
    ends = Ends(page.met[0], page.met[-1], page.before, page.after) if page.met else Ends()
    return {one.campaign_id: one for one in page.met}, ends


def _numbered(near: Sequence[Card], home: Commune | None) -> list[Card]:
    """Give the cards that the drawing shows the number of their point."""
    drawn = 0 if home is None or home.lat is None else SPOTS
    return [replace(card, number=index) if index <= drawn else card for index, card in enumerate(near, start=1)]


def _spots(home: Commune, near: Sequence[Card]) -> list[Spot]:
    """Place the numbered campaigns around home; a flat earth is right enough at this distance."""
    if home.lat is None or home.lon is None:
        return []
    narrowing = cos(radians(home.lat))
    return [
        Spot(
            x=(card.commune.lon - home.lon) * KM_PER_DEGREE * narrowing,
            y=(card.commune.lat - home.lat) * KM_PER_DEGREE,
            label=card.title,
            number=card.number,
        )
        for card in near
        if card.number is not None and card.commune.lat is not None and card.commune.lon is not None
    ]


def aside(session: Session, person: Me, at: datetime) -> Aside:
    """Read what stands beside the list of somebody who is signed in. One statement, and what is not remembered."""
    engaged = portfolio.own(session, person.account_id)
    news = remembered.news(session, engaged.heard, person.commune_code, since=at - NEWS_FOR, now=at)
    return Aside(
        _share(session, engaged.held), news[:NEWS], _address(person.lives, at), parties.choices(session, person)
    )


def _address(lives: Lives | None, at: datetime) -> Address:
    standing = lives.standing(at) if lives else "none"
    title, worth = STANDINGS[standing]
    return Address(lives, standing, str(title), str(worth), expired=lives is not None and lives.expires_at <= at)


def _share(session: Session, held: Sequence[Holding]) -> Share | None:
    if not held:
        return None
    codes = {one.project_commune for one in held} | {one.home_commune for one in held}
    communes = remembered.communes(session, codes)
    by_project = {one.campaign_id: (one.home_commune, one.project_commune) for one in held}
    ends = [(communes.get(home), communes.get(there)) for home, there in by_project.values()]
    known = [territories.distance_km(home, there) for home, there in ends if home and there]
    distances = [distance for distance in known if distance is not None]
    return Share(
        amount_cents=sum(one.amount_cents for one in held),
        projects=len(by_project),
        mean_km=round(sum(distances) / len(distances)) if distances else None,
        last=held[:LAST_PLEDGES],
    )
