"""The words that not everybody knows, and what they mean, in one sentence or two. Shown on the pages that use them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Term:
    """A word as pages write it, and its meaning."""

    word: LazyString
    meaning: LazyString


TERMS: Mapping[str, Term] = {
    "owner": Term(_l("Porteur de projet"), _l("La personne ou l’organisation qui demande l’argent et le reçoit.")),
    "campaign": Term(_l("Collecte"), _l("L’appel d’un projet à ses voisins, pour une somme et jusqu’à une date.")),
    "pledge": Term(_l("Engagement"), _l("La promesse d’une somme. Rien n’est prélevé avant la fin de la collecte.")),
    "all_or_nothing": Term(
        _l("Tout ou rien"), _l("Si le seuil n’est pas atteint, personne n’est débité et le projet ne reçoit rien.")
    ),
    "threshold": Term(_l("Seuil de réussite"), _l("La somme à partir de laquelle le projet se fait.")),
    "goal": Term(_l("Objectif"), _l("La somme qu’il faut pour faire tout ce que le projet annonce.")),
    "cap": Term(_l("Plafond"), _l("La somme au-delà de laquelle la collecte n’accepte plus rien.")),
    "reflection": Term(
        _l("Délai de réflexion"), _l("Quatre jours au moins pour annuler votre engagement, sans donner de raison.")
    ),
    "gift": Term(_l("Don"), _l("De l’argent qui n’est pas rendu.")),
    "interest_free_loan": Term(
        _l("Prêt sans intérêt"),
        _l("De l’argent que le porteur rend peu à peu, sans rien de plus. Il peut ne pas y arriver."),
    ),
    "loan": Term(
        _l("Prêt avec intérêt"), _l("De l’argent que le porteur rend avec un intérêt. Il peut ne pas y arriver.")
    ),
    "bond": Term(_l("Obligation"), _l("Un titre : l’organisation vous doit son prix, et un intérêt chaque période.")),
    "cooperative_share": Term(
        _l("Part sociale"),
        _l("Une part d’une coopérative. Vous votez, une personne, une voix ; la part ne prend pas de valeur."),
    ),
    "participating_security": Term(
        _l("Titre participatif"), _l("Un titre de coopérative d’au moins sept ans, sans vote, payé après les autres.")
    ),
    "royalty_loan": Term(
        _l("Redevances"), _l("Une part du chiffre d’affaires, versée chaque année jusqu’à un plafond.")
    ),
    "instalment": Term(_l("Mensualité"), _l("La part du prêt qui est rendue chaque mois.")),
    "scop": Term(_l("Scop"), _l("Une coopérative dont les salariés sont les associés. Une personne, une voix.")),
    "scic": Term(
        _l("Scic"),
        _l("Une coopérative qui réunit salariés, habitants, usagers et collectivités. Une personne, une voix."),
    ),
    "rule": Term(_l("Règle de proximité"), _l("Ce qui dit d’où il faut être pour participer à un projet.")),
    "epci": Term(
        _l("Intercommunalité"),
        _l("Des communes qui travaillent ensemble : communauté de communes, d’agglomération, urbaine, ou métropole."),
    ),
    "bordering": Term(_l("Département limitrophe"), _l("Un département qui touche celui du projet.")),
    "declared": Term(_l("Adresse déclarée"), _l("Vous dites où vous habitez. C’est assez pour de petites sommes.")),
    "proven": Term(
        _l("Adresse justifiée"), _l("Un justificatif a été vu, et nous n’en gardons rien. Elle vaut douze mois.")
    ),
    "review": Term(
        _l("Relecture"), _l("Une personne de la plateforme lit chaque collecte avant qu’elle soit publique.")
    ),
    "sandbox": Term(_l("Bac à sable"), _l("Un essai : aucun argent réel ne circule.")),
}
