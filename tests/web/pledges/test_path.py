"""The way to a promise, one question a page, with and without an account."""

import re

import pytest

from tests.arranged import arranged
from tests.factories import NIORT, POITIERS
from tests.rows import changed, snapshot
from tests.web.account.visits import Mailbox, Visitor
from tests.web.pages import Reader, by_class, by_id, links, parse, text_of


@arranged
def campaign(make):
    return make.campaign(title="Un four à bois", instrument="interest_free_loan", loan_months=36)


@pytest.fixture
def path(campaign):
    return f"/collectes/{campaign.id}/participer"


def summary(tree):
    """Return the lines of the summary: {term: value}."""
    return {text_of(line.find("dt")): text_of(line.find("dd")) for line in by_class(tree, "check")[0].iter("div")}


def typed(tree, name):
    return next(control.get("value", "") for control in tree.iter("input") if control.get("name") == name)


def test_a_stranger_says_where_they_live_then_how_much_and_reads_it_again(reader, path, session):
    before = snapshot(session)

    asked = reader.get(f"{path}?montant=40")
    told = reader.post(asked.location, commune="Poitiers")
    amount = reader.page(told.location)
    chosen = reader.post(path, amount="40")
    review = reader.page(chosen.location)

    assert asked.location == f"{path}/commune?montant=40"
    assert told.location == f"{path}?montant=40"
    assert typed(amount, "amount") == "40"
    assert chosen.location == f"{path}/relire?montant=40"
    lines = summary(review)
    assert lines["Vous prêtez"] == "40 €Modifier le montant"
    assert lines["Votre commune"] == "Poitiers (Vienne)Modifier la commune"
    assert lines["Remboursement"] == "36 mensualités de 1,11 €, sans intérêt"
    assert by_class(review, "choice") == []  # nothing to promise yet
    assert changed(before, snapshot(session)) == set()


def test_both_changes_lead_back_to_the_summary_with_the_rest_kept(reader, path):
    review = reader.from_("Poitiers").page(f"{path}/relire?montant=40")

    change = {words: href for words, href in links(review).items() if words.startswith("Modifier")}

    assert change == {
        "Modifier le montant": f"{path}?montant=40",
        "Modifier la commune": f"{path}/commune?montant=40",
    }
    assert typed(reader.page(change["Modifier la commune"]), "commune") == "Poitiers (Vienne)"


def test_nothing_typed_is_lost_through_sign_up_confirmation_and_sign_in(another_client, csrf, path, database):
    """The amount is in the address that `suite` carries, in the device's cookie while the mail is read; the commune is
    in the cookie until the account has it."""
    zoe, mailbox = Visitor(another_client(), csrf), Mailbox(database)
    reader = Reader(zoe.browser, csrf).from_("Poitiers")
    review = f"{path}/relire?montant=12,50"
    to_account = links(reader.page(review))["Créer mon compte"]

    form = reader.page(to_account)
    action = next(one.get("action") for one in form.iter("form") if "/inscription" in one.get("action", ""))
    sent = zoe.post(
        action,
        display_name="Zoé",
        email="zoe@exemple.fr",
        password="brouette soleil tandem",
        commune=typed(form, "commune"),
        sworn="y",
        adult="y",
    )
    confirmed = zoe.post(mailbox.link())
    entered = zoe.post(confirmed.location, email="zoe@exemple.fr", password="brouette soleil tandem")

    assert typed(form, "commune") == "Poitiers (Vienne)"
    assert links(reader.page(sent.location))["Se connecter"] == confirmed.location
    assert entered.location == review
    lines = summary(reader.page(entered.location))
    assert lines["Vous prêtez"].startswith("12,50 €")
    assert lines["Votre commune"].startswith("Poitiers (Vienne)")


def test_who_has_an_account_signs_in_and_comes_back(another_client, csrf, make, path, database):
    claire = make.account(email="claire@exemple.fr")
    browser = another_client()
    reader = Reader(browser, csrf).from_("Poitiers")
    here = f"{path}/relire?montant=40"

    to_entry = links(reader.page(here))["J’ai déjà un compte"]
    entered = reader.post(to_entry, email=claire.email, password="un-mot-de-passe-de-test")

    # The factory's password is that of everybody.
    assert entered.location == here
    assert "understood" in reader.get(entered.location).text


