"""What is wrong with what an organisation says, and why an administrator turned it down."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.web.filters import count
from marketplace.web.messages.words import Words

_REFUSALS: Mapping[str, Words] = {
    "area_unknown": _l("Cette commune n’est dans aucune intercommunalité. Vérifiez la forme juridique ou la commune."),
    "branch_is_seat": _l("Ce SIRET est celui du siège. Saisissez celui de l’établissement."),
    "capacity_missing": _l("Choisissez à quel titre vous agissez."),
    "function_invalid": _l("Saisissez votre fonction en 80 caractères au plus, par exemple gérante."),
    "last_manager": _l(
        "Vous êtes seul·e à gérer cette organisation. Invitez un autre gestionnaire avant de la quitter."
    ),
    "legal_form_missing": _l("Choisissez la forme juridique de l’organisation."),
    "link_decided": _l("Ce lieu a déjà reçu une réponse, ou ne compte plus."),
    "mandate_decided": _l("Ce mandat a déjà reçu une réponse, ou n’est plus en vigueur."),
    "mandate_pending": _l("Votre mandat est déjà entre les mains d’un administrateur."),
    "mandate_reason_unknown": _l("Choisissez un motif."),
    "members_association_only": _l("Seule une association déclare des membres locaux."),
    "members_missing": _l("Saisissez un nombre de membres, par exemple 24."),
    "members_too_many": lambda *, most, **_facts: _("Saisissez %(most)s membres au plus.", most=count(most)),
    "organisation_name_invalid": _l("Saisissez le nom de l’organisation en 80 caractères au plus."),
    "organisation_number_missing": _l("Saisissez le SIREN de l’association, ou son numéro RNA."),
    "organisation_taken": _l(
        "Une organisation vérifiée porte déjà ce numéro. Demandez à son gestionnaire de vous inviter."
    ),
    "own_organisation": _l("C’est votre organisation. Un autre administrateur doit décider."),
    "place_reason_unknown": _l("Choisissez un motif."),
    "rna_not_association": _l("Seule une association a un numéro RNA. Laissez ce champ vide."),
    "rna_wrong": _l("Saisissez un numéro RNA : W suivi de 9 caractères, par exemple W751080001."),
    "role_unknown": _l("Choisissez un rôle de la liste."),
    "siren_missing": _l("Saisissez le SIREN de l’organisation : 9 chiffres."),
    "siren_wrong": _l("Ce numéro n’est pas un SIREN ni un SIRET : vérifiez chaque chiffre, il y en a 9 ou 14."),
    "siret_missing": _l("Saisissez le SIRET de l’établissement : 14 chiffres."),
    "siret_of_another": _l("Ce SIRET n’est pas de cette organisation : il doit commencer par son SIREN."),
    "siret_wrong": _l("Ce numéro n’est pas un SIRET : vérifiez chaque chiffre, il y en a 14."),
    "too_many_organisations": lambda *, most, **_facts: _(
        "Vous êtes déjà dans %(most)s organisations. Quittez-en une avant d’en ajouter une autre.", most=most
    ),
}

# Why an administrator turned down, or took back, what an organisation or somebody in it said. Told to them.
_REASONS: Mapping[str, Words] = {
    "mandate_not_shown": _l("Nous n’avons pas reçu de preuve de ce mandat."),
    "mandate_other_person": _l("La preuve nomme une autre personne."),
    "mandate_too_narrow": _l("La preuve ne permet pas d’engager l’organisation."),
    "members_unclear": _l("Le nombre de membres qui habitent cette commune n’a pas pu être établi."),
    "organisation_not_active": _l("L’organisation n’est plus active dans l’annuaire public."),
    "organisation_unknown": _l("Le nom et le numéro ne désignent pas la même organisation dans l’annuaire public."),
    "place_elsewhere": _l("L’annuaire public donne une autre commune."),
    "place_not_active": _l("Cet établissement est fermé dans l’annuaire public."),
    "place_not_found": _l("Nous ne trouvons pas ce lieu dans l’annuaire public."),
}

SENTENCES: Mapping[str, Words] = {**_REFUSALS, **_REASONS}
