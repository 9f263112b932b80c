"""What stops every thread of a process at once."""

import gc


def settle_in() -> None:
    """Leave what is loaded by now out of what the collector of garbage looks through.

    A full round of it through a program as large as this one stops every thread for 80 ms. In the worker, requests that
    are late by as much meet the next ones at the payment provider, which answers 429 and is left alone for a second.
    """
    gc.collect()
    gc.freeze()
