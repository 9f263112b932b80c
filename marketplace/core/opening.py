"""Opening a stranger's file in a process that may do nothing else (`opener`). Never inside a transaction."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 6.0
PROGRAM = Path(__file__).with_name("opener.py")
# Libraries look for their folders; nothing else of ours is told.
_BARE = {"PATH": os.defpath, "LANG": "C.UTF-8"}


class Unopened(Exception):  # noqa: N818 - an answer, not a breakdown
    """The file is not what it may be. code: of `opener.Wrong`, or file_too_heavy: time or memory ran out."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def opened(use: str, data: bytes) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    """Return what a file says and the pictures drawn of it. use: "proof", "photo" or "document".

    Raises Unopened: file_empty, file_type_unknown, file_two_types, file_damaged, file_protected, file_active,
    pages_too_many, pixels_too_many, pixels_too_few, file_too_heavy.
    """
    # -I: neither the environment nor the working folder says what is imported.
    command = [sys.executable, "-I", "-X", "faulthandler=0", str(PROGRAM), use]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no argument from outside
            command, input=data, capture_output=True, timeout=PATIENCE_SECONDS, env=_BARE, check=False
        )
        head, _newline, rest = done.stdout.partition(b"\n")
        answer = json.loads(head)
    except (subprocess.TimeoutExpired, ValueError):
        raise Unopened("file_too_heavy") from None  # killed by its own limits, or by ours
    if "wrong" in answer:
        raise Unopened(answer["wrong"])
    pictures, start = [], 0
    for size in answer["sizes"]:
        pictures.append(rest[start : start + size])
        start += size
    return answer, tuple(pictures)
