"""Instruments and their terms: the owner's form, the schedule of an amount, the information sheet."""
