"""An owner writes down what the board decided, through the pages."""

import pytest

from marketplace.pledges import admissions
from tests.arranged import arranged
from tests.factories.instruments import offered
from tests.web.pages import by_id, links, parse, text_of

WHY = "Nos statuts réservent les parts aux habitants du canton."


@arranged
def shares(make):
    campaign = make.campaign(**offered("cooperative_share"))
    took = [
        make.pledge(
            state="confirmed",
            campaign=campaign,
            backer=make.tested(make.account(name=name)),
            amount=euros,
            read=["investment_risk", "over_threshold"],
        )
        for name, euros in (("Claire Martin", 300), ("Bastien Petit", 250))
    ]
    at = make.end(campaign.id, "funded")
    make.do(lambda session: admissions.call(session, campaign_id=campaign.id, now=at))
    return campaign, took, f"/mes-projets/{campaign.id}/admissions"


def test_the_owner_admits_those_who_are_ticked(shares, reader_of):
    campaign, (claire, bastien), path = shares
    owner = reader_of(campaign.owner)

    assert links(owner.page(f"/mes-projets/{campaign.id}"))["2 admissions à décider"] == path
    assert "Claire Martin" in text_of(owner.page(path))
    sent = owner.post(path, pledges=str(claire.id), college="Usagers")

    assert sent.status_code == 303
    tree = owner.page(path)
    assert by_id(tree, f"pledges-{bastien.id}") is not None
    assert "Claire Martin 300 € Admis·e Usagers" in text_of(tree)
    mine = reader_of(claire.backer).page(f"/collectes/{campaign.id}/engagements/{claire.id}")
    assert "accordée : Usagers" in text_of(mine)


def test_a_refusal_shows_its_effects_first_and_starts_the_refund(make, shares, reader_of):
    campaign, (claire, _bastien), path = shares
    owner = reader_of(campaign.owner)
    there = links(owner.page(path))["Ne pas admettre Claire Martin"]

    assert "300 € lui sont rendus en entier" in text_of(owner.page(there))
    short = owner.post(there, reason="Non.")
    assert short.status_code == 422
    assert (by_id(parse(short), "reason").text or "").strip() == "Non."
    assert owner.post(there, reason=WHY).status_code == 303

    assert make.row(**claire.ids).state == "refunding"
    assert "Non admis·e, remboursé·e" in text_of(owner.page(path))
    assert "déjà décidé" in text_of(owner.page(there))
    assert owner.post(there, reason=WHY).status_code == 422
    mine = reader_of(claire.backer).page(f"/collectes/{campaign.id}/engagements/{claire.id}")
    assert f"refusée : {WHY}" in text_of(mine)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"college": "Usagers"}, "pledges"),
        ({"college": "Usagers", "pledges": "' OR 1=1"}, "pledges"),
        ({"college": ""}, "college"),
        ({"college": "x" * 101}, "college"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_ticks_are_kept(shares, reader_of, typed, field):
    campaign, (claire, _bastien), path = shares
    sent = typed if field == "pledges" else typed | {"pledges": str(claire.id)}

    answer = reader_of(campaign.owner).post(path, **sent)

    assert answer.status_code == 422
    tree = parse(answer)
    assert by_id(tree, f"{field}-error") is not None
    assert (by_id(tree, f"pledges-{claire.id}").get("checked") is not None) == (field == "college")


def test_others_do_not_see_who_subscribed(make, shares, reader, reader_of):
    campaign, (claire, _bastien), path = shares

    for person in (make.account(), claire.backer, make.administrator()):
        assert reader_of(person).get(path).status_code == 404
        assert reader_of(person).post(path, pledges=str(claire.id), college="Usagers").status_code == 404
    assert reader.get(path).status_code == 303
    assert "Claire Martin" not in text_of(reader.page(f"/collectes/{campaign.id}"))


def test_staff_sees_which_boards_are_awaited(make, shares, reader_of):
    campaign, took, _path = shares
    staff = reader_of(make.administrator())

    seen = text_of(staff.page("/moderation/admissions"))
    assert "Un four à bois pour le fournil" in seen
    assert "Admissions (1)" in text_of(staff.page("/moderation"))
    facts = {"campaign_id": campaign.id, "owner_id": campaign.owner.id, "pledge_ids": {one.id for one in took}}
    make.do(lambda session: admissions.admit(session, college="Usagers", now=make.now, **facts))
    assert "Aucune admission attendue" in text_of(staff.page("/moderation/admissions"))


def test_a_gift_has_no_admissions(make, reader_of):
    campaign = make.campaign(state="funded")
    owner = reader_of(campaign.owner)

    assert owner.get(f"/mes-projets/{campaign.id}/admissions").status_code == 404
    assert "Admissions" not in links(owner.page(f"/mes-projets/{campaign.id}"))
