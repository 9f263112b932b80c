"""An import that ends while a campaign is published: it is listed on the communes that the import left."""

import pytest
from sqlalchemy import select, update

from marketplace.matching import services
from marketplace.matching.models import Listed
from marketplace.territories import geography
from marketplace.territories.models import TerritoryRelease


@pytest.mark.untimed
def test_a_campaign_is_listed_on_the_communes_of_the_import(make, database, session, monkeypatch):
    monkeypatch.setattr(geography, "_kept", geography._kept.copy())
    campaign = make.campaign()

    def publish(publishing):
        geography.geography(publishing)
        publishing.execute(update(TerritoryRelease).values(fingerprint="of the import"))
        services.list_campaign(publishing, campaign_id=campaign.id)

    database.in_transaction(publish)

    assert session.scalars(select(Listed.cog)).one() == "of the import"
