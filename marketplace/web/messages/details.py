"""What is the matter with the team, the risks, the promises or a photograph of a collection."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.web.filters import count
from marketplace.web.labels import RISK_LABELS
from marketplace.web.messages.words import Words

SENTENCES: Mapping[str, Words] = {
    "detail_kind_missing": _l("Choisissez dans la liste, ou videz la ligne."),
    "detail_missing": _l("Complétez ce champ, ou videz la ligne."),
    "detail_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez ce texte à %(most)s caractères : il en compte %(length)s.", most=most, length=count(length)
    ),
    "detail_jobs_too_many": lambda *, most, **_facts: _(
        "Saisissez un nombre d’emplois, au plus %(most)s.", most=count(most)
    ),
    "detail_percent_too_high": _l("Saisissez un pourcentage entre 0 et 100."),
    "document_active": _l(
        "Ce PDF contient un script, un formulaire actif ou un fichier joint. Imprimez-le dans un nouveau PDF, puis "
        "envoyez celui-là."
    ),
    "document_kind_missing": _l("Choisissez ce qu’est ce document."),
    "document_missing": _l("Choisissez un document : un fichier PDF."),
    "document_not_pdf": _l("Ce fichier n’est pas un PDF. Choisissez un fichier PDF."),
    "document_protected": _l("Ce PDF est chiffré ou protégé par un mot de passe. Envoyez-le sans protection."),
    "document_title_missing": _l("Donnez un titre au document, par exemple : devis du four."),
    "document_title_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez ce titre à %(most)s caractères : il en compte %(length)s.", most=most, length=count(length)
    ),
    "document_too_heavy": lambda *, most, **_facts: _(
        "Ce document est trop lourd. Choisissez un fichier de %(most)s Mo au plus.", most=most
    ),
    "document_too_long": lambda *, most, **_facts: _(
        "Ce document a plus de %(most)s pages. Raccourcissez-le.", most=most
    ),
    "document_unreadable": _l("Ce PDF ne peut pas être lu. Choisissez un fichier entier."),
    "help_answer_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez votre réponse à %(most)s caractères : elle en compte %(length)s.",
        most=most,
        length=count(length),
    ),
    "help_answered": _l("Cette proposition a déjà reçu une réponse, ou a été retirée."),
    "help_closed": _l("Cette collecte est terminée : elle ne cherche plus d’aide."),
    "help_once": _l("Vous avez déjà proposé votre aide pour ce besoin. Retirez-la pour en proposer une autre."),
    "help_own_project": _l("C’est votre projet : vous ne pouvez pas vous proposer votre aide."),
    "help_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez votre message à %(most)s caractères : il en compte %(length)s.", most=most, length=count(length)
    ),
    "help_too_short": lambda *, least, **_facts: _(
        "Dites ce que vous proposez, en une phrase au moins (%(least)s caractères).", least=least
    ),
    "news_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez ces nouvelles à %(most)s caractères : il y en a %(length)s.",
        most=count(most),
        length=count(length),
    ),
    "news_too_short": lambda *, least, **_facts: _(
        "Écrivez vos nouvelles : une phrase au moins (%(least)s caractères).", least=least
    ),
    "photo_alt_missing": _l("Dites en quelques mots ce que montre la photo, pour ceux qui ne la voient pas."),
    "photo_alt_too_long": lambda *, most, length, **_facts: _(
        "Décrivez la photo en %(most)s caractères au plus : il y en a %(length)s.", most=most, length=count(length)
    ),
    "photo_missing": _l("Choisissez une photo : un fichier JPEG, PNG ou WebP."),
    "photo_too_heavy": lambda *, most, **_facts: _(
        "Cette photo est trop lourde. Choisissez un fichier de %(most)s Mo au plus.", most=most
    ),
    "photo_too_many_pixels": lambda *, most, **_facts: _(
        "Cette photo est trop grande. Réduisez-la à %(most)s millions de pixels au plus.", most=most
    ),
    "photo_too_small": lambda *, least, **_facts: _(
        "Cette photo est trop petite. Il faut au moins %(least)s pixels de large et de haut.", least=least
    ),
    "photo_unreadable": _l("Ce fichier n’est pas une photo lisible. Choisissez un fichier JPEG, PNG ou WebP entier."),
    "answer_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez cette réponse à %(most)s caractères : il y en a %(length)s.",
        most=count(most),
        length=count(length),
    ),
    "answer_too_short": _l("Écrivez votre réponse."),
    "own_question": _l("C’est votre collecte : répondez aux questions plutôt que d’en poser."),
    "question_answered": _l("Cette question a déjà sa réponse, et elle ne change plus."),
    "question_needs_home": _l("Dites d’abord où vous habitez : seule votre commune sera montrée."),
    "question_too_long": lambda *, most, length, **_facts: _(
        "Raccourcissez votre question à %(most)s caractères : il y en a %(length)s.",
        most=count(most),
        length=count(length),
    ),
    "question_too_short": lambda *, least, **_facts: _(
        "Écrivez votre question : une phrase au moins (%(least)s caractères).", least=least
    ),
    "questions_closed": _l("La collecte est terminée : on ne pose plus de question."),
    "too_many_questions": lambda *, most, **_facts: _(
        "Vous avez déjà posé %(most)s questions depuis hier sur cette collecte. Attendez demain.", most=most
    ),
    "risk_missing": lambda *, kind, **_facts: _(
        "Dites ce risque en une phrase : « %(kind)s ». La fiche d’informations clés en parle.", kind=RISK_LABELS[kind]
    ),
    "risk_too_short": lambda *, least, **_facts: _(
        "Dites ce risque en une phrase au moins (%(least)s caractères), ou videz le champ.", least=least
    ),
    "too_many_documents": lambda *, most, **_facts: _(
        "Il y a déjà %(most)s documents. Retirez-en un pour en ajouter un autre.", most=most
    ),
    "too_many_news": lambda *, most, **_facts: _(
        "Vous avez déjà donné %(most)s fois des nouvelles depuis hier. Attendez demain.", most=most
    ),
    "too_many_photos": lambda *, most, **_facts: _(
        "Il y a déjà %(most)s photos. Retirez-en une pour en ajouter une autre.", most=most
    ),
}
