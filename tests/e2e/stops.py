"""Every page of the product, as each person sees it, in the order in which they are opened: see `e2e.tour`."""

from e2e import owners, protections, redress, residence, steps
from e2e.stop import Stop, send
from playwright.sync_api import Page


def _wrong_password(page: Page) -> None:
    page.get_by_label("Adresse électronique").fill("personne@exemple.fr")
    page.get_by_label("Mot de passe").fill("ce-nest-pas-le-bon")
    page.get_by_role("button", name="Me connecter").click()


def _ambiguous(page: Page) -> None:
    page.get_by_label("Votre commune").fill("Saint-Denis")
    page.get_by_role("button", name="Voir les projets").click()


def _too_much(page: Page) -> None:
    page.get_by_label("Montant en euros").fill("60")
    page.get_by_role("button", name="Continuer").click()


def _too_little(page: Page) -> None:
    page.get_by_label("Nouveau montant en euros").fill("1")
    page.get_by_role("button", name="Changer le montant").click()


def _incomplete(page: Page) -> None:
    page.get_by_label("Titre de la collecte").fill("Un vestiaire pour les footballeuses de Ligugé")
    page.get_by_label("Votre histoire").fill("Trop court.")
    page.get_by_label("Plafond").fill("beaucoup")
    page.get_by_role("button", name="Enregistrer et envoyer en relecture").click()


def _choose_rule(page: Page, button: str) -> None:
    page.get_by_label("Commune du projet").fill("Antoigné (Maine-et-Loire)")
    page.get_by_label("Seuil de réussite").fill("200 000")
    page.locator("label", has_text="Les plus proches d’abord, puis plus loin").click()
    page.get_by_role("button", name=button, exact=True).click()


def _tried(page: Page) -> None:
    _choose_rule(page, "Voir qui peut participer")


def _taken_apart(page: Page) -> None:
    _choose_rule(page, "Régler cercle par cercle")


def _no_reason(page: Page) -> None:
    page.get_by_role("button", name="Renvoyer au porteur").click()


def _no_photo(page: Page) -> None:
    page.get_by_role("button", name="Ajouter cette photo").click()


def _wrong_card(page: Page) -> None:
    steps.save_card(page, "4000 0000 0000 0002")


def _expired_form(page: Page) -> None:
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach(field => field.value = 'x')")
    page.get_by_role("button", name="Me connecter").click()


