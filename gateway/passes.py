"""The gateway's own tokens: short, for one instance, so that no service can replay what it got."""

import time
from collections.abc import Callable
from functools import lru_cache

from chassis.tokens import Caller, Signer

LIFE_S = 60
MARGIN_S = 10
"""A token is not handed out in its last seconds, which the call itself needs."""
KEPT = 10_000


class Passes:
    def __init__(self, signer: Signer, clock: Callable[[], float] = time.time) -> None:
        self._signer, self._clock = signer, clock
        self._kept = lru_cache(KEPT)(self._signed)

    def of(self, caller: Caller, instance: str) -> str:
        """Signed once per caller with all that is said of them, instance, and span of LIFE_S -
        MARGIN_S seconds."""
        return self._kept(caller, instance, int(self._clock() // (LIFE_S - MARGIN_S)))

    def _signed(self, caller: Caller, instance: str, _span: int) -> str:
        left = caller.expires - int(self._clock())
        return self._signer.signed(
            audience=instance, subject=caller.subject, tenant=caller.tenant,
            roles=caller.roles, seconds=min(LIFE_S, left), **caller.about,
        )  # fmt: skip
