"""Files for spreadsheets: nothing typed by anybody becomes a formula, and accents survive Excel."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import Response

# What a spreadsheet would take for the beginning of a formula. Source: OWASP, CSV injection.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_BOM = "\ufeff"


def cell(value: object) -> str:
    """Return a value as a cell holds it: an apostrophe before what would be a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return "oui" if value else "non"
    text = str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) and not isinstance(value, int) else text


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Return rows as a file to download: semicolons, quotes around every cell, UTF-8 with its mark."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    response = Response(_BOM + out.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
