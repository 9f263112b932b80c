"""A process that starts and stops an embedded server when told to: `embedded_actor.py UID GID BASE STATE KIND`.

It becomes that account after its imports, since the account may be unable to reach the interpreter.
"""

import os
import sys
from pathlib import Path

from marketplace.core.embedded import Embedded, EmbeddedError, binaries

uid, gid, base, state, kind = sys.argv[1:]
binaries.major()  # imports as well
if os.geteuid() != int(uid):
    os.setgroups([])
    os.setresgid(int(gid), int(gid), int(gid))
    os.setresuid(int(uid), int(uid), int(uid))

server = Embedded(Path(base), state=Path(state), throwaway=kind == "throwaway", wait=30)
sys.stdout.write("here\n")
sys.stdout.flush()
for line in sys.stdin:
    try:
        answer = str({"start": server.start, "stop": server.stop}[line.strip()]())
    except EmbeddedError as error:
        answer = f"refused: {error}"
    sys.stdout.write(answer.replace("\n", " ") + "\n")
    sys.stdout.flush()
