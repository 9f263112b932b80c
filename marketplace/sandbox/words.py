"""What the pages say, in French and in English. No catalogue: these pages are the provider's, not the product's."""

from collections.abc import Iterable

LANGUAGES = ("fr", "en")
SIGNS = {"eur": "€", "gbp": "£", "usd": "$"}
NO_BREAK, NARROW = "\u00a0", "\u202f"
FRENCH = {
    "language": "fr",
    "banner": "BAC À SABLE — aucun argent réel",
    "error_prefix": "Erreur : ",
    "card_title": "Enregistrer une carte",
    "card_intro": "Rien n’est débité aujourd’hui. La carte est gardée pour un débit ultérieur, "
    "que le site vous annoncera.",
    "number": "Numéro de carte",
    "number_hint": "Un des numéros d’essai ci-dessous, jamais une vraie carte.",
    "expiry": "Date d’expiration (MM / AA)",
    "expiry_hint": "N’importe quelle date à venir, par exemple {example}.",
    "cvc": "Code de sécurité",
    "cvc_hint": "N’importe quels chiffres : 3, ou 4 pour American Express.",
    "holder": "Nom du titulaire",
    "submit": "Enregistrer la carte",
    "cancel": "Annuler et revenir au site",
    "summary": "La carte n’a pas été enregistrée",
    "pay_card_title": "Payer {amount}",
    "pay_card_intro": "Le montant est débité tout de suite.",
    "pay_submit": "Payer {amount}",
    "pay_summary": "Le paiement n’a pas été fait",
    "error_number_missing": "Saisissez un numéro de carte d’essai, par exemple 4242 4242 4242 4242.",
    "error_number_unknown": "Ce numéro n’est pas une carte d’essai. Ne saisissez jamais une vraie carte ici : "
    "choisissez un numéro de la liste.",
    "error_expiry_missing": "Saisissez la date d’expiration, par exemple {example}.",
    "error_expiry_shape": "Écrivez le mois puis l’année, par exemple {example}.",
    "error_expiry_past": "Cette date est passée : saisissez une date à venir, par exemple {example}.",
    "error_cvc_missing": "Saisissez le code de sécurité, par exemple {cvc}.",
    "error_cvc_shape": "Le code de sécurité de cette carte compte {digits} chiffres.",
    "error_holder_missing": "Saisissez le nom du titulaire.",
    "generic_decline": "Votre carte a été refusée par la banque. Essayez une autre carte.",
    "insufficient_funds": "Votre carte a été refusée : solde insuffisant. Essayez une autre carte.",
    "expired_card": "Votre carte a expiré. Essayez une autre carte.",
    "incorrect_cvc": "Le code de sécurité ne correspond pas à la carte. Vérifiez-le ou essayez une autre carte.",
    "processing_error": "La banque n’a pas pu répondre. Essayez de nouveau dans un instant.",
    "not_recognised": "La banque ne vous a pas reconnu : la carte n’est pas enregistrée. Essayez de nouveau ou prenez "
    "une autre carte.",
    "pay_not_recognised": "La banque ne vous a pas reconnu : rien n’a été débité. Essayez de nouveau ou prenez une "
    "autre carte.",
    "cards_title": "Cartes d’essai",
    "cards_caption": "Numéros acceptés par cette page et ce qu’ils font",
    "cards_number": "Numéro",
    "cards_effect": "Ce qui se passe",
    "tip_ok": "Acceptée.",
    "tip_3ds_once": "La banque demande une validation maintenant, puis laisse débiter.",
    "tip_3ds_always": "Validation maintenant ; le débit ultérieur est refusé, faute d’une nouvelle validation.",
    "tip_3ds_no_funds": "Validation maintenant ; le débit ultérieur est refusé, solde insuffisant.",
    "tip_charge_declined": "Enregistrée ; le débit ultérieur est refusé.",
    "tip_declined": "Refusée tout de suite.",
    "tip_no_funds": "Refusée tout de suite, solde insuffisant.",
    "tip_expired": "Refusée tout de suite, carte expirée.",
    "tip_dispute": "Acceptée ; une fois débité, le titulaire conteste.",
    "tip_inquiry": "Acceptée ; une fois débité, la banque demande des comptes, sans prendre l’argent.",
    "tip_refund_fails": "Acceptée ; un remboursement éventuel échoue le lendemain.",
    "tip_mastercard": "Mastercard acceptée.",
    "tip_amex": "American Express acceptée (code à 4 chiffres).",
    "onboard_title": "Recevoir l’argent de vos campagnes",
    "onboard_intro": "Cette page joue le rôle du prestataire de paiement. N’y écrivez rien de vrai : inventez un nom "
    "et prenez un IBAN d’essai.",
    "onboard_name": "Nom de la structure ou de la personne",
    "onboard_name_hint": "Un nom inventé, par exemple Les Jardins d’essai.",
    "representative": "Prénom et nom du représentant",
    "representative_hint": "Un nom inventé, par exemple Camille Exemple.",
    "iban": "IBAN",
    "iban_hint": "Un des IBAN d’essai ci-dessous, jamais un vrai compte.",
    "onboard_submit": "Envoyer",
    "onboard_cancel": "Terminer plus tard et revenir au site",
    "onboard_summary": "Rien n’a été envoyé",
    "error_name_missing": "Saisissez un nom inventé, par exemple Les Jardins d’essai.",
    "error_representative_missing": "Saisissez un nom inventé, par exemple Camille Exemple.",
    "error_iban_missing": "Saisissez un IBAN d’essai, par exemple FR14 2004 1010 0505 0001 3M02 606.",
    "error_iban_unknown": "Ce numéro n’est pas un IBAN d’essai. Ne saisissez jamais un vrai compte ici : choisissez-en "
    "un de la liste.",
    "ibans_title": "IBAN d’essai",
    "ibans_caption": "Numéros acceptés par cette page et ce qu’ils font",
    "tip_iban_ok": "Vérifié tout de suite, puis payé chaque jour.",
    "tip_iban_later": "Vérifié le lendemain.",
    "tip_iban_closed": "Vérifié tout de suite ; les virements échouent, compte fermé.",
    "tip_iban_refused": "Refusé.",
    "challenge_title": "Votre banque vous demande de valider",
    "challenge_intro_setup": "Cette page joue le rôle de votre banque. Autorisez-vous l’enregistrement de la carte "
    "{brand} se terminant par {last4} ?",
    "challenge_intro_payment": "Cette page joue le rôle de votre banque. Autorisez-vous le paiement de {amount} avec "
    "la carte {brand} se terminant par {last4} ?",
    "approve": "Valider",
    "refuse": "Refuser",
    "closed_title": "Cette page n’est plus valable",
    "closed_expired": "Le délai pour enregistrer une carte est passé. Rien n’a été enregistré ni débité.",
    "closed_complete": "La carte est déjà enregistrée.",
    "pay_closed_expired": "Le délai pour payer est passé. Rien n’a été débité.",
    "pay_closed_complete": "Le paiement est déjà fait.",
    "closed_unknown": "Cette adresse ne mène à aucune page ouverte.",
    "closed_challenge": "Cette demande de validation est terminée.",
    "back": "Revenir au site",
}
ENGLISH = {
    "language": "en",
    "banner": "SANDBOX — no real money",
    "error_prefix": "Error: ",
    "card_title": "Save a card",
    "card_intro": "Nothing is charged today. The card is kept for a later charge, which the site will announce.",
    "number": "Card number",
    "number_hint": "One of the test numbers below, never a real card.",
    "expiry": "Expiry date (MM / YY)",
    "expiry_hint": "Any date to come, for example {example}.",
    "cvc": "Security code",
    "cvc_hint": "Any digits: 3, or 4 for American Express.",
    "holder": "Name on the card",
    "submit": "Save the card",
    "cancel": "Cancel and go back to the site",
    "summary": "The card was not saved",
    "pay_card_title": "Pay {amount}",
    "pay_card_intro": "The amount is charged at once.",
    "pay_submit": "Pay {amount}",
    "pay_summary": "The payment was not made",
    "error_number_missing": "Enter a test card number, for example 4242 4242 4242 4242.",
    "error_number_unknown": "This number is not a test card. Never type a real card here: choose a number of the list.",
    "error_expiry_missing": "Enter the expiry date, for example {example}.",
    "error_expiry_shape": "Write the month, then the year, for example {example}.",
    "error_expiry_past": "This date is past: enter a date to come, for example {example}.",
    "error_cvc_missing": "Enter the security code, for example {cvc}.",
    "error_cvc_shape": "The security code of this card has {digits} digits.",
    "error_holder_missing": "Enter the name on the card.",
    "generic_decline": "Your card was declined by the bank. Try another card.",
    "insufficient_funds": "Your card was declined: insufficient funds. Try another card.",
    "expired_card": "Your card has expired. Try another card.",
    "incorrect_cvc": "The security code does not match the card. Check it or try another card.",
    "processing_error": "The bank could not answer. Try again in a moment.",
    "not_recognised": "The bank did not recognise you: the card is not saved. Try again or use another card.",
    "pay_not_recognised": "The bank did not recognise you: nothing was charged. Try again or use another card.",
    "cards_title": "Test cards",
    "cards_caption": "Numbers that this page accepts and what they do",
    "cards_number": "Number",
    "cards_effect": "What happens",
    "tip_ok": "Accepted.",
    "tip_3ds_once": "The bank asks for an approval now, then lets charges pass.",
    "tip_3ds_always": "Approval now; the later charge is declined for want of a new approval.",
    "tip_3ds_no_funds": "Approval now; the later charge is declined, insufficient funds.",
    "tip_charge_declined": "Saved; the later charge is declined.",
    "tip_declined": "Declined at once.",
    "tip_no_funds": "Declined at once, insufficient funds.",
    "tip_expired": "Declined at once, expired card.",
    "tip_dispute": "Accepted; once charged, its holder disputes it.",
    "tip_inquiry": "Accepted; once charged, the bank asks about it, and takes no money.",
    "tip_refund_fails": "Accepted; a refund, if any, fails the next day.",
    "tip_mastercard": "Mastercard, accepted.",
    "tip_amex": "American Express, accepted (4-digit code).",
    "onboard_title": "Receive the money of your campaigns",
    "onboard_intro": "This page plays the part of the payment provider. Write nothing true here: invent a name and "
    "take a test IBAN.",
    "onboard_name": "Name of the organisation or person",
    "onboard_name_hint": "An invented name, for example Les Jardins d’essai.",
    "representative": "First and last name of the representative",
    "representative_hint": "An invented name, for example Camille Exemple.",
    "iban": "IBAN",
    "iban_hint": "One of the test IBANs below, never a real account.",
    "onboard_submit": "Send",
    "onboard_cancel": "Finish later and go back to the site",
    "onboard_summary": "Nothing was sent",
    "error_name_missing": "Enter an invented name, for example Les Jardins d’essai.",
    "error_representative_missing": "Enter an invented name, for example Camille Exemple.",
    "error_iban_missing": "Enter a test IBAN, for example FR14 2004 1010 0505 0001 3M02 606.",
    "error_iban_unknown": "This number is not a test IBAN. Never type a real account here: choose one of the list.",
    "ibans_title": "Test IBANs",
    "ibans_caption": "Numbers that this page accepts and what they do",
    "tip_iban_ok": "Verified at once, then paid every day.",
    "tip_iban_later": "Verified the next day.",
    "tip_iban_closed": "Verified at once; payouts fail, account closed.",
    "tip_iban_refused": "Refused.",
    "challenge_title": "Your bank asks for your approval",
    "challenge_intro_setup": "This page plays the part of your bank. Do you allow the {brand} card ending in {last4} "
    "to be saved?",
    "challenge_intro_payment": "This page plays the part of your bank. Do you allow the payment of {amount} with the "
    "{brand} card ending in {last4}?",
    "approve": "Approve",
    "refuse": "Refuse",
    "closed_title": "This page is no longer valid",
    "closed_expired": "The time to save a card is over. Nothing was saved or charged.",
    "closed_complete": "The card is already saved.",
    "pay_closed_expired": "The time to pay is over. Nothing was charged.",
    "pay_closed_complete": "The payment is already made.",
    "closed_unknown": "This address leads to no open page.",
    "closed_challenge": "This request for approval is finished.",
    "back": "Back to the site",
}
WORDS = {"fr": FRENCH, "en": ENGLISH}


def amount(cents: int, currency: str, language: str) -> str:
    """Write an amount as its readers do: « 1 234,50 € », "€1,234.50"."""
    plain = f"{cents / 100:,.2f}"
    sign = SIGNS.get(currency, currency.upper())
    if language == "fr":
        return f"{plain.replace(',', NARROW).replace('.', ',')}{NO_BREAK}{sign}"
    return f"{sign}{plain}"


def words(locale: str | None, accepted: Iterable[str]) -> dict[str, str]:
    """Return the words of a visitor.

    locale: of the session, where ``auto`` or none means the browser's languages, in order of preference. French is
    spoken to those who ask for it, English to all others.
    """
    wished = [locale] if locale and locale != "auto" else list(accepted)
    for language in wished:
        short = language.lower().replace("_", "-").split("-")[0]
        if short in WORDS:
            return WORDS[short]
    return ENGLISH
