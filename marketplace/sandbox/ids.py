"""Identifiers that look like Stripe's: a prefix that tells the kind, then random letters and digits."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits
SHAPES = {
    "account_link": ("acctlnk_1", 23),
    "balance_transaction": ("txn_3", 23),
    "bank_account": ("ba_1", 23),
    "charge": ("ch_3", 23),
    "checkout.session": ("cs_test_a1", 56),
    "customer": ("cus_", 14),
    "dispute": ("du_1", 23),
    "event": ("evt_1", 23),
    "mandate": ("mandate_1", 23),
    "payment": ("py_1", 23),
    "payment_intent": ("pi_3", 23),
    "payment_method": ("pm_1", 23),
    "payout": ("po_1", 23),
    "refund": ("re_3", 23),
    "request": ("req_", 14),
    "setup_attempt": ("setatt_1", 23),
    "setup_intent": ("seti_1", 23),
    "test_helpers.test_clock": ("clock_1", 23),
    "transfer": ("tr_3", 23),
    "transfer_reversal": ("trr_1", 23),
    "v2.core.account": ("acct_1", 15),
    "webhook_endpoint": ("we_1", 23),
    "webhook_secret": ("whsec_", 32),
}


def random_text(length: int, alphabet: str = ALPHABET) -> str:
    """Return letters and digits that nobody can guess."""
    return "".join(secrets.choice(alphabet) for _ in range(length))


def new_id(kind: str) -> str:
    """Return a new identifier of a kind of object."""
    prefix, length = SHAPES[kind]
    return prefix + random_text(length)


def client_secret(id: str) -> str:
    """Return the secret of an intent, which a browser may hold."""
    return f"{id}_secret_{random_text(25)}"
