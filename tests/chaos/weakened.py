"""A service with one of its mechanisms switched off (`CHAOS_WITHOUT`), to see that the suite notices its absence."""

import os
import runpy
from typing import Any

from shared.streams import chats, scripts

SERVICE = os.environ["STACK_NAME"].rpartition("-")[0]
WITHOUT = os.environ["CHAOS_WITHOUT"]
CHECKS = {
    "fencing": {
        "redis.call('GET', fence) ~= ARGV[4]": "false",
        "redis.call('GET', KEYS[4]) ~= ARGV[4]": "false",
        "redis.call('GET', KEYS[2]) ~= ARGV[1]": "false",
        "redis.call('GET', KEYS[2]) ~= ARGV[3]": "false",
        "pending[1][2] ~= consumer": "false",
    },
    # everybody has every lane, as competing consumers do
    "lease": {
        "redis.call('EXISTS', KEYS[1]) == 1": "false",
        "string.format('%.0f', math.max(last + 1, tonumber(time[1]) * 1000000 + tonumber(time[2])))": "'1'",
    },
    "dedupe": {"redis.call('EXISTS', KEYS[1]) == 1": "false"},
}
SCRIPTS = {
    "fencing": ("commit", "attempt", "renew", "release", "read", "claim"),
    "lease": ("acquire",),
    "dedupe": ("append",),
}


def main() -> None:
    real = scripts.source
    texts = [real(name) for name in SCRIPTS.get(WITHOUT, ())]
    for check in CHECKS.get(WITHOUT, ()):
        assert any(check in text for text in texts), f"no script says {check}: what is switched off?"

    def weak(name: str) -> str:
        text = real(name)
        if name in SCRIPTS.get(WITHOUT, ()):
            for check, instead in CHECKS[WITHOUT].items():
                text = text.replace(check, instead)
        return text

    scripts.source = weak
    if WITHOUT == "park":
        _hold = chats.ChatQueues.hold

        def hold(self: Any, flight: Any, until_ms: int, now_ms: int) -> None:
            self._of(flight).flights.rotate(-1)
            _hold(self, flight, until_ms, now_ms)

        chats.ChatQueues.hold = hold  # type: ignore[method-assign]
    if WITHOUT == "proof" and SERVICE == "sender":
        from sender.proof import Proof

        async def nothing(*_: Any) -> None:
            return None

        Proof.echoed = Proof.searched = nothing  # type: ignore[method-assign,assignment]
    runpy.run_module(SERVICE, run_name="__main__")


main()