STOPS = (
    Stop("feed-visitor", "/"),
    Stop("feed-typed", "/", "typed"),
    Stop("feed-unknown-commune", "/", then=send("Voir les projets près de chez moi"), status=422),
    Stop("feed-which-commune", "/", then=_ambiguous, status=422),
    Stop("feed-resident", "/", "claire"),
    Stop("feed-filtered", "/?nature=gift&tri=distance", "claire"),
    Stop("feed-nothing", "/?secteur=sport", "claire"),
    Stop("feed-by-legal-form", "/?statut=scic", "claire"),
    Stop("commune-visitor", "/communes/86194"),
    Stop("commune-resident", "/communes/86194", "claire"),
    Stop("commune-nothing", "/communes/33063?secteur=sport"),
    Stop("order-of-lists", "/ordre-des-projets"),
    Stop("feed-far", "/", "jerome"),
    Stop("figures", "/nos-chiffres"),
    Stop("why-visitor", "/collectes/{live}/pourquoi"),
    Stop("why-resident", "/collectes/{live}/pourquoi", "claire"),
    Stop("why-far", "/collectes/{live}/pourquoi?commune=Bordeaux&montant=60"),
    Stop("why-which-commune", "/collectes/{live}/pourquoi?commune=Saint-Denis", status=422),
    Stop("communes", "/communes"),
    Stop("communes-found", "/communes?q=Saint-Denis"),
    Stop("communes-none", "/communes?q=Xyzzy"),
    Stop("zone-nowhere", "/proposer/zone"),
    Stop("zone", "/proposer/zone?commune=Poitiers"),
    Stop("zone-wide", "/proposer/zone?commune=Poitiers&preset=departement_and_bordering"),
    Stop("how-it-works", "/comment-ca-marche"),
    Stop("local-rule", "/regle-locale"),
    Stop("replay", "/regle-locale/malaunay"),
    Stop("attestations", "/attestations"),
    Stop("fees-and-risks", "/frais-et-risques"),
    Stop("accessibility", "/accessibilite"),
    Stop("privacy", "/confidentialite"),
    Stop("legal-notice", "/mentions-legales"),
    Stop("style", "/style"),
    # Accounts
    Stop("sign-in", "/connexion"),
    Stop("sign-in-wrong", "/connexion", then=_wrong_password, status=422),
    Stop("sign-up", "/inscription"),
    Stop("sign-up-empty", "/inscription", then=send("Créer mon compte"), status=422),
    Stop("sign-up-sent", "/inscription/envoyee"),
    Stop("confirm", "{confirm}"),
    Stop("confirm-dead", "/confirmation/rien", status=410),
    Stop("forgotten", "/mot-de-passe-oublie"),
    Stop("forgotten-empty", "/mot-de-passe-oublie", then=send("Envoyer le lien"), status=422),
    Stop("forgotten-sent", "/mot-de-passe-oublie/envoye"),
    Stop("reset", "{reset}"),
    Stop("reset-empty", "{reset}", then=send("Changer mon mot de passe"), status=422),
    Stop("account", "/mon-compte", "claire"),
    Stop("account-unconfirmed", "/mon-compte", "newcomer"),
    Stop("password", "/mon-compte/mot-de-passe", "claire"),
    Stop("password-empty", "/mon-compte/mot-de-passe", "claire", send("Changer mon mot de passe"), 422),
    # Residence
    *residence.STOPS,
    # Organisations
    Stop("organisations-none", "/mes-organisations", "jerome"),
    Stop("organisations", "/mes-organisations", "claire"),
    Stop("organisation-new", "/mes-organisations/nouvelle", "claire"),
    Stop("organisation-new-empty", "/mes-organisations/nouvelle", "claire", send("Enregistrer l’organisation"), 422),
    Stop("organisation", "{organisation}", "claire"),
    Stop("organisation-mandate-empty", "{organisation}", "claire", send("Déclarer mon mandat"), 422),
    Stop("organisation-seat", "{organisation}/siege", "claire"),
    Stop("organisation-branch", "{organisation}/etablissement", "claire"),
    Stop("organisation-members", "{organisation}/membres", "claire"),
    *protections.STOPS,
    # Campaigns and pledges
    Stop("campaign-visitor", "/collectes/{live}"),
    Stop("campaign-resident", "/collectes/{live}", "claire"),
    Stop("campaign-declared", "/collectes/{live}", "bastien"),
    Stop("campaign-far", "/collectes/{live}", "jerome"),
    Stop("campaign-announced", "/collectes/{announced}"),
    Stop("campaign-announced-resident", "/collectes/{announced}", "claire"),
    Stop("campaign-funded", "/collectes/{funded}"),
    Stop("campaign-failed", "/collectes/{failed}"),
    Stop("campaign-territory", "/collectes/{live}/territoire"),
    Stop("where", "/collectes/{live}/participer/commune"),
    Stop("where-empty", "/collectes/{live}/participer/commune", then=send("Continuer"), status=422),
    Stop("amount-visitor", "/collectes/{live}/participer?montant=100", "typed"),
    Stop("amount", "/collectes/{live}/participer", "claire"),
    Stop("amount-empty", "/collectes/{live}/participer", "claire", send("Continuer"), 422),
    Stop("amount-too-much", "/collectes/{live}/participer", "bastien", _too_much, 422),
    Stop("amount-far", "/collectes/{live}/participer", "jerome"),
    Stop("review-visitor", "/collectes/{live}/participer/relire?montant=30", "typed"),
    Stop("review-unconfirmed", "/collectes/{live}/participer/relire?montant=30", "newcomer"),
    Stop("review", "/collectes/{live}/participer/relire?montant=250", "claire"),
    Stop(
        "review-unread",
        "/collectes/{live}/participer/relire?montant=250",
        "claire",
        send("S’engager et enregistrer ma carte"),
        422,
    ),
    Stop("card", "{card}", "claire"),
    Stop("card-empty", "{card}", "claire", send("Enregistrer la carte"), 422),
    Stop("card-declined", "{card}", "claire", _wrong_card, 422),
    Stop("challenge", "{challenge}", "claire"),
    Stop("card-page-over", "{sandbox}/c/pay/cs_test_nothing", "claire", status=404),
    Stop("sandbox", "{sandbox}/"),
    Stop("pledges", "/mes-engagements", "claire"),
    Stop("pledges-none", "/mes-engagements", "jerome"),
    Stop("pledge-saved", "{pledge}?carte=enregistree", "claire"),
    Stop("pledge", "{pledge}", "claire"),
    Stop("pledge-amount", "{pledge}/montant", "claire"),
    Stop("pledge-amount-small", "{pledge}/montant", "claire", _too_little, 422),
    Stop("pledge-without-card", "{pending}", "claire"),
    Stop("pledge-paid", "{paid}", "claire"),
    Stop("pledge-released", "{released}", "claire"),
    # Owners
    Stop("propose", "/proposer"),
    Stop("projects-none", "/mes-projets", "claire"),
    Stop("projects", "/mes-projets", "nadia"),
    Stop("project-new", "/mes-projets/nouveau", "nadia"),
    Stop("project-new-tried", "/mes-projets/nouveau", "nadia", _tried),
    Stop("project-new-rings", "/mes-projets/nouveau", "nadia", _taken_apart),
    Stop("project-new-wrong", "/mes-projets/nouveau", "nadia", _incomplete, 422),
    Stop("project-draft", "/mes-projets/{draft}", "nadia"),
    Stop("project-edit", "/mes-projets/{draft}/modifier", "nadia"),
    *(
        Stop(f"project-{section}", f"/mes-projets/{{draft}}/modifier/{section}", "nadia")
        for section in ("projet", "argent", "regle", "histoire", "equipe", "promesses")
    ),
    Stop("project-photo-missing", "/mes-projets/{draft}/modifier/histoire", "nadia", _no_photo, 422),
    Stop("project-versions", "/mes-projets/{draft}/versions", "nadia"),
    Stop("project-preview", "/mes-projets/{draft}/apercu", "nadia"),
    *owners.STOPS,
    Stop("project-live", "/mes-projets/{live}", "nadia"),
    Stop("project-announced", "/mes-projets/{announced}", "samuel"),
    Stop("project-money", "/mes-projets/{funded}/argent", "nadia"),
    Stop("project-money-draft", "/mes-projets/{draft}/argent", "nadia"),
    Stop("project-sent-back", "/mes-projets/{sent_back}", "samuel"),
    Stop("project-waiting", "/mes-projets/{waiting}", "nadia"),
    # Instruments
    Stop("schedule", "/collectes/{live}/echeancier?montant=500", "claire"),
    Stop("schedule-wrong", "/collectes/{live}/echeancier?montant=1", status=422),
    Stop("schedule-mine", "{pledge}/echeancier", "claire"),
    Stop("schedule-owner", "/mes-projets/{live}/echeancier", "nadia"),
    Stop("terms", "/mes-projets/{draft}/conditions", "nadia"),
    Stop("terms-loan", "/mes-projets/{draft}/conditions?nature=loan", "nadia"),
    Stop(
        "terms-missing", "/mes-projets/{draft}/conditions?nature=bond", "nadia", send("Enregistrer les conditions"), 422
    ),
    # Administrators
    Stop("queue", "/moderation", "helene"),
    Stop("queue-none", "/moderation?page=9", "helene"),
    Stop("money-watched", "/moderation/argent", "helene"),
    Stop("contributions", "/moderation/argent/collectes/{funded}", "helene"),
    Stop("refund", "/moderation/argent/engagements/{funded}/{paid_id}/remboursement", "helene"),
    Stop(
        "refund-empty",
        "/moderation/argent/engagements/{funded}/{paid_id}/remboursement",
        "helene",
        send("Rembourser cette contribution"),
        422,
    ),
    Stop("review-campaign", "/moderation/campagnes/{waiting}", "helene"),
    Stop("review-campaign-wrong", "/moderation/campagnes/{waiting}", "helene", _no_reason, 422),
    Stop("review-campaign-decided", "/moderation/campagnes/{live}", "helene"),
    Stop("residences", "/moderation/residences", "helene"),
    Stop("residence-review", "/moderation/residences/{request}", "helene"),
    Stop("residence-refusal-wrong", "/moderation/residences/{request}", "helene", send("Refuser"), 422),
    Stop("residence-letters", "/moderation/lettres", "helene"),
    Stop("residence-conflicts", "/moderation/conflits", "helene"),
    Stop("residence-revocation", "/moderation/residences/lien/{residence}/revocation", "helene"),
    Stop("residence-register", "/moderation/residences/registre?adresse=claire@demo-mitoyen.fr", "helene"),
    Stop("organisations-waiting", "/moderation/organisations", "helene"),
    Stop("organisation-place-refusal", "/moderation/organisations/lieux/{place}/refuser", "helene"),
    Stop("territories", "/territoires-de-projet", "helene"),
    Stop("territory-new", "/territoires-de-projet/nouveau", "helene"),
    Stop("territory", "/territoires-de-projet/{territory}", "helene"),
    Stop("territory-new-wrong", "/territoires-de-projet/nouveau", "helene", send("Créer le territoire"), 422),
    *redress.STOPS,
    # The demonstration's tools
    Stop("mailbox", "/boite"),
    Stop("letter", "{letter}"),
    Stop("letter-html", "{letter}/html"),
    Stop("clock", "/horloge"),
    # Errors
    Stop("error-400", "/connexion", then=_expired_form, status=400),
    Stop("error-403", "/moderation", "claire", status=403),
    Stop("error-404", "/il-n-y-a-rien-ici", status=404),
    Stop("error-404-resident", "/il-n-y-a-rien-ici", "claire", status=404),
    Stop("error-405", "/ma-commune", status=405),
)
