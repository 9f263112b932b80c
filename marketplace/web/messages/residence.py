"""What residency refuses, why a proof was turned down, and what a declared commune is worth."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.web.filters import day
from marketplace.web.messages.words import Words

_REFUSALS: Mapping[str, Words] = {
    "already_confirmed": _l("Votre code postal est déjà confirmé. Vous n’avez rien à faire pour l’instant."),
    "already_verified": _l("Votre commune est déjà justifiée. Vous n’avez rien à faire pour l’instant."),
    "code_exhausted": _l("Ce code est faux, et c’était le dernier essai. Demandez une autre lettre."),
    "code_expired": _l("Les 30 jours de ce code sont passés. Demandez une autre lettre."),
    "code_missing": _l("Saisissez les 8 caractères du code de votre lettre."),
    "code_wrong": _l("Ce code n’est pas celui de votre dernière lettre. Vérifiez chaque caractère."),
    "commune_uninhabited": _l("Personne n’habite cette commune. Choisissez celle où se trouve votre logement."),
    "commune_unknown": _l(
        "Nous ne trouvons pas cette commune. Saisissez son nom ou son code postal, puis choisissez-la."
    ),
    "conflict_decided": _l("Ce conflit est déjà tranché."),
    "letter_line_invalid": lambda *, most, **_facts: _(
        "Saisissez cette ligne de l’adresse, en %(most)s caractères au plus.", most=most
    ),
    "letter_pending": _l("Une lettre est déjà demandée. Attendez-la, ou la fin des 30 jours de son code."),
    "letter_postcode_wrong": _l(
        "Ce code postal n’est pas celui de la commune que vous avez déclarée. Vérifiez-le, ou dites que vous avez "
        "déménagé."
    ),
    "no_letter": _l("Aucune lettre postée n’attend de code. Demandez-en une."),
    "own_residence": _l("Vous ne pouvez pas décider pour vous-même. Demandez à un autre administrateur."),
    "refusal_reason_unknown": _l("Choisissez le motif du refus."),
    "renewal_too_early": lambda *, from_at, **_facts: _(
        "Votre déclaration est encore valable. Vous pourrez la renouveler à partir du %(day)s.", day=day(from_at)
    ),
    "request_decided": _l("Cette demande a déjà reçu une réponse."),
    "residence_exists": _l("Vous avez déjà déclaré une commune. Si vous avez déménagé, indiquez-le."),
    "residence_expired": _l("Votre déclaration n’est plus valable. Renouvelez-la, puis demandez la vérification."),
    "residence_over": _l("Cette résidence a déjà pris fin, ou est déjà révoquée."),
    "residence_revoked": _l(
        "Votre résidence n’est plus reconnue. Faites vérifier un autre justificatif par une personne."
    ),
    "revocation_reason_unknown": _l("Choisissez le motif de la révocation."),
    "same_administrator": _l("Vous avez déjà regardé ce document. Un second administrateur doit le faire."),
    "residence_missing": _l("Indiquez d’abord la commune où vous habitez."),
    "same_commune": _l("C’est déjà votre commune. Choisissez celle où vous venez d’emménager."),
    "too_many_moves": lambda *, again_at, **_facts: _(
        "Vous avez déjà déménagé deux fois en douze mois. Vous pourrez changer de commune à partir du %(day)s.",
        day=day(again_at),
    ),
    "same_work_commune": _l(
        "C’est déjà la commune où vous travaillez. Vous pourrez renouveler deux mois avant la fin."
    ),
    "too_many_changes_of_work": lambda *, again_at, **_facts: _(
        "Vous avez déjà changé deux fois en douze mois. Vous pourrez le dire de nouveau à partir du %(day)s.",
        day=day(again_at),
    ),
    "verification_pending": _l("Votre demande est déjà entre les mains d’un administrateur."),
}

# Why an administrator turned a proof of residence down.
_PROOFS: Mapping[str, Words] = {
    "not_accepted": _l(
        "Ce document n’est pas accepté. Présentez une facture d’énergie, d’eau ou d’internet, une quittance de loyer, "
        "un avis d’impôt ou une attestation d’assurance habitation."
    ),
    "other_address": _l("L’adresse du document n’est pas dans la commune que vous avez déclarée."),
    "other_name": _l("Le nom du document n’est pas le vôtre."),
    "too_old": _l("Le document date de plus de trois mois."),
    "unreadable": _l("Le document n’est pas lisible en entier."),
}

# Why a file cannot be read: what to do instead.
_FILES: Mapping[str, Words] = {
    "file_active": _l(
        "Ce PDF contient un script ou des pièces jointes. Imprimez-le en PDF simple, ou photographiez le document."
    ),
    "file_damaged": _l("Ce fichier est abîmé ou incomplet. Enregistrez-le de nouveau, ou photographiez le document."),
    "file_empty": _l("Ce fichier est vide. Choisissez-en un autre."),
    "file_protected": _l("Ce PDF est protégé par un mot de passe. Enregistrez-le sans protection."),
    "file_too_big": _l("Ce fichier dépasse 5 Mo. Photographiez seulement la page qui porte votre adresse."),
    "file_too_heavy": _l(
        "Ce fichier demande trop de travail pour être ouvert. Photographiez la page qui porte votre adresse."
    ),
    "file_two_types": _l("Ce fichier en cache un autre. Enregistrez-le de nouveau en PDF, JPEG ou PNG."),
    "file_type_unknown": _l("Ce fichier n’est ni un PDF, ni une image JPEG ou PNG. Choisissez-en un autre."),
    "pages_too_many": _l("Ce document a plus de 8 pages. Envoyez seulement celle qui porte votre adresse."),
    "pixels_too_few": _l("Cette image est trop petite pour être lue. Prenez une photo plus nette."),
    "pixels_too_many": _l("Cette image est trop grande. Envoyez une photo de 24 millions de pixels au plus."),
}

# Which check of a signed bill failed. After each, the page offers to have it looked at by a person.
_CHECKS: Mapping[str, Words] = {
    "address_elsewhere": _l("L’adresse du lieu desservi n’est pas dans la commune que vous avez déclarée."),
    "address_missing": _l("Le code signé ne dit pas l’adresse du lieu desservi : celle de l’envoi ne suffit pas."),
    "code_damaged": _l("Le code signé est incomplet. Prenez une photo plus nette, à plat, bien éclairée."),
    "code_foreign": _l("Ce code signé n’est pas un justificatif français."),
    "code_not_found": _l(
        "Aucun code 2D-Doc n’a été trouvé. C’est un carré de petits points noirs, souvent en haut de la facture. Tous "
        "les fournisseurs n’en mettent pas."
    ),
    "code_other_type": _l("Il y a bien un code-barres, mais ce n’est pas un code 2D-Doc signé."),
    "document_in_future": _l("La date du document n’est pas encore arrivée."),
    "document_not_accepted": _l(
        "Ce document signé n’est pas un justificatif de domicile. Présentez une facture d’énergie, d’eau ou d’internet."
    ),
    "document_undated": _l("Le code signé ne dit pas la date du document."),
    "issuer_expired": _l("Le certificat de l’émetteur n’était pas valable quand le document a été signé."),
    "issuer_revoked": _l("Le certificat de l’émetteur a été révoqué."),
    "issuer_unknown": _l("L’émetteur de ce code n’est pas sur la liste de confiance de l’État."),
    "name_differs": _l(
        "Le nom du document n’est pas celui de votre compte. Corrigez le nom de votre compte, ou faites vérifier par "
        "une personne."
    ),
    "name_missing": _l("Le code signé ne dit aucun nom."),
    "document_too_old": _l("Le document date de plus de 92 jours. Présentez-en un plus récent."),
    "proof_used": _l(
        "Ce justificatif, ou cette identité, est déjà celui d’un autre compte. Une personne va regarder : c’est "
        "normal si vous vivez ensemble."
    ),
    "signature_wrong": _l("La signature du code ne correspond pas à son contenu : il a été modifié, ou mal lu."),
}

# Why a residence was taken back.
_REVOCATIONS: Mapping[str, Words] = {
    "moved_silently": _l("Vous n’habitez plus cette commune."),
    "proof_false": _l("Le justificatif s’est révélé faux."),
    "proof_of_another": _l("Le justificatif est celui d’une autre personne."),
}

SENTENCES: Mapping[str, Words] = {**_REFUSALS, **_PROOFS, **_FILES, **_CHECKS, **_REVOCATIONS}

# What a declared commune is worth, in words: the name, and what it lets one do.
STANDINGS: Mapping[str, tuple[object, object]] = {
    "declared": (
        _l("Déclarée"),
        _l("Vous pouvez donner ou prêter sans intérêt jusqu’à 50 € par collecte."),
    ),
    "confirmed": (
        _l("Code postal confirmé"),
        _l("Vous pouvez vous engager jusqu’à 1 000 € en douze mois, toutes collectes confondues."),
    ),
    "proven": (
        _l("Justifiée"),
        _l("Votre commune est prouvée : la limite de 50 € par collecte ne s’applique plus."),
    ),
    "expired": (
        _l("À renouveler"),
        _l("Vos engagements déjà pris restent valables. Pour en prendre d’autres, renouvelez votre déclaration."),
    ),
    "revoked": (
        _l("Révoquée"),
        _l("Votre commune n’est plus reconnue : vous ne pouvez pas prendre d’engagement avec elle."),
    ),
    "none": (_l("Non renseignée"), _l("Indiquez votre commune pour participer aux projets d’à côté.")),
}

# Why a past commune ended.
ENDS: Mapping[str, object] = {
    "moved": _l("Déménagement"),
    "renewed": _l("Renouvelée"),
}

# One try to prove a residence: its kind and what came of it.
TRIED: Mapping[tuple[str, str], object] = {
    ("signed", "accepted"): _l("Facture signée : acceptée"),
    ("signed", "refused"): _l("Facture signée : refusée"),
    ("document", "accepted"): _l("Document regardé par une personne : accepté"),
    ("document", "refused"): _l("Document regardé par une personne : refusé"),
    ("document", "queued"): _l("Document envoyé à une personne"),
    ("letter", "accepted"): _l("Code de la lettre : accepté"),
    ("letter", "refused"): _l("Code de la lettre : refusé"),
}
