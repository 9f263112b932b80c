"""Opening a stranger's file in a process that may do nothing else. Never inside a transaction."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from marketplace.residency.errors import ProofUnreadable

MOST_BYTES = 5 * 1024 * 1024
PATIENCE_SECONDS = 6.0
_PROGRAM = Path(__file__).with_name("decoder.py")


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

    Raises ProofUnreadable: file_empty, file_too_big, file_type_unknown, file_two_types, file_damaged, file_protected,
    file_active, pages_too_many, pixels_too_many, pixels_too_few, file_too_heavy (time or memory ran out).
    """
    if len(data) > MOST_BYTES:
        raise ProofUnreadable("file_too_big", most_bytes=MOST_BYTES)
    # -I: neither the environment nor the working folder says what is imported.
    command = [sys.executable, "-I", "-X", "faulthandler=0", str(_PROGRAM)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no argument from outside
            command, input=data, capture_output=True, timeout=PATIENCE_SECONDS, env=_BARE, check=False
        )
        head, _newline, rest = done.stdout.partition(b"\n")
        answer = json.loads(head)
    except (subprocess.TimeoutExpired, ValueError):
        raise ProofUnreadable("file_too_heavy") from None  # killed by its own limits, or by ours
    if "wrong" in answer:
        code = answer["wrong"]
        raise ProofUnreadable(code)
    pages, start = [], 0
    for size in answer["sizes"]:
        pages.append(rest[start : start + size])
        start += size
    return Opened(answer["kind"], tuple(answer["codes"]), answer["other_codes"], tuple(pages))


# Libraries look for their folders; nothing else of ours is told.
_BARE = {"PATH": os.defpath, "LANG": "C.UTF-8"}
