"""Pages of several owners, their documents, and help that is offered to them."""

from e2e.stop import Stop, send

STOPS = (
    Stop("project-owners", "/mes-projets/{draft}/porteurs", "nadia"),
    Stop("project-owners-nobody", "/mes-projets/{draft}/porteurs", "nadia", send("Inviter"), 422),
    Stop("project-documents", "/mes-projets/{draft}/documents", "nadia"),
    Stop("project-documents-none", "/mes-projets/{draft}/documents", "nadia", send("Ajouter ce document"), 422),
    Stop("help", "/collectes/{live}/aide/1", "claire"),
    Stop("help-empty", "/collectes/{live}/aide/1", "claire", send("Proposer mon aide"), 422),
    Stop("project-help", "/mes-projets/{live}/aides", "nadia"),
)