def test_a_refused_sign_up_keeps_where_to_go(another_client, csrf, path):
    reader = Reader(another_client(), csrf)
    suite = f"{path}/relire?montant=40"

    answer = reader.client.post("/inscription", query_string={"suite": suite}, data={"csrf_token": csrf(reader.client)})

    action = next(one.get("action") for one in parse(answer).iter("form") if "/inscription" in one.get("action", ""))
    assert answer.status_code == 422
    assert reader.get(action).status_code == 200
    assert links(parse(answer))["Connectez-vous"].startswith("/connexion?suite=/collectes/")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere_by_signing_up(another_client, csrf, elsewhere):
    zoe = Visitor(another_client(), csrf)

    answer = zoe.browser.post(
        "/inscription",
        query_string={"suite": elsewhere},
        data={
            "csrf_token": csrf(zoe.browser),
            "display_name": "Zoé",
            "email": "zoe@exemple.fr",
            "password": "brouette soleil tandem",
            "commune": "Poitiers",
            "sworn": "y",
            "adult": "y",
        },
    )

    assert answer.location == "/inscription/envoyee"
    with zoe.browser.session_transaction() as cookie:
        assert "suite" not in cookie


def test_somebody_signed_in_does_not_say_again_where_they_live(reader_of, make, path):
    claire = reader_of(make.account(commune=POITIERS))

    assert claire.get(f"{path}/commune").location == "/mon-compte/residence"
    assert "Vous êtes" in text_of(claire.page(path)) or "C’est dans votre commune" in text_of(claire.page(path))


def test_an_unconfirmed_address_is_said_before_anything_is_promised(reader_of, make, path, campaign, session):
    zoe = reader_of(make.account(confirmed=False))
    before = snapshot(session)

    review = zoe.page(f"{path}/relire?montant=40")
    by_hand = zoe.post(
        f"/collectes/{campaign.id}/engagements",
        amount="40",
        form_key="0190a0a0-0000-7000-8000-000000000001",
        understood="y",
    )

    assert "Confirmez d’abord votre adresse électronique" in text_of(review)
    assert "understood" not in [control.get("name") for control in review.iter("input")]
    assert by_hand.status_code == 422
    assert changed(before, snapshot(session)) == set()


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("", "Saisissez un montant en euros, par exemple 50."),
        ("douze", "Saisissez un montant en euros, par exemple 50 ou 12,50."),
        ("5", "Saisissez au moins 10"),
        ("250", "Avec une adresse déclarée, vous pouvez engager 50 € par projet."),
    ],
)
def test_a_refused_amount_comes_back_with_what_to_do(reader, path, amount, words):
    answer = reader.from_("Poitiers").post(path, amount=amount)

    page = parse(answer)
    assert answer.status_code == 422
    assert words in text_of(by_id(page, "resume-erreurs"))
    assert words in text_of(by_id(page, "amount-error"))
    assert typed(page, "amount") == amount
    assert text_of(next(page.iter("title"))).startswith("Erreur : ")


def test_a_summary_of_too_much_goes_back_to_the_amount(reader, path):
    answer = reader.from_("Poitiers").get(f"{path}/relire?montant=5000")

    assert answer.status_code == 422
    assert "au plus 50" in text_of(by_id(parse(answer), "amount-error"))


def test_a_summary_without_an_amount_asks_for_it(reader, path):
    assert reader.from_("Poitiers").get(f"{path}/relire").location == path
    assert reader.get(f"{path}/relire?montant=rien").location == path


def test_outside_the_territory_the_page_says_so_and_asks_nothing(reader, path):
    page = reader.from_("Bordeaux").page(path)

    assert "Vous ne pouvez pas participer à ce projet" in text_of(page)
    assert "amount" not in [control.get("name") for control in page.iter("input")]
    assert links(page)["Changer de commune"] == f"{path}/commune"


def test_without_a_commune_the_account_is_asked_for_it(reader_of, make, path):
    page = reader_of(make.account(level=0)).page(path)

    assert "Vous ne pouvez pas encore participer" in text_of(page)
    assert links(page)["Indiquer ma commune"] == "/mon-compte/residence"


def test_what_an_amount_means_is_said_before_and_while_it_is_typed(reader, path):
    reader.from_("Poitiers")

    page = by_id(reader.page(f"{path}?montant=50"), "apercu")
    live = reader.get(f"{path}/apercu?amount=50", headers={"HX-Request": "true"})

    assert "en 36 mensualités de 1,39 €, la dernière de 1,35 €" in text_of(page).replace("\u00a0", " ")
    assert "en 36 mensualités de 1,39 €, la dernière de 1,35 €" in live.text.replace("\u00a0", " ")
    assert "<html" not in live.text


def test_while_typing_the_rule_says_what_would_not_pass(reader, path):
    live = reader.from_("Poitiers").get(f"{path}/apercu?amount=250", headers={"HX-Request": "true"})

    assert live.status_code == 200
    assert "Saisissez au plus 50" in live.text


@pytest.mark.parametrize("amount", ["", "0", "1", "9,99", "-4", "12,", "1e9", "douze"])
def test_while_typing_half_an_amount_says_nothing(reader, path, amount):
    live = reader.from_("Poitiers").get(f"{path}/apercu", query_string={"amount": amount}, headers={"HX-Request": "1"})

    assert live.status_code == 200
    assert live.text.strip() == ""


