"""What can break, and how is it mended?"""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable

import redis

from demo.http import call
from demo.stack import Stack

GATEWAY: tuple[dict[str, object], ...] = (
    {"fault": "timeout", "delivered": True}, {"fault": "timeout", "delivered": False},
    {"fault": "reset", "delivered": True}, {"fault": "reset", "delivered": False},
    {"fault": "status_502", "delivered": True}, {"fault": "status_504", "delivered": False},
    {"fault": "timeout", "delivered": True, "echo": False},
    {"fault": "timeout", "delivered": True, "echo": False, "stored": False, "times": 1},  # leaves no trace at all
    {"fault": "capture:timed_out"}, {"fault": "capture:connection_closed"},
    {"fault": "took_but_400"}, {"fault": "silent"}, {"fault": "slow", "delay_ms": 1500},
)  # fmt: skip
PAUSE_S = (0.3, 1.5)


class Breaker:
    """Breaks one thing after another, and remembers what."""

    def __init__(self, stack: Stack, draw: random.Random, *, freezing: bool) -> None:
        self._stack = stack
        self._freezing = freezing
        self._draw = draw
        self._stopped: list[str] = []
        self.done: Counter[str] = Counter()
        self._ways: list[tuple[str, int, Callable[[], None]]] = [
            ("kill -9", 5, self._kill),
            ("SIGSTOP", 20 if freezing else 3, self._freeze),
            ("SIGTERM", 2, self._restart),
            ("redis kill -9", 2, self._restart_redis),
            ("redis SIGSTOP", 2, self._freeze_redis),
            ("redis CLIENT PAUSE", 2, self._pause_redis),
            ("connections cut", 3, self._cut),
            ("gateway fault", 8, self._gateway_fault),
            ("gateway offline", 1, self._gateway_offline),
            ("webhooks mixed up", 2, self._mix_webhooks),
        ]

    def keep_breaking(self, over: threading.Event) -> None:
        """Until `over`."""
        names = [name for name, _, _ in self._ways]
        weights = [weight for _, weight, _ in self._ways]
        while not over.wait(self._draw.uniform(*PAUSE_S)):
            name = self._draw.choices(names, weights)[0]
            next(act for known, _, act in self._ways if known == name)()
            self.done[name] += 1

    def mend(self) -> None:
        """Everything runs again; the gateway is well."""
        simulator = self._stack.url("simulator")
        for name in self._stopped:
            self._stack.processes[name].signal(signal.SIGCONT)
        call("DELETE", f"{simulator}/sim/faults")
        call("DELETE", f"{simulator}/sim/offline")
        call("POST", f"{simulator}/sim/webhooks", {"duplicate": 0, "reorder": False, "delay_ms": 0})
        for name, process in self._stack.processes.items():
            if not process.alive:
                self._stack.restart(name)

    def _victim(self) -> str:
        return self._draw.choice([name for name in self._stack.processes if name != "simulator"])

    def _kill(self) -> None:
        name = self._victim()
        self._stack.processes[name].kill()
        self._stack.processes[name].start()

    def _restart(self) -> None:
        name = self._victim()
        self._thaw()
        self._stack.processes[name].stop(60)
        self._stack.processes[name].start()

    def _freeze(self) -> None:
        """SIGSTOP for longer than a lease, now and then."""
        self._thaw()
        names = {self._victim() for _ in range(2 if self._freezing else 1)}
        for name in names:
            self._stack.processes[name].signal(signal.SIGSTOP)
            self._stopped.append(name)
        if self._draw.random() < 0.7:
            time.sleep(self._draw.uniform(0.2, 5))
            self._thaw()

    def _thaw(self) -> None:
        while self._stopped:
            self._stack.processes[self._stopped.pop()].signal(signal.SIGCONT)

    def _restart_redis(self) -> None:
        self._stack.redis.kill()
        time.sleep(self._draw.uniform(0, 2))
        self._stack.redis.start()

    def _freeze_redis(self) -> None:
        """For longer than a command may take, now and then: what nobody waits for any more is done all the same."""
        process = self._stack.redis.process
        process.signal(signal.SIGSTOP)
        time.sleep(self._draw.uniform(0.2, 5))
        process.signal(signal.SIGCONT)

    def _pause_redis(self) -> None:
        """It reads on, and answers later: writes only, or all."""
        with redis.Redis.from_url(self._stack.redis.url) as client:
            client.client_pause(self._draw.randrange(200, 5_000), all=self._draw.random() < 0.5)

    def _cut(self) -> None:
        with redis.Redis.from_url(self._stack.redis.url) as client:
            client.client_kill_filter(_type="normal", skipme=True)

    def _gateway_fault(self) -> None:
        fault = self._draw.choice(GATEWAY[1:4:2] if self._freezing else GATEWAY)
        strikes = {"call": "sendText", "times": self._draw.randrange(1, 5), **fault}
        call("POST", f"{self._stack.url('simulator')}/sim/faults", strikes)
        self.done[_title(fault)] += 1

    def _gateway_offline(self) -> None:
        call("POST", f"{self._stack.url('simulator')}/sim/offline", {"seconds": self._draw.uniform(0.5, 4)})

    def _mix_webhooks(self) -> None:
        mixed = {"duplicate": self._draw.randrange(3), "reorder": self._draw.random() < 0.5, "window_ms": 500}
        call("POST", f"{self._stack.url('simulator')}/sim/webhooks", mixed)


def _title(fault: dict[str, object]) -> str:
    return " ".join(f"{key}={value}" for key, value in fault.items())
