"""Run the sandbox as a process: ``python -m marketplace.sandbox --port 8001 --store var/sandbox.sqlite``."""

import argparse
import signal
import sys
import threading
from types import FrameType

from marketplace.sandbox.server import LOOPBACK, Sandbox
from marketplace.sandbox.store import StoreBusyError


def main() -> int:
    """Serve until SIGTERM or Ctrl-C; return the exit status, 1 when the port or the file is taken."""
    parser = argparse.ArgumentParser(prog="python -m marketplace.sandbox", description="The embedded Stripe sandbox.")
    parser.add_argument("--host", default="127.0.0.1", choices=LOOPBACK)
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--store", default="var/sandbox.sqlite", help="file of the store, or :memory:")
    arguments = parser.parse_args()
    try:
        sandbox = Sandbox(store=arguments.store, host=arguments.host, port=arguments.port)
    except StoreBusyError:
        sys.stderr.write(f"Sandbox: {arguments.store} is used by another sandbox; stop it or choose another --store.\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"Sandbox: cannot listen on {arguments.host}:{arguments.port}: {error.strerror}.\n")
        return 1

    def stop(_number: int, _frame: FrameType | None) -> None:
        # serve() runs in this thread: it can only be told to stop by another.
        threading.Thread(target=sandbox.stop).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write(f"Sandbox listening on {sandbox.url}, store {arguments.store}\n")
    sys.stdout.flush()
    try:
        sandbox.serve()
    finally:
        sandbox.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