def test_without_scripts_the_preview_is_the_page_itself(reader, path):
    assert reader.get(f"{path}/apercu?amount=50").location == f"{path}?montant=50"


def test_htmx_is_sent_on_by_a_header_since_it_would_follow_a_redirect_by_itself(reader, path, csrf):
    reader.from_("Poitiers")

    answer = reader.client.post(
        path, data={"csrf_token": csrf(reader.client), "amount": "40"}, headers={"HX-Request": "true"}
    )

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"{path}/relire?montant=40")


def test_scripts_are_on_the_pages_that_use_them_and_on_no_other(reader, reader_of, make, path, campaign):
    reader.from_("Poitiers")
    # The calculator of a loan; a gift has none.
    with_scripts = [path, f"{path}/commune", f"/collectes/{campaign.id}", "/", "/inscription"]
    without = [f"{path}/relire?montant=40", f"/collectes/{make.campaign().id}", "/connexion", "/comment-ca-marche"]

    for page in with_scripts:
        assert re.search(r"<script defer src=\"/static/vendor/htmx", reader.get(page).text), page
    for page in without:
        assert "<script" not in reader.get(page).text.replace('<script type="application/ld+json"', ""), page


def test_a_promise_ends_on_the_card_page_and_a_double_click_is_one(reader_of, make, path, campaign, session):
    claire = reader_of(make.account())
    review = claire.page(f"{path}/relire?montant=100")
    sent = {"amount": typed(review, "amount"), "form_key": typed(review, "form_key"), "understood": "y"}

    first = claire.post(f"/collectes/{campaign.id}/engagements", **sent)
    before = snapshot(session)
    second = claire.post(f"/collectes/{campaign.id}/engagements", **sent)

    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert first.location.startswith("http")
    assert "pledge" not in changed(before, snapshot(session))


def test_a_form_sent_again_with_another_amount_is_not_taken_for_the_first(reader_of, make, path, campaign, session):
    claire = reader_of(make.account())
    review = claire.page(f"{path}/relire?montant=40")
    sent = {"form_key": typed(review, "form_key"), "understood": "y"}
    claire.post(f"/collectes/{campaign.id}/engagements", amount="40", **sent)
    before = snapshot(session)

    answer = claire.post(f"/collectes/{campaign.id}/engagements", amount="45", **sent)

    page = parse(answer)
    assert answer.status_code == 422
    assert "avec un autre montant" in text_of(by_id(page, "resume-erreurs"))
    assert summary(page)["Vous prêtez"].startswith("45 €")
    assert typed(page, "form_key") not in {"", sent["form_key"]}
    assert changed(before, snapshot(session)) == set()
    again = claire.post(
        f"/collectes/{campaign.id}/engagements", amount="45", understood="y", form_key=typed(page, "form_key")
    )
    assert again.status_code == 303


def test_who_reserves_again_and_again_is_told_when_to_come_back(reader_of, make, path, campaign, session):
    person = make.account()
    for _ in range(3):
        make.pledge(state="card_pending", campaign=campaign, backer=person, amount=10)
    claire = reader_of(person)
    review = claire.page(f"{path}/relire?montant=40")
    before = snapshot(session)

    answer = claire.post(
        f"/collectes/{campaign.id}/engagements", amount="40", understood="y", form_key=typed(review, "form_key")
    )

    page = parse(answer)
    assert answer.status_code == 422
    assert "revenez à partir du 24 novembre 2026 à 10 h." in text_of(by_id(page, "resume-erreurs"))
    assert summary(page)["Vous prêtez"].startswith("40 €")
    assert changed(before, snapshot(session)) == set()


def test_the_box_must_be_ticked_and_the_rest_is_kept(reader_of, make, path, campaign):
    claire = reader_of(make.account())
    review = claire.page(f"{path}/relire?montant=100")

    answer = claire.post(f"/collectes/{campaign.id}/engagements", amount="100", form_key=typed(review, "form_key"))

    page = parse(answer)
    assert answer.status_code == 422
    assert "Cochez cette case pour continuer." in text_of(by_id(page, "resume-erreurs"))
    assert typed(page, "form_key") == typed(review, "form_key")
    assert summary(page)["Vous prêtez"].startswith("100 €")


def test_a_neighbour_of_elsewhere_who_posts_by_hand_is_refused_and_nothing_is_written(
    reader_of, make, campaign, session
):
    samuel = reader_of(make.account(commune=NIORT))
    before = snapshot(session)

    answer = samuel.post(
        f"/collectes/{campaign.id}/engagements",
        amount="40",
        form_key="0190a0a0-0000-7000-8000-000000000001",
        understood="y",
    )

    assert answer.status_code == 422
    assert "Vous ne pouvez pas participer" in answer.text
    assert changed(before, snapshot(session)) == set()
