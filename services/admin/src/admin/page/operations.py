"""Which operations on a number's queues can be asked for, and what does a filled-in form ask the API?"""

from dataclasses import dataclass
from typing import Any

import msgspec

from admin.http.problems import Problem
from admin.page.forms import Form

AT = "/admin/streams"
CHOICES = ("outbound", "vip", "inbound", "all")
STREAM_OF = {"sender": "outbound", "responder": "inbound"}
"""What a service's replicas work: whoever chooses a worker has chosen the queue."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One of them."""

    name: str
    """As the API, the audit and the address of its page call it."""
    word: str
    """What its words begin with."""
    method: str = "POST"
    confirmed: bool = False
    """Whether the number's name must be typed."""
    resends: bool = False
    """Whether it can be told to send again what was sent."""
    moves: bool = False
    """Whether it takes a worker, instead of a choice of queues."""
    lasting: bool = False
    """Whether it does something even when nothing waits."""

    @property
    def route(self) -> str:
        return f"{self.method} {AT}/{self.name}"

    def asked(self, given: Form) -> dict[str, str | bool]:
        """What a form asks for, beside the instance. What it leaves out is left to the API."""
        if self.moves:
            service, _, worker = given.text("worker").partition(":")
            return {"stream": STREAM_OF.get(service, "outbound"), "worker": worker}
        stream: dict[str, str | bool] = {"stream": given.text("stream") or "outbound"}
        return stream | ({"resend": True} if self.resends and given.checked("resend") else {})


OPERATIONS = (
    Operation("claim-pending-to-worker", "claim", moves=True),
    Operation("reset-to-begin", "begin", resends=True, lasting=True),
    Operation("reset-to-latest", "latest", confirmed=True),
    Operation("destroy-recreate", "recreate", "DELETE", confirmed=True, resends=True, lasting=True),
)
"""The gentlest first."""


def operation_of(name: str) -> Operation:
    """The operation of this name. Raises Problem 404."""
    for one in OPERATIONS:
        if one.name == name:
            return one
    raise Problem(404, f"there is no operation {name!r} on queues")


@dataclass(frozen=True, slots=True)
class Trial:
    """What a dry run came to."""

    told: Any
    """As the API tells it."""
    seen: str
    """Its entity tag: the real run is bound to it."""
    twice: int = 0
    """Messages that would be sent again although the log shows them as sent."""

    @property
    def already_sent(self) -> int:
        """What would be taken out, because the log shows it as sent."""
        return already_sent(self.told)


def counted(told: Any) -> dict[str, Any]:
    """The queues that an operation touched, or would touch, or left something in."""
    return {name: one for name, one in told.streams.items() if any(msgspec.structs.astuple(one))}


def already_sent(told: Any) -> int:
    """What an operation took, or would take, out of the queues, because the log shows it as sent."""
    return sum(getattr(one, "already_sent", 0) for one in told.streams.values())
