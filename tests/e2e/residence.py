"""Pages about where one lives and works."""

from e2e.stop import Stop, send

STOPS = (
    Stop("residence-proven", "/mon-compte/residence", "claire"),
    Stop("residence-asked", "/mon-compte/residence", "bastien"),
    Stop("residence-declared", "/mon-compte/residence", "newcomer"),
    Stop("residence-proof", "/mon-compte/residence/justificatif", "newcomer"),
    Stop("residence-proof-empty", "/mon-compte/residence/justificatif", "newcomer", send("Lire le code signé"), 422),
    Stop("residence-letter", "/mon-compte/residence/lettre", "newcomer"),
    Stop("residence-letter-empty", "/mon-compte/residence/lettre", "newcomer", send("Demander la lettre"), 422),
    Stop("work", "/mon-compte/travail", "claire"),
    Stop("work-empty", "/mon-compte/travail", "claire", send("Enregistrer pour douze mois"), 422),
    Stop("residence-move", "/mon-compte/residence/demenagement", "claire"),
    Stop("residence-move-empty", "/mon-compte/residence/demenagement", "claire", send("Changer de commune"), 422),
)
