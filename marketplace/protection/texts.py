"""What people read before they consent, word for word, by version: a consent names the digest of the words shown.

A text that was ever shown is never edited: a new version is added after it, and the last one is what pages show. The
digests of all of them stand in docs/investor-protection.md, which a test compares.
Source of ``total_loss``: delegated regulation (EU) 2022/2114 art. 4(2), English text as published; French words ours.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """One wording. kind: what it is for; locale: "fr" or "en"."""

    kind: str
    version: int
    locale: str
    body: str

    @property
    def sha256(self) -> str:
        """The digest of the words."""
        return hashlib.sha256(self.body.encode()).hexdigest()


_LOCALES = ("fr", "en")
ALL = (
    Text(
        "total_loss",
        1,
        "fr",
        "Un investissement dans un projet de financement participatif comporte le risque de perdre la "
        "totalité de l’argent investi.",
    ),
    Text(
        "total_loss",
        1,
        "en",
        "An investment in a crowdfunding project includes the risk of losing the entirety of the money invested.",
    ),
    Text(
        "gift_risk",
        1,
        "fr",
        "Je sais qu’un don n’est pas remboursé et que le projet peut échouer.",
    ),
    Text(
        "gift_risk",
        1,
        "en",
        "I know that a donation is not repaid and that the project may fail.",
    ),
    Text(
        "loan_risk",
        1,
        "fr",
        "Je sais que je peux perdre tout l’argent prêté et que le projet peut échouer.",
    ),
    Text(
        "loan_risk",
        1,
        "en",
        "I know that I may lose all the money I lend and that the project may fail.",
    ),
    Text(
        "investment_risk",
        1,
        "fr",
        "Je sais que je peux perdre tout l’argent investi, que le projet peut échouer et que je ne pourrai "
        "peut-être pas récupérer mon argent quand je le souhaite.",
    ),
    Text(
        "investment_risk",
        1,
        "en",
        "I know that I may lose all the money I invest, that the project may fail and that I may not be able "
        "to get my money back when I wish.",
    ),
    Text(
        "over_threshold",
        1,
        "fr",
        "La somme que je promets à ce projet dépasse le seuil au-delà duquel la loi demande mon accord "
        "exprès. J’ai lu l’avertissement : je peux perdre la totalité de cet argent. Je confirme en "
        "connaissance de cause.",
    ),
    Text(
        "over_threshold",
        1,
        "en",
        "The sum I promise to this project exceeds the threshold above which the law asks for my express "
        "consent. I have read the warning: I may lose all of this money. I confirm in full knowledge of it.",
    ),
    Text(
        "sophisticated_warning",
        1,
        "fr",
        "Un investisseur averti est moins protégé : pas de test de connaissances, pas de simulation de perte, "
        "pas d’avertissement ni d’accord exprès au-delà d’un seuil. J’ai compris ce que je perds.",
    ),
    Text(
        "sophisticated_warning",
        1,
        "en",
        "A sophisticated investor is less protected: no knowledge test, no loss simulation, no warning and no "
        "express consent above a threshold. I have understood what I give up.",
    ),
    Text(
        "sophisticated_liability",
        1,
        "fr",
        "J’atteste remplir les critères indiqués. Je reste responsable de la véracité de ma demande, et je "
        "signalerai tout changement de ma situation.",
    ),
    Text(
        "sophisticated_liability",
        1,
        "en",
        "I attest that I meet the criteria given. I remain liable for the truth of my request, and I will "
        "report any change in my situation.",
    ),
)
BY_SHA256: Mapping[str, Text] = {text.sha256: text for text in ALL}
_CURRENT: Mapping[tuple[str, str], Text] = {(text.kind, text.locale): text for text in ALL}  # the last version wins


def current(kind: str, locale: str) -> Text:
    """Return the wording of today. locale: another than ours gets French. Raises KeyError: unknown kind."""
    return _CURRENT[kind, locale if locale in _LOCALES else _LOCALES[0]]


def shown(kind: str, sha256: str) -> Text | None:
    """Return the wording that a digest names, None unless it is today's wording of that kind."""
    text = BY_SHA256.get(sha256)
    return text if text is not None and text.kind == kind and text == current(kind, text.locale) else None


def risk_kind(instrument: str) -> str:
    """Return which risk is acknowledged with every pledge."""
    if instrument.startswith("gift"):
        return "gift_risk"
    return "loan_risk" if instrument.endswith("loan") else "investment_risk"
