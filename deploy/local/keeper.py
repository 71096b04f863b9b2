"""Starts this checkout's engines again when one has died, as supervisord does the processes.

python -m deploy.local.keeper
"""

import signal
import sys
from threading import Event, Thread
from typing import Any

from deploy.local import checkout
from deploy.local.engines.engine import Engine
from deploy.local.failure import Failure

LONGEST_PAUSE = 60  # seconds, for what dies again and again


def keep(engine: Engine, ending: Event) -> None:
    """Look every second until the end; what cannot stay alive is given longer and longer."""
    pause = 1
    while not ending.wait(pause):
        if engine.process:
            pause = 1
            continue
        try:
            if engine.revive():
                print(f"{engine.title} had died and was started again", flush=True)
        except (Failure, OSError) as failure:
            print(f"{engine.title} could not be started again: {failure}", file=sys.stderr)
        pause = min(2 * pause, LONGEST_PAUSE)


def main() -> None:
    ending = Event()

    def end(*_: Any) -> None:
        ending.set()  # not in the middle of a start: its process would be nobody's

    signal.signal(signal.SIGTERM, end)
    keepers = [Thread(target=keep, args=(engine, ending)) for engine in checkout.engines()]
    for one in keepers:
        one.start()
    ending.wait()
    for one in keepers:
        one.join()


if __name__ == "__main__":
    main()
