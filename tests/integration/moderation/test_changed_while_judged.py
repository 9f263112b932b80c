"""An owner who takes a collection back and sends another text while it is being approved."""

from dataclasses import replace

import pytest

from marketplace.core.errors import Refused
from marketplace.moderation import services
from marketplace.pledges.models import CampaignTally
from marketplace.projects import queries as projects
from marketplace.projects import services as drafts
from marketplace.projects import zoning
from tests.factories.moderation import check_everything


@pytest.mark.parametrize("asked", [True, False], ids=["of what was read", "of what there is"])
def test_nothing_is_published_with_the_rule_of_another_text(  # noqa: PLR0917
    asked, session, submitted, administrator, whole, now, monkeypatch
):
    owner_id, campaign_id = submitted()
    read = projects.dossier(session, campaign_id).row_version
    compiled = zoning.plan

    def meanwhile(_session, content, _fund=None):
        monkeypatch.setattr(zoning, "plan", compiled)
        plan = compiled(session, content)
        drafts.withdraw_submission(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
        drafts.save_draft(
            session,
            campaign_id=campaign_id,
            owner_id=owner_id,
            row_version=read + 1,
            content=replace(whole, rule_preset="departement_and_bordering", hard_cap_cents=50_000_00),
            now=now,
        )
        drafts.submit(session, campaign_id=campaign_id, owner_id=owner_id, now=now)
        return plan

    check_everything(session, campaign_id=campaign_id, administrator_id=administrator, now=now)
    monkeypatch.setattr(zoning, "plan", meanwhile)
    with pytest.raises(Refused, match="changed_meanwhile"):
        services.approve(
            session,
            campaign_id=campaign_id,
            administrator_id=administrator,
            now=now,
            row_version=read if asked else None,
        )

    assert session.get(CampaignTally, campaign_id) is None
