"""A stand-in for `python -m marketplace`: supervises shell commands. `supervised.py FOLDER NAME=COMMAND…`

A program is ready when FOLDER/NAME.ready exists; its command makes it.
"""

import os
import sys
from pathlib import Path

from marketplace.supervisor import Patience, Program, ProgramFailed, Stop, Supervisor, stoppable


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


folder = Path(sys.argv[1])
patience = Patience(first_delay=0.05, ends=3, window=10)
supervisor = Supervisor(folder, folder, patience=patience, say=say)
status = 0
with stoppable() as ignore_signals:
    try:
        for text in sys.argv[2:]:
            name, command = text.split("=", 1)
            ready = (folder / f"{name}.ready").exists
            argv = ("/bin/sh", "-c", command)
            supervisor.start(Program(name, argv, dict(os.environ), ready=ready, patience=1.5, grace=0.4))
        supervisor.await_ready()
        say("ready")
        supervisor.watch()
    except Stop:
        say("stopping")
    except ProgramFailed as failed:
        say(f"failed: {failed}\n{failed.log}")
        status = 1
    finally:
        ignore_signals()
        say("killed: " + " ".join(supervisor.stop()))
sys.exit(status)
