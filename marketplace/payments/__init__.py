"""Stripe's side of the house: gateway, event inbox, ledger. Knows nothing of pledges."""
