"""Following a commune: whom a campaign reaches, the mail of the week, and the click that ends it."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from marketplace import jobs
from marketplace.core.mail import MailMessage
from marketplace.matching import alerts
from marketplace.notifications.envelope import as_email
from marketplace.notifications.queries import latest
from marketplace.web.alerts import endings
from marketplace.web.mailer import render_and_post
from tests.factories import BUXEROLLES, CHAUVIGNY, DAY, NIORT, POITIERS
from tests.web.pages import Reader, text_of

QUEUED = text(
    "SELECT args FROM procrastinate.procrastinate_jobs WHERE task_name = 'notifications.send_mail' ORDER BY id"
)


@pytest.fixture
def follows(make):
    """Make somebody of a commune who follows it, or another one."""

    def one(home, followed=None, **facts):
        account = make.account(commune=home, **facts)
        code = followed or home
        make.do(lambda session: alerts.follow(session, account_id=account.id, commune_code=code, now=make.now))
        return account

    return one


def letters(session):
    return [arguments for (arguments,) in session.execute(QUEUED) if arguments["kind"] == "weekly_digest"]


def reached(session, campaign):
    """Who follows a commune of a campaign's only ring and lives in one, person by person."""
    rows = session.execute(
        text("""
            SELECT f.account_id FROM campaign_ring r
            JOIN follow f ON f.commune_code = ANY (r.zone)
            JOIN residence_link h ON h.account_id = f.account_id AND h.ended_at IS NULL
            WHERE r.campaign_id = :id AND h.commune_code = ANY (r.zone)"""),
        {"id": campaign.id},
    )
    return set(rows.scalars())


def test_a_campaign_reaches_who_may_fund_it_and_follows_its_zone(app, session, make, follows, now):
    inside = {follows(POITIERS, level=1).id, follows(CHAUVIGNY).id}
    inside |= {follows(home, followed=BUXEROLLES).id for home in (POITIERS, POITIERS, CHAUVIGNY)}
    follows(NIORT)
    follows(NIORT, followed=POITIERS)  # follows it from where one may not fund it
    follows(POITIERS, followed=NIORT)  # may fund it and follows elsewhere
    make.account(commune=POITIERS)
    gone = follows(BUXEROLLES)
    make.do(lambda session: alerts.unfollow(session, account_id=gone.id))
    campaign = make.campaign(commune=POITIERS)

    jobs.alerts.reach()
    assert reached(session, campaign) == inside
    assert alerts.reach(session, campaign.id) == [alerts.Reach(0, len(inside))]

    make.do(lambda session: alerts.count(session, now + timedelta(days=800)))  # nobody's residence counts by then
    assert alerts.reach(session, campaign.id) == [alerts.Reach(0, None)]


def test_whom_a_campaign_reaches_is_counted_once_at_their_best_ring(app, make, follows):
    for home, people in ((POITIERS, 5), (BUXEROLLES, 6), (NIORT, 7)):
        for _ in range(people):
            follows(home, followed=CHAUVIGNY)
    campaign = make.campaign(commune=POITIERS, preset="local_first")

    jobs.alerts.reach()

    rings = make.do(lambda session: alerts.reach(session, campaign.id))
    assert [one.people for one in rings] == [11, 7, None]


def test_an_owner_is_told_from_five_people_up(make, follows, sign_in, another_client, csrf):
    owner = make.account()
    campaign = make.campaign(owner=owner)
    reader = Reader(sign_in(another_client(), owner), csrf)
    for _ in range(4):
        follows(POITIERS)
    jobs.alerts.reach()
    before = text_of(reader.page(f"/mes-projets/{campaign.id}"))
    follows(CHAUVIGNY)
    jobs.alerts.reach()

    after = text_of(reader.page(f"/mes-projets/{campaign.id}"))

    assert "Le premier cerclemoins de 5 personnes" in before
    assert "Le premier cercle5 personnes" in after


def test_a_week_is_told_once_to_each_most_local_first(app, session, make, follows, now):
    claire, jean, elsewhere = follows(POITIERS), follows(BUXEROLLES), follows("33063")
    old = make.campaign(title="Ancien", commune=POITIERS, now=now - 9 * DAY)
    make.campaign(title="Large", commune=NIORT, preset="departement_and_bordering")
    make.campaign(title="Local", commune=CHAUVIGNY)

    jobs.alerts.digest()
    jobs.alerts.digest()

    told = {one["account_id"]: one["params"] for one in letters(session)}
    assert set(told) == {str(claire.id), str(jean.id)}
    assert len(letters(session)) == 2
    assert [one["title"] for one in told[str(claire.id)]["campaigns"]] == ["Local", "Large"]
    assert told[str(claire.id)]["commune_path"] == "/communes/86194"
    assert alerts.followed(session, elsewhere.id) is not None
    assert old.state == "live"


def test_what_a_week_brought_is_what_the_index_says_of_each_commune(session, make, now):
    make.campaign(commune=CHAUVIGNY)
    make.campaign(commune=NIORT, preset="departement_and_bordering")

    found = alerts.week(session, since=now - DAY)

    assert len(found[POITIERS]) == 2
    assert len(found[NIORT]) == 1
    assert "33063" not in found
    assert alerts.week(session, since=now + DAY) == {}


def test_the_mail_can_be_ended_with_one_click_by_whoever_holds_its_address(app, session, make, follows, client):
    claire, jean = follows(POITIERS), follows(POITIERS)
    make.campaign()
    jobs.alerts.digest()
    config = app.extensions["mitoyen"].config
    for one in letters(session):
        facts = {"account_id": UUID(one["account_id"]), "kind": one["kind"], "params": one["params"]}
        with app.app_context():
            render_and_post(session, **facts, now=make.now, config=config)
    session.commit()
    letter = next(one for one in latest(session) if one.recipient == claire.email)
    header = as_email(letter, site_url=config.site_url)["List-Unsubscribe"]
    address = header.strip("<>").removeprefix(config.site_url)

    asked = client.get(address)
    assert alerts.followed(session, claire.id) is not None
    ended = client.post(address, data={"List-Unsubscribe": "One-Click"})
    again = client.post(address)

    assert as_email(letter, site_url=config.site_url)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [asked.status_code, ended.status_code, again.status_code] == [200, 200, 200]
    assert alerts.followed(session, claire.id) is None
    assert alerts.followed(session, jean.id) is not None
    assert session.scalar(select(MailMessage.unsubscribe_path).where(MailMessage.recipient == jean.email)) != address


@pytest.mark.parametrize("token", ["x", "é", "a.b", "A" * 300])
def test_an_address_that_was_not_mailed_ends_nothing(app, session, follows, client, token):
    claire = follows(POITIERS)
    real = endings.path(app.extensions["mitoyen"].config.secret_key, claire.id)
    seal = real.rindex(".") + 1
    forged = real[:seal] + ("A" if real[seal] != "A" else "B") + real[seal + 1 :]

    for path in (f"/desabonnement/{token}", forged):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404

    assert alerts.followed(session, claire.id) is not None
