"""Where the money of a campaign comes from, as its page draws and says it."""

from dataclasses import dataclass

from flask_babel import gettext as _

from marketplace.pledges import funds, shares
from marketplace.pledges.funds import Topped
from marketplace.pledges.shares import Origins
from marketplace.projects.queries import CampaignPage
from marketplace.web.context import Session
from marketplace.web.filters import money


@dataclass(frozen=True)
class Shown:
    """What the page says. parts: (label, cents), none empty; none at all when it would speak of too few people."""

    found: Origins
    parts: tuple[tuple[str, int], ...]
    topped: tuple[Topped, ...]

    @property
    def legend(self) -> list[tuple[str, str]]:
        """The parts in words."""
        return [(label, money(cents)) for label, cents in self.parts]


def load(session: Session, campaign: CampaignPage) -> Shown:
    """Return where the money of a published campaign comes from. One statement; some more where there is a fund."""
    found = shares.of_campaign(session, campaign.campaign_id)
    topped = funds.of_campaign(session, campaign.campaign_id) if campaign.rule.get("matching") else ()
    return Shown(found, _parts(found), topped)


def _parts(found: Origins) -> tuple[tuple[str, int], ...]:
    local = found.local_cents
    if local is None:
        return ()
    parts = (
        (_("D’ici"), local),
        (_("De plus loin"), found.live_cents - local - found.related_cents - found.public_cents),
        (_("Le porteur et ses proches"), found.related_cents),
        (_("Collectivités"), found.public_cents),
    )
    return tuple((label, cents) for label, cents in parts if cents)
