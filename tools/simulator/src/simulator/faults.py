"""Which of the faults that are switched on strikes this call?"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from random import Random
from typing import Any

from .numbers import to_jid
from .recorded import Recorded

PLAIN = frozenset(
    {
        "slow",
        "timeout",
        "reset",
        "status_502",
        "status_503",
        "status_504",
        "took_but_400",
        "accepted_then_error",
        "accepted_pending_forever",
        "silent",
        "license_required",
    }
)
# Short names for recorded refusals; connection_closed answers by whether the number is cached.
ALIASES = {
    "timed_out": "sendText_timed_out_during_send_400",
    "rate_overlimit": "sendText_rate_overlimit_400",
    "never_connected": "sendText_instance_never_connected",
    "number_not_on_whatsapp": "sendText_number_not_on_whatsapp_400",
    "connection_closed_cached": "sendText_connection_closed_cached_number_400",
    "connection_closed_uncached": "sendText_connection_closed_uncached_number_500",
}
CONNECTION_CLOSED = "connection_closed"
SLOW = 1000  # ms, unless told otherwise


@dataclass(slots=True)
class Fault:
    fault: str
    call: str = "*"
    times: int | None = None
    probability: float = 1.0
    number: str | None = None
    instance: str | None = None
    delay_ms: float = 0
    delivered: bool = False
    echo: bool | None = None
    acks: bool = True
    stored: bool = True
    id: int = 0
    struck: int = 0

    def concerns(self, call: str, instance: str, number: str) -> bool:
        return (
            self.call in ("*", call)
            and self.instance in (None, instance)
            and (self.number is None or to_jid(self.number) == to_jid(number))
        )

    def view(self) -> dict[str, Any]:
        return asdict(self)


class Faults:
    def __init__(self, random: Random, recorded: Recorded) -> None:
        self._random = random
        self._recorded = recorded
        self._on: dict[int, Fault] = {}
        self._last = 0

    def add(self, wanted: dict[str, Any]) -> Fault:
        """Switch one on; ValueError says what is wrong with it."""
        fault = Fault(**_known_fields(wanted))
        self._check(fault.fault)
        if fault.fault == "slow" and not fault.delay_ms:
            fault.delay_ms = SLOW
        self._last += 1
        fault.id = self._last
        self._on[fault.id] = fault
        return fault

    def _check(self, name: str) -> None:
        if name in PLAIN:
            return
        kind, _, stem = name.partition(":")
        if kind != "capture" or not (stem in ALIASES or stem == CONNECTION_CLOSED or self._recorded.has_answer(stem)):
            shown = ", ".join(sorted(PLAIN))
            raise ValueError(f"no fault {name!r}: use one of {shown}, or capture:<recorded answer>")

    def strike(self, call: str, instance: str, number: str) -> Fault | None:
        for fault in self._on.values():
            if fault.concerns(call, instance, number) and self._hits(fault):
                self._spend(fault)
                return fault
        return None

    def _hits(self, fault: Fault) -> bool:
        return fault.probability >= 1 or self._random.random() < fault.probability

    def _spend(self, fault: Fault) -> None:
        fault.struck += 1
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                del self._on[fault.id]

    def remove(self, fault_id: int) -> bool:
        return self._on.pop(fault_id, None) is not None

    def clear(self) -> None:
        self._on.clear()

    def views(self) -> list[dict[str, Any]]:
        return [fault.view() for fault in self._on.values()]


_NAMES = {field.name for field in fields(Fault)} - {"id", "struck"}


def _known_fields(wanted: dict[str, Any]) -> dict[str, Any]:
    unknown = set(wanted) - _NAMES
    if unknown or not isinstance(wanted.get("fault"), str):
        raise ValueError(f"a fault has {', '.join(sorted(_NAMES))}; 'fault' is required, {sorted(unknown)} unknown")
    return wanted
