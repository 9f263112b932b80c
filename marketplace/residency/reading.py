"""Opening a proof of residence, in a process that may do nothing else (`core.opening`). Never inside a transaction."""

from dataclasses import dataclass

from marketplace.core import opening
from marketplace.residency.errors import ProofUnreadable

MOST_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True)
class Opened:
    """What is in a file. kind: "pdf", "jpeg" or "png". codes: texts of its Data Matrix codes, as they were read.

    other_codes: how many barcodes of other kinds. pages: JPEG pictures of its pages, in order, drawn again.
    """

    kind: str
    codes: tuple[str, ...]
    other_codes: int
    pages: tuple[bytes, ...]


def open_file(data: bytes) -> Opened:
    """Return what is in a file. data: at most MOST_BYTES are given to the program that reads it.

    Raises ProofUnreadable: file_too_big and the codes of `opening.opened`.
    """
    if len(data) > MOST_BYTES:
        raise ProofUnreadable("file_too_big", most_bytes=MOST_BYTES)
    try:
        said, pages = opening.opened("proof", data)
    except opening.Unopened as wrong:
        code = wrong.code
        raise ProofUnreadable(code) from None
    return Opened(said["kind"], tuple(said["codes"]), said["other_codes"], pages)
