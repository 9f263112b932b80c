"""The maps of a campaign's page: whom its rule is for, and where its backers live."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.projects import queries as projects
from marketplace.projects.queries import CampaignPage
from marketplace.territories import queries as territories
from marketplace.territories.queries import Commune
from marketplace.web.context import Session
from marketplace.web.maps import grounds, pictures
from marketplace.web.maps.grounds import Ground
from marketplace.web.maps.pictures import Picture


@dataclass(frozen=True)
class CampaignMaps:
    """What `templates/maps/` shows of a campaign.

    home: the reader's commune, None when unknown. keys: what the colours of the crowd mean.
    """

    ground: Ground
    rule: Picture | None
    crowd: Picture | None
    home: Commune | None
    keys: tuple[tuple[str, str], ...]

    @property
    def same_ground(self) -> bool:
        """Whether both maps stand on the same ground, which is then drawn once."""
        return self.rule is not None and self.crowd is not None and self.rule.sheet == self.crowd.sheet


def load(
    session: Session,
    campaign: CampaignPage,
    there: Commune,
    home_code: str | None,
    groups: Sequence[tuple[Commune | None, int]],
) -> CampaignMaps:
    """Draw the maps of a published campaign. Two statements at most; three the first time.

    there: its commune; home_code: the reader's. groups: backers by commune, small communes merged under None.
    """
    zone = projects.zones(session, campaign.campaign_id)[-1]
    ground = grounds.ground(session, campaign.cog_release, zone, campaign.commune_code)
    home = territories.commune(session, home_code) if home_code else None
    named = [(commune, backers) for commune, backers in groups if commune is not None]
    return CampaignMaps(
        ground=ground,
        rule=pictures.rule(ground, there, home),
        crowd=pictures.crowd(ground, there, named),
        home=home,
        keys=pictures.class_words(),
    )
